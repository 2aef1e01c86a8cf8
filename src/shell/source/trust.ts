/**
 * Whether a message is believed: its door verifies it with the source's secrets, of which two may be valid while one takes
 * the other's place. What comes out is kept with the receipt, so that reading it again asks for no secret.
 */
import type { Door, Received, ReceiveContext } from '../../integration.ts'
import { refuse } from '../../integration-door.ts'
import type { KnownSource } from './source-cache.ts'

/** Kept with a receipt whose message was distrusted; why is what it was refused for. */
export const DISTRUSTED_HEADER = 'x-tocsin-distrusted'

export type Trust = Pick<ReceiveContext, 'signingSecret' | 'demands'>
type Source = Pick<KnownSource, 'name' | 'secrets' | 'signedOnly' | 'topics'>
type Judge = Pick<Door, 'certificateUrl' | 'explain'>

export interface Judged {
  readonly received: Received
  /** False: this server could not judge it; it must not be read again without its signature. */
  readonly checked: boolean
}

/** @param read reads the message by its door with one secret, or with none where the source has none */
export function judge(door: Judge, source: Source, read: (trust: Trust) => Received): Judged {
  const { secrets, signedOnly, topics } = source
  const demands = signedOnly || topics.length > 0 ? { demands: { topics, signed: signedOnly } } : {}
  if (secrets.length === 0) {
    // Where certificates verify, no secret is needed.
    if (signedOnly && door.certificateUrl === undefined) return { received: withoutSecret(door), checked: true }
    return { received: read({ signingSecret: null, ...demands }), checked: true }
  }
  let distrusted: Received | null = null
  for (const signingSecret of secrets) {
    if (signingSecret === null) continue
    const received = read({ signingSecret, ...demands })
    if (received.kind !== 'distrusted') return { received, checked: true }
    distrusted ??= received
  }
  if (distrusted !== null && !secrets.includes(null)) return { received: distrusted, checked: true }
  return { received: cannotJudge(door, source), checked: false }
}

function withoutSecret(door: Judge): Received {
  const reason = 'its source takes signed messages alone, and has no secret to verify them with'
  return { kind: 'distrusted', reason, reply: bare(door, 401, reason) }
}

/** Our own fault, not the sender's: people are told, and the sender is asked to come again. */
function cannotJudge(door: Judge, { name }: Source): Received {
  const reason = 'its signature cannot be checked, because this server cannot read the secret of its source'
  return refuse(reason, name, bare(door, 503, reason))
}

function bare(door: Judge, status: number, reason: string) {
  return door.explain?.(status, reason) ?? { status, body: '' }
}
