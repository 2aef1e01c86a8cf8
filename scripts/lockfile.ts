/** What the lockfile must hold so that `npm ci` gives everyone the same, unaltered packages. Pure. */

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string; readonly link?: boolean }>>
}

/** One line for each entry without version or integrity: `npm i` tolerates such an entry, `npm ci` fails on it. */
export function findLockfileFaults(lockfile: Lockfile): string[] {
  return Object.entries(lockfile.packages)
    .filter(([path, entry]) => path !== '' && entry.link !== true)
    .flatMap(([path, entry]) => [
      ...(entry.version === undefined ? [`${path} has no version`] : []),
      ...(entry.integrity === undefined ? [`${path} has no integrity`] : []),
    ])
}
