/** Addresses as logs may hold them: keys and single-use tokens travel in paths, and must not stay in a file. */

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/^\/a\/[^/]+/, '/a/:token'],
  [/^\/callbacks\/([^/]+)\/([^/]+)(?:\/[^/]+)?/, '/callbacks/$1/$2/:token'],
  [/^\/ical\/[^/]+/, '/ical/:token'],
  [/^\/sign-in\/[^/]+/, '/sign-in/:token'],
  [/^\/hooks\/([^/]+)\/[^/]+/, '/hooks/$1/:key'],
  [/^\/alertmanager\/(?!api\/)[^/]+/, '/alertmanager/:key'],
]

/** The path without its query, with what opens something replaced. */
export function redactUrl(url: string): string {
  const path = url.split('?', 1)[0] ?? ''
  for (const [pattern, replacement] of SECRETS) if (pattern.test(path)) return path.replace(pattern, replacement)
  // A path that is written in another way would reach the same routes: what cannot be told apart is not logged.
  return /^\/+(a|callbacks|ical|sign-in|hooks|alertmanager)\b/i.test(decoded(path)) && !path.startsWith('/alertmanager/api/')
    ? '/:redacted'
    : path
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
