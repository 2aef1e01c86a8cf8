/**
 * The page ledger: who was to be reached, how each message fared, and what that is worth. It claims no more than it
 * knows: `sent_at` is a server's word that it took the message, `delivered_at` needs proof, `seen_at` a person's act.
 */
import type { Delivery, Page } from '../../api/incident-beneath.ts'
import type { IncidentId, PersonId } from '../../core/id.ts'
import { type Instant, toRfc3339 } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

/** Of the newest; an incident that paged more says so by its timeline. */
export const PAGES_MAX = 1_000

interface PageRow {
  readonly id: string
  readonly key: string
  readonly incident_id: string
  readonly person_id: string
  readonly person_name: string | null
  readonly person_email: string | null
  readonly role: string
  readonly state: Page['state']
  readonly round: number
  readonly step: number
  readonly because: string
  readonly created_at: Date
  readonly acknowledged_at: Date | null
}

interface EffectRow {
  readonly key: string
  readonly page_keys: string[]
  readonly channel: string
  readonly state: 'pending' | 'delivered' | 'rejected' | 'cancelled'
  readonly leased: boolean
  readonly created_at: Date
  /** Null once it is due. */
  readonly due_at: Date | null
  readonly sent_at: Date | null
  readonly delivered_at: Date | null
  readonly seen_at: Date | null
  readonly failed_at: Date | null
  readonly word: string | null
  readonly reason: string | null
  readonly attempts: number
}

/** In order of making, each with its deliveries in the person's order of channels. */
export async function listPages(tx: Tx, incidentId: IncidentId): Promise<Page[]> {
  const { rows: pages } = await tx.query<PageRow>({
    name: 'list-pages',
    text: `select * from (
             select page.id, page.key, page.incident_id, page.person_id, person.name as person_name, person.email as person_email, page.role,
               page.state, page.round, page.step, page.because, page.created_at, page.acknowledged_at
             from page left join person on person.id = page.person_id
             where page.incident_id = $1 order by page.created_at desc, page.id desc limit $2
           ) newest order by created_at, id`,
    values: [incidentId, PAGES_MAX],
  })
  const { rows: effects } = await tx.query<EffectRow>({
    name: 'list-page-effects',
    text: `select effect.key, effect.page_keys, effect.channel, effect.state, coalesce(effect.lease_until > clock_timestamp(), false) as leased,
             effect.created_at, case when effect.state = 'pending' and effect.attempts = 0 and effect.due_at > clock_timestamp() then effect.due_at end as due_at,
             effect.sent_at, effect.delivered_at, effect.seen_at, effect.failed_at, effect.word, effect.reason, effect.attempts
           from effect left join contact on contact.person_id = effect.person_id and contact.channel = effect.channel
           where effect.incident_id = $1 and effect.kind = 'page' and effect.page_keys && $2::text[]
           order by effect.channel = 'console', contact.place nulls last, effect.channel`,
    values: [incidentId, pages.map((page) => page.key)],
  })
  return pages.map((page) => toPage(page, effects))
}

function toPage(row: PageRow, effects: readonly EffectRow[]): Page {
  return {
    id: row.id,
    incident_id: row.incident_id,
    person: { id: row.person_id, name: row.person_name ?? 'Somebody who is gone', email: row.person_email ?? '' },
    role: row.role,
    state: row.state,
    round: row.round,
    step: row.step,
    because: row.because,
    created_at: toRfc3339(row.created_at.getTime()),
    acknowledged_at: toTime(row.acknowledged_at),
    deliveries: effects.filter((effect) => effect.page_keys.includes(row.key)).map(toDelivery),
  }
}

function toDelivery(row: EffectRow): Delivery {
  const state = stateOf(row)
  const evidence = row.due_at === null ? evidenceOf(row.channel, state) : 'Waits for its time; an acknowledgement before ends it.'
  return {
    channel: row.channel,
    state,
    queued_at: toRfc3339(row.created_at.getTime()),
    due_at: toTime(row.due_at),
    sent_at: toTime(row.sent_at),
    delivered_at: toTime(row.delivered_at),
    seen_at: toTime(row.seen_at),
    // Said once is enough, and what was known when it was sent says nothing of later.
    reason: row.word ?? (row.reason === evidence || row.reason === evidenceOf(row.channel, 'sent') ? null : row.reason),
    attempts: row.attempts,
    evidence,
  }
}

export function stateOf(row: Pick<EffectRow, 'state' | 'leased' | 'delivered_at' | 'seen_at' | 'failed_at'>): Delivery['state'] {
  if (row.seen_at !== null) return 'seen'
  if (row.delivered_at !== null) return 'delivered'
  // The vendor took it, and says that it did not arrive.
  if (row.failed_at !== null) return 'failed'
  switch (row.state) {
    case 'delivered':
      return 'sent'
    case 'pending':
      return row.leased ? 'sending' : 'queued'
    case 'rejected':
      return 'failed'
    case 'cancelled':
      return 'cancelled'
  }
}

