/** An outbox on a real database with made-up channels: what most tests of it need. */
import { OUTBOX_BOUNDS, type OutboxBounds } from '../../src/shell/outbox/bounds.ts'
import { makeHandoff } from '../../src/shell/outbox/claim.ts'
import { type Outbox, startOutbox } from '../../src/shell/outbox/outbox.ts'
import type { IncidentId } from '../../src/core/id.ts'
import type { Actor } from '../../src/core/incident/event.ts'
import type { Roster } from '../../src/core/oncall/roster.ts'
import type { Channel, ChannelBook, Delivery, PageMessage } from '../../src/integration.ts'
import { changeIncident, openIncident, type Opening } from '../../src/shell/incident/change.ts'
import type { Ports } from '../../src/shell/ports.ts'
import { openTestDatabase, type TestDatabase } from './database.ts'
import { ann, bob, cyd, own, testPlaybook, testRoster } from './playbook.ts'
import { testPorts } from './ports.ts'
import { waitFor } from './wait.ts'

export const byAnn: Actor = { kind: 'person', id: ann, name: 'Ann' }

/** Waits of tens of milliseconds where the product has seconds; the lease is long enough not to run out by accident. */
export const FAST: OutboxBounds = {
  ...OUTBOX_BOUNDS,
  leaseMs: 3_000,
  pollMs: 20,
  backoffMs: 20,
  backoffMaxMs: 200,
  repeatMs: 30,
  breakerFailuresMax: 3,
  breakerOpenMs: 250,
  stopMs: 2_000,
}

export interface Call {
  readonly channel: string
  readonly message: PageMessage
  readonly to: string
  readonly atMs: number
}
export type Answer = (call: Call, signal: AbortSignal) => Delivery | Promise<Delivery>

export const took: Delivery = { kind: 'delivered', externalId: 'x1', evidence: 'taken' }
export const notNow: Delivery = { kind: 'retry', afterMs: null, reason: 'not now' }
export const never: Delivery = { kind: 'rejected', reason: 'never' }
export const silence: Delivery = { kind: 'unknown', reason: 'no answer' }

/** Channels `email` and `webhook:…` answer as told; the console always lists. */
export interface FakeChannels extends ChannelBook {
  readonly calls: Call[]
  answer: Answer
}

export function fakeChannels(answer: Answer = () => took, timeoutMs = 2_000): FakeChannels {
  const calls: Call[] = []
  const book = { calls, answer }
  const channel = (id: string): Channel => ({
    kind: id.split(':', 1)[0] ?? id,
    title: id,
    evidence: '',
    timeoutMs,
    check: () => Promise.resolve({ ok: true, detail: '' }),
    send: async (message, address, signal) => {
      const call = { channel: id, message, to: address.to, atMs: performance.now() }
      calls.push(call)
      return id === 'console' ? took : book.answer(call, signal)
    },
  })
  return Object.assign(book, {
    find: (id: string, contact: string | null) => ({
      kind: 'found' as const,
      channel: channel(id),
      address: { to: contact ?? id, secret: null },
    }),
    list: () => [],
  })
}

/** `waitFor` with patience for a busy machine. */
export function soon<T>(what: string, ask: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  return waitFor(what, ask, { timeoutMs: 15_000, everyMs: 10 })
}

export interface OutboxScene {
  readonly opened: TestDatabase
  /** One more server on the database; `direct` takes effects from the transactions that make them. */
  readonly makeServer: (options?: { readonly direct?: boolean; readonly roster?: Roster }) => Ports
  readonly start: (ports: Ports, channels: ChannelBook, bounds?: Partial<OutboxBounds>) => Outbox
  readonly open: (ports: Ports, over?: Partial<Opening>) => Promise<IncidentId>
  readonly acknowledge: (ports: Ports, id: IncidentId) => Promise<unknown>
  readonly rows: <Row = Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<Row[]>
  /** Effects on `channel` of the incident, or all. */
  readonly effects: (id: IncidentId, channel?: string) => Promise<EffectState[]>
  /** Waits until no effect of the incident is pending. */
  readonly settled: (id: IncidentId, channel?: string) => Promise<EffectState[]>
  readonly stopAll: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface EffectState {
  readonly key: string
  readonly channel: string
  readonly state: string
  readonly attempts: number
  readonly fence: number
  readonly unsure: boolean
  readonly reason: string | null
  readonly sent: boolean
  readonly leased: boolean
}

export async function openOutboxScene(): Promise<OutboxScene> {
  const opened = await openTestDatabase()
  await opened.database.query(`insert into playbook_version (digest, source) values ('d1', '')`)
  const people = { ann, bob, cyd, own }
  for (const [name, id] of Object.entries(people)) {
    await opened.database.query('insert into person (id, email, name, zone) values ($1, $2, $3, $4)', [
      id,
      `${name}@example.com`,
      name,
      'Europe/Berlin',
    ])
    await opened.database.query(`insert into contact (person_id, place, channel, address) values ($1, 0, 'email', $2)`, [
      id,
      `${name}@example.com`,
    ])
  }
  const running = new Set<Outbox>()
  const rows: OutboxScene['rows'] = async (text, values) => {
    const result = await opened.database.query(text, values)
    return result.rows as never
  }
  const effects: OutboxScene['effects'] = (id, channel) =>
    rows<EffectState>(
      `select key, channel, state, attempts, fence, unsure, reason, sent_at is not null as sent, lease_until is not null as leased
       from effect where incident_id = $1 and ($2::text is null or channel = $2) order by key`,
      [id, channel ?? null],
    )
  return {
    opened,
    makeServer: ({ direct = false, roster } = {}) => {
      const playbook = testPlaybook()
      return testPorts(opened.database, {
        playbooks: { current: () => playbook, load: () => Promise.resolve(playbook) },
        rosters: { at: (_tx, at) => Promise.resolve(roster ?? testRoster({ at })) },
        random: Math.random,
        ...(direct ? { handoff: makeHandoff() } : {}),
      })
    },
    start: (ports, channels, bounds = {}) => {
      const outbox = startOutbox(ports, channels, { ...FAST, ...bounds })
      running.add(outbox)
      return outbox
    },
    open: async (ports, over = {}) => {
      const opening: Opening = {
        by: { kind: 'source', id: null, name: 'prometheus' },
        title: 'API 5xx',
        summary: 'Errors',
        incidentType: 'spike',
        severity: 'amber',
        severityReason: 'because',
        private: false,
        sourceId: null,
        groupKey: null,
        ...over,
      }
      return (await ports.database.inTransaction('main', (tx) => openIncident(ports, tx, opening))).id
    },
    acknowledge: (ports, id) => changeIncident(ports, id, { type: 'acknowledge', by: byAnn, personId: ann, via: 'api' }),
    rows,
    effects,
    settled: (id, channel) =>
      soon('effects to end', async () => {
        const found = await effects(id, channel)
        return found.length > 0 && found.every((effect) => effect.state !== 'pending') ? found : undefined
      }),
    stopAll: async () => {
      await Promise.all([...running].map((outbox) => outbox.stop()))
      running.clear()
    },
    close: async () => {
      await Promise.all([...running].map((outbox) => outbox.stop()))
      await opened.close()
    },
  }
}
