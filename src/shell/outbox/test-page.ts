/**
 * A page to oneself, on every channel one has, and what each said: "page me now". It asks for nothing and leaves no
 * trace in any incident, but goes the same way as a real page does.
 */
import type { PersonId } from '../../core/id.ts'
import type { ChannelBook, Delivery, PageMessage } from '../../integration.ts'
import { findPersonContacts, type PersonContacts } from '../page/person-contact-store.ts'
import type { Ports } from '../ports.ts'
import { sendInTime } from './send.ts'

export interface TestPageResult {
  readonly channel: string
  readonly delivery: Delivery
  readonly tookMs: number
}

/**
 * @param only that channel alone @returns a result for each channel, the console last; undefined when there is no such
 * person, or they are disabled.
 */
export async function sendTestPage(
  ports: Ports,
  channels: ChannelBook,
  personId: PersonId,
  only?: string,
): Promise<readonly TestPageResult[] | undefined> {
  const { person, roster, now } = await ports.database.inTransaction('main', async (tx) => ({
    person: await findPersonContacts(tx, personId),
    roster: await ports.rosters.at(tx, tx.now),
    now: tx.now,
  }))
  if (person === undefined) return undefined
  const ids = only === undefined ? (roster.people[personId]?.channels ?? ['console']) : [only]
  const message = testMessage(ports, person, now)
  return Promise.all(ids.map((id) => sendOn(channels, id, person, message)))
}

async function sendOn(channels: ChannelBook, id: string, person: PersonContacts, message: PageMessage): Promise<TestPageResult> {
  const own = person.contacts.find((contact) => contact.channel === id)?.address
  const found = channels.find(id, own ?? (id === 'email' ? person.email : null))
  if (found.kind === 'missing') return { channel: id, delivery: { kind: 'rejected', reason: found.reason }, tookMs: 0 }
  const startedMs = performance.now()
  const delivery = await sendInTime(found.channel, { message, address: found.address, signal: new AbortController().signal })
  return { channel: id, delivery, tookMs: Math.round(performance.now() - startedMs) }
}

function testMessage(ports: Ports, person: PersonContacts, now: number): PageMessage {
  return {
    reference: `tocsin-test-${ports.freshId()}`,
    repeat: false,
    incident: { id: '', number: 0, title: 'A test page of Tocsin', severity: 'TEST', summary: '', firstStep: '', openedAt: now },
    roles: [],
    person: { name: person.name, zone: person.zone },
    acknowledgeUrl: '',
    incidentUrl: ports.config.url,
    purpose: 'test',
    escalatesAt: null,
    notice: '',
  }
}
