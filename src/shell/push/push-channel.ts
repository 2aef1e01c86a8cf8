/** Ids of the channels that devices are: each is one of its person's ways, with deliveries of its own. Pure. */

const SLUG_CHARS_MAX = 40
const KIND = 'push:'

/** `push:pixel-9-3f2a`: what a ledger can show, and no other device of anybody has. */
export function channelOf(name: string, id: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .slice(0, SLUG_CHARS_MAX)
    .replaceAll(/^-+|-+$/gu, '')
  return `${KIND}${slug === '' ? 'device' : slug}-${id.replaceAll('-', '').slice(-8)}`
}

export function isDeviceChannel(channel: string): boolean {
  return channel.startsWith(KIND)
}
