/** Makes the pocket copy of what the reader may see, while the server answers. */
import type { QueryClient } from '@tanstack/react-query'
import type { Incident, List, Person } from '../../../src/api/schema.ts'
import { meQuery, oncallQuery, peopleQuery, playbookQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { serverNow } from '../now.ts'
import { type PocketCopy, type PocketIncident, savePocket } from './pocket.ts'

const INCIDENTS_MAX = 100
/** Channels whose address is a telephone number. */
const CALLED = /^(sms|voice)(:|$)/

/** @returns when it was made. @throws when the server cannot be asked, or the browser keeps nothing */
export async function makePocket(client: QueryClient): Promise<number> {
  const [me, oncall, people, playbook, open] = await Promise.all([
    client.fetchQuery(meQuery),
    client.fetchQuery(oncallQuery(null)),
    client.fetchQuery(peopleQuery),
    client.fetchQuery(playbookQuery),
    request<List<Incident>>(`incidents?open=true&limit=${INCIDENTS_MAX}`),
  ])
  const at = serverNow()
  const copy: PocketCopy = {
    v: 1,
    at,
    name: me.name,
    personId: me.id,
    oncall,
    numbers: numbersOf(people),
    incidents: open.items.map(toPocket),
    playbook,
  }
  await savePocket(copy)
  return at
}

/** Those that this reader may see: the server gives no other. */
export function numbersOf(people: readonly Pick<Person, 'id' | 'contacts'>[]): Record<string, readonly string[]> {
  const entries = people.map(({ id, contacts }) => {
    const called = contacts.flatMap(({ channel, address }) => (CALLED.test(channel) && address !== null ? [address] : []))
    return [id, [...new Set(called)]] as const
  })
  return Object.fromEntries(entries.filter(([, numbers]) => numbers.length > 0))
}

/** What a private incident is about stays on the server. */
export function toPocket(incident: Incident): PocketIncident {
  const { id, number, title, severity, severity_rank, phase, opened_at, acknowledged_at, first_step, paging_you } = incident
  const shown = incident.private ? { title: `Private incident ${number}`, first_step: '' } : { title, first_step }
  return { id, number, severity, severity_rank, phase, opened_at, acknowledged_at, paging_you, ...shown }
}