/** What the state is worth on that channel, in one sentence. */
export function evidenceOf(channel: string, state: Delivery['state']): string {
  const isConsole = channel === 'console'
  const kind = channel.split(':', 1)[0] ?? ''
  switch (state) {
    case 'queued':
      return 'Waits to be sent.'
    case 'sending':
      return 'Is being sent; there is no answer yet.'
    case 'sent':
      if (isConsole) return 'Listed in the console; nobody has seen it yet.'
      if (channel === 'email') return 'The mail server took it; whether it reached the mailbox is not known.'
      return TAKEN[kind] ?? 'The receiving server took it; what it did with it is not known.'
    case 'delivered':
      if (isConsole) return 'An open console of this person has shown it.'
      return kind === 'push' ? 'The device says that it showed it.' : 'The vendor says that it arrived.'
    case 'seen':
      return 'The person acted on it.'
    case 'failed':
      return 'Will not be tried again.'
    case 'cancelled':
      return 'Not needed any more; nothing further was sent.'
  }
}

/** What a vendor's word that it took the message is worth, by the kind of the channel. */
const TAKEN: Readonly<Record<string, string>> = {
  push: 'The push service of the browser’s vendor took it; whether the device showed it is not known.',
  voice: 'Twilio calls; whether somebody answers is told later.',
  sms: 'Twilio took it; whether it arrives is told later.',
  pushover: 'Pushover took it and rings until somebody answers; whether a phone showed it is not known.',
  ntfy: 'The ntfy server took it; whether a phone showed it is not known.',
}

function toTime(date: Date | null): string | null {
  return date === null ? null : toRfc3339(date.getTime())
}

export interface AttemptItem {
  readonly channel: string
  readonly number: number
  readonly started_at: string
  readonly finished_at: string | null
  /** Null while it runs, and after a crash until another server takes over. */
  readonly outcome: string | null
  readonly repeat: boolean
  readonly reason: string | null
}
const ATTEMPTS_MAX = 1_000

/** Every attempt to reach one person about the incident, in order: the detail beneath a delivery. */
export async function listAttempts(tx: Tx, incidentId: IncidentId, pageId: string): Promise<AttemptItem[]> {
  const { rows } = await tx.query<
    Omit<AttemptItem, 'started_at' | 'finished_at'> & { readonly started_at: Date; readonly finished_at: Date | null }
  >(
    `select effect.channel, attempt.number, attempt.started_at, attempt.finished_at, attempt.outcome, attempt.repeat, attempt.reason
     from page
     join effect on effect.incident_id = page.incident_id and page.key = any(effect.page_keys)
     join attempt on attempt.effect_key = effect.key
     where page.incident_id = $1 and page.id = $2
     order by attempt.started_at, effect.channel, attempt.number limit $3`,
    [incidentId, pageId, ATTEMPTS_MAX],
  )
  return rows.map((row) => ({ ...row, started_at: toRfc3339(row.started_at.getTime()), finished_at: toTime(row.finished_at) }))
}

export interface Sighting {
  readonly incidentId: IncidentId
  readonly personId: PersonId
  readonly channel: string
}

/** A browser of this person has the page on screen: proof of delivery, not of attention. */
export async function recordShown(tx: Tx, { incidentId, personId, channel }: Sighting): Promise<void> {
  await mark(tx, { incidentId, personId, channel }, { shownAt: tx.now, seenAt: null })
}

/** The person did something that only somebody who saw the page does: opened it by hand, pressed a button. Never a GET. */
export async function recordSeen(tx: Tx, { incidentId, personId, channel }: Sighting): Promise<void> {
  await mark(tx, { incidentId, personId, channel }, { shownAt: tx.now, seenAt: tx.now })
}

/** Also one whose outcome is not known yet: whoever saw it is the proof that it arrived. */
async function mark(tx: Tx, sighting: Sighting, at: { readonly shownAt: Instant; readonly seenAt: Instant | null }): Promise<void> {
  await tx.query({
    name: 'mark-effects-seen',
    text: `update effect set delivered_at = coalesce(delivered_at, $4), seen_at = coalesce(seen_at, $5)
           where incident_id = $1 and person_id = $2 and channel = $3
             and (state = 'delivered' or (state = 'pending' and attempts > 0)) -- what another's message carried has no attempt of its own
             and (delivered_at is null or (seen_at is null and $5::timestamptz is not null))`,
    values: [
      sighting.incidentId,
      sighting.personId,
      sighting.channel,
      new Date(at.shownAt),
      at.seenAt === null ? null : new Date(at.seenAt),
    ],
  })
}
