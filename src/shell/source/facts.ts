/** What a source's page, its list and the doctor are made of: one reading for all of them. */
import type { SourceId } from '../../core/id.ts'
import { HABIT_MS, type HeardHour } from '../../core/source/health.ts'
import type { SourceFacts } from '../../core/source/notice.ts'
import { DAY_MS, type Instant, MINUTE_MS } from '../../core/time.ts'
import { integrations } from '../../integrations/index.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { countUnchecked } from './confirm-store.ts'
import { listSubscriptions, type SubscriptionRow } from './subscription-store.ts'
import { type KeyRow, listKeys } from './key-store.ts'
import { openSecretReader } from './secret-reader.ts'
import { listSecrets, type SecretRow } from './secret-store.ts'
import { countSources, type SourceRow } from './source-store.ts'
import { listTallies } from './tally-store.ts'

/** Of more sources than this so much of the past is read that it stays a quick answer: their habits are judged by less. */
const SOURCES_MANY = 250
const SHORT_MS = 2 * DAY_MS

/** By source; hours rising. */
export async function readHours(tx: Tx, sourceId: SourceId | null): Promise<ReadonlyMap<string, HeardHour[]>> {
  const isMany = sourceId === null && (await countSources(tx)) > SOURCES_MANY
  return Map.groupBy(await listTallies(tx, tx.now - (isMany ? SHORT_MS : HABIT_MS), sourceId), (tally) => tally.sourceId)
}

export interface ReadFacts {
  readonly keys: readonly KeyRow[]
  readonly secrets: readonly (SecretRow & { readonly readable: boolean })[]
  readonly facts: SourceFacts
}

/** @returns a reader that knows what this server can decrypt */
export function openFactReader(ports: Ports): (tx: Tx, source: SourceRow, hours: readonly HeardHour[]) => Promise<ReadFacts> {
  const read = openSecretReader(ports)
  return async (tx, source, hours) => {
    const keys = await listKeys(tx, source.id)
    const secrets = (await listSecrets(tx, source.id)).map((secret) => ({ ...secret, readable: read(secret) !== null }))
    const subscriptions = await listSubscriptions(tx, source.id)
    const certificates = await countUnchecked(tx, source.id)
    const facts: SourceFacts = {
      createdAt: source.createdAt,
      revoked: source.revokedAt !== null,
      observeSince: source.observeSince,
      unknownTeam: source.team !== null && !ports.playbooks.current().teams.some(({ name }) => name === source.team) ? source.team : null,
      hours,
      keys,
      secrets,
      signsBy: signsBy(source.kind),
      unconfirmedTopics: subscriptions.flatMap((one) => (isUnconfirmed(one, tx.now) ? [one.topic] : [])),
      missingCertificates: certificates.filter(({ waiting }) => waiting > 0),
      forged: certificates.reduce((sum, one) => sum + one.forged, 0),
    }
    return { keys, secrets, facts }
  }
}

/** One that has just asked is being confirmed. */
const CONFIRM_MS = 10 * MINUTE_MS

function isUnconfirmed({ state, askedAt }: SubscriptionRow, now: Instant): boolean {
  return state === 'failed' || (state === 'asked' && now - askedAt > CONFIRM_MS)
}

/** How a kind's messages are verified with a shared secret; null where they cannot be, or certificates do it. */
export function signsBy(kind: string | null): SourceFacts['signsBy'] {
  const manifest = integrations.find(({ id }) => id === kind)
  if (manifest === undefined || manifest.doors.some((door) => door.certificateUrl !== undefined)) return null
  return manifest.setup?.signing ?? null
}

/** True where a kind's messages prove who sent them, by a secret or by a certificate. */
export function canVerify(kind: string | null): boolean {
  const manifest = integrations.find(({ id }) => id === kind)
  return manifest !== undefined && (manifest.setup?.signing != null || manifest.doors.some((door) => door.certificateUrl !== undefined))
}
