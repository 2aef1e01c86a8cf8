/** Sources as the API shows them. */
import type { Source, SourceDetail, SourceKey, SourceSecret } from '../../api/schema.ts'
import { display } from '../../core/alert/text.ts'
import type { PersonId } from '../../core/id.ts'
import { countSince, type HeardHour, healthOf, lastHeard, silentSince } from '../../core/source/health.ts'
import { noticesOf } from '../../core/source/notice.ts'
import { DAY_MS, type Instant, toRfc3339 } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { listSignals } from '../http/signal-list.ts'
import type { Ports } from '../ports.ts'
import { openFactReader, type ReadFacts, readHours } from './facts.ts'
import { countDistrusted, listFaults } from './fault-store.ts'
import type { KeyRow } from './key-store.ts'
import { summarizeObserved } from './observe.ts'
import type { SourceRow } from './source-store.ts'

const FAULTS_SHOWN = 50
const MESSAGES_SHOWN = 20
const EVERY_SIGNAL = { search: null, outcomes: null, from: null, until: null } as const

export function showSource(row: SourceRow, hours: readonly HeardHour[], now: Instant): Source {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    key_prefix: row.keyPrefix,
    team: row.team,
    created_at: toRfc3339(row.createdAt),
    revoked_at: show(row.revokedAt),
    observe_since: show(row.observeSince),
    last_seen_at: show(lastHeard(hours)),
    silent_since: row.revokedAt === null ? show(silentSince(hours, now)) : null,
    health: healthOf({ revoked: row.revokedAt !== null, hours }, now),
    today: countSince(hours, now - (now % DAY_MS)),
  }
}

/** @returns what shows one source as a whole; it knows which secrets this server can read */
export function openDetailView(ports: Ports): (tx: Tx, viewer: PersonId, row: SourceRow) => Promise<SourceDetail> {
  const readFacts = openFactReader(ports)
  return async (tx, viewer, row) => {
    const hours = (await readHours(tx, row.id)).get(row.id) ?? []
    const { keys, secrets, facts } = await readFacts(tx, row, hours)
    const faults = await listFaults(tx, row.id, FAULTS_SHOWN)
    const { items } = await listSignals(tx, viewer, { ...EVERY_SIGNAL, sourceId: row.id }, { limit: MESSAGES_SHOWN, after: null })
    return {
      ...showSource(row, hours, tx.now),
      keys: keys.map(showKey),
      secrets: secrets.map(showSecret),
      topics: [...row.topics],
      signed_only: row.signedOnly,
      last_messages: items.map(({ id, received_at: at, title, outcome, outcome_kind }) => ({
        signal_id: id,
        at,
        title,
        outcome,
        outcome_kind,
      })),
      faults: faults.map(({ receiptId, index, at, kind, reason }) => ({
        signal_id: `${receiptId}-${index}`,
        at: toRfc3339(at),
        kind,
        reason: display(reason),
      })),
      distrusted: (await countDistrusted(tx, row.id)).map(({ reason, count }) => ({ reason: display(reason), count })),
      observe: row.observeSince === null ? null : await summarizeObserved(ports, tx, row),
      notices: noticesOf(facts, tx.now),
    }
  }
}

export function showKey(key: KeyRow): SourceKey {
  return {
    id: key.id,
    origin: key.origin,
    label: key.label,
    prefix: key.prefix,
    created_at: toRfc3339(key.createdAt),
    expires_at: show(key.expiresAt),
    revoked_at: show(key.revokedAt),
    last_used_at: show(key.lastUsedAt),
    in_use: key.inUse,
  }
}

function showSecret(secret: ReadFacts['secrets'][number]): SourceSecret {
  return {
    id: secret.id,
    kind: secret.sealed === null ? 'named' : 'kept',
    name: secret.variable,
    created_at: toRfc3339(secret.createdAt),
    expires_at: show(secret.expiresAt),
    readable: secret.readable,
  }
}

function show(instant: Instant | null): string | null {
  return instant === null ? null : toRfc3339(instant)
}
