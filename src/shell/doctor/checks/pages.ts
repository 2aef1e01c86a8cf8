/** What the record says about pages: when each channel last took one, how quickly, and what is stuck. */
import type { DoctorCheck } from '../../../api/doctor.ts'
import type { ChannelState } from '../../outbox/gate.ts'
import { type Examination, fail, ok, warn, words } from '../check.ts'
import { ATTEMPTS_LOOKED_AT, type ChannelFacts, listChannelFacts, type OutboxFacts, readOutbox } from '../doctor-store.ts'

const STUCK_WARN_MS = 15_000
const STUCK_FAIL_MS = 60_000
/** Budget of DESIGN.md under load; idle it is far below. */
const HAND_OVER_P99_MS = 1_000
const PROOF_DAYS_MS = 30 * 86_400_000

export async function checkPages({ ports, parts, wallClock }: Examination): Promise<readonly DoctorCheck[]> {
  const channels = parts.channels.list().map((entry) => entry.id)
  const { outbox, facts } = await ports.database.inTransaction('main', async (tx) => ({
    outbox: await readOutbox(tx),
    facts: await listChannelFacts(tx, channels),
  }))
  const outside = facts.filter((fact) => fact.channel !== 'console')
  return [
    checkOutbox(outbox),
    ...checkBreakers(parts.breakers()),
    ...outside.map((fact) => checkProof(fact, wallClock())),
    ...facts.flatMap(checkSpeed),
  ]
}

const OUTBOX = 'Outbox'

function checkOutbox(outbox: OutboxFacts): DoctorCheck {
  const oldest = outbox.oldestDueMs ?? 0
  if (oldest < STUCK_WARN_MS) return ok('outbox', OUTBOX, outbox.pending === 0 ? 'nothing waits' : `${outbox.pending} on their way`)
  const trouble = {
    found: `${outbox.pending} wait, the oldest for ${words(oldest)}`,
    meaning: 'somebody should have been paged by now and has not been',
    remedy: 'look at the channels below and at the log; a channel that fails is tried again by itself once it works',
  }
  return oldest < STUCK_FAIL_MS ? warn('outbox', OUTBOX, trouble) : fail('outbox', OUTBOX, trouble)
}

function checkBreakers(states: readonly ChannelState[]): readonly DoctorCheck[] {
  return states
    .filter((state) => state.breaker !== 'closed')
    .map(({ channel, failures }) =>
      fail(`breaker:${channel}`, `Breaker of ${channel}`, {
        found: `open: the channel failed ${failures} times in a row and rests between tries`,
        meaning: 'nobody is reached by this channel right now',
        remedy: 'see why in the delivery ledger of the newest incident; it closes by itself when an attempt succeeds',
      }),
    )
}

function checkProof(fact: ChannelFacts, now: number): DoctorCheck {
  const id = `proof:${fact.channel}`
  const title = `Last page by ${fact.channel}`
  const failing = fact.latest.length >= ATTEMPTS_LOOKED_AT && fact.latest.every((outcome) => outcome !== 'delivered')
  if (failing) {
    return fail(id, title, {
      found: `the last ${fact.latest.length} attempts failed (${[...new Set(fact.latest)].join(', ')})`,
      meaning: 'this channel reaches nobody',
      remedy: 'see why in the delivery ledger of the newest incident',
    })
  }
  const prove = 'page yourself: `tocsin page YOU@example.com`'
  if (fact.lastDeliveredAt === null) {
    return warn(id, title, { found: 'none yet', meaning: 'nothing proves that a page arrives', remedy: prove })
  }
  const age = now - fact.lastDeliveredAt.getTime()
  if (age > PROOF_DAYS_MS) {
    const meaning = 'nothing proves that it still works'
    return warn(id, title, { found: `taken ${words(age)} ago`, meaning, remedy: prove })
  }
  return ok(id, title, `taken ${words(Math.max(age, 0))} ago`)
}

function checkSpeed(fact: ChannelFacts): readonly DoctorCheck[] {
  if (fact.p50Ms === null || fact.p99Ms === null) return []
  const id = `speed:${fact.channel}`
  const title = `Hand-over to ${fact.channel}`
  const found = `p50 ${words(fact.p50Ms)}, p99 ${words(fact.p99Ms)}, over the last ${fact.pages} pages`
  if (fact.p99Ms <= HAND_OVER_P99_MS) return [ok(id, title, found)]
  return [
    warn(id, title, {
      found,
      meaning: 'some pages start later than they should',
      remedy: 'look at tocsin_page_handover_seconds, tocsin_database_pool_wait_seconds and the disk under Postgres (docs/metrics.md)',
    }),
  ]
}
