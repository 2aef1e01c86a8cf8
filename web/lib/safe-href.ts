/** A link that a stranger sent, if it leads to a web page; anything else (`javascript:`, `data:`) is no link. */
export function safeHref(href: string): string | undefined {
  if (!URL.canParse(href)) return undefined
  const { protocol } = new URL(href)
  return protocol === 'https:' || protocol === 'http:' ? href : undefined
}
