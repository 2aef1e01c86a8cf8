/** `tocsin page`: calls somebody in to an incident; without one, a test message on each of their channels, and what each answered. */
import { Command } from 'commander'
import { Incident, listOf, OncallItem, type SummonBody, TestPage, type TestPageBody } from '../../api/schema.ts'
import type { Api } from '../client.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption, UsageError } from '../context.ts'
import { columns, safeLine } from '../layout.ts'

/** A mail server may take its time. */
const TIMEOUT_MS = 45_000

interface PageOptions extends JsonOption {
  readonly incident?: string
  readonly reason?: string
}

async function callIn(api: Api, incident: string, body: SummonBody): Promise<Incident> {
  return api.post(`/api/v1/incidents/${encodeURIComponent(incident)}/page`, body, Incident)
}

interface Paged extends TestPage {
  readonly person: string
}

export function pageCommand(context: CliContext): Command {
  return new Command('page')
    .summary('call somebody in to an incident, or page them for a test')
    .description(
      'With --incident: pages a role or a person for it, and escalates as its severity says until somebody acknowledges. Without: ' +
        'sends a test page on every channel of a person, or of everybody who holds a role now, and says what each channel answered; ' +
        'a test belongs to no incident and is not repeated.',
    )
    .argument('<person-or-role>', 'e-mail address, id, or role')
    .option('-i, --incident <incident>', 'id or number of the incident they are called in to')
    .option('-r, --reason <text>', 'why they are called in')
    .option('--json', 'print what the API answers')
    .action(async (wanted: string, options: PageOptions) => {
      const api = context.api()
      if (options.incident !== undefined) {
        const incident = await callIn(api, options.incident, { who: wanted, reason: options.reason ?? '' })
        context.print(options.json === true ? JSON.stringify(incident) : `${safeLine(wanted)} is called in to incident ${incident.number}.`)
        return
      }
      const people = await findPeople(api, wanted)
      const paged: Paged[] = []
      for (const person of people) {
        const body: TestPageBody = { person }
        paged.push({ person, ...(await api.post('/api/v1/test_pages', body, TestPage, { timeoutMs: TIMEOUT_MS })) })
      }
      context.print(options.json === true ? JSON.stringify(paged) : describe(paged))
      if (!paged.every(reached)) context.finish(EXIT_FINDINGS)
    })
}

/** The console alone wakes nobody. */
function reached(paged: Paged): boolean {
  return paged.deliveries.some((delivery) => delivery.channel !== 'console' && delivery.state === 'sent')
}

/** Holders of the role of that name, else the name itself: the server knows addresses and ids. @throws {UsageError} for a role that nobody holds. */
async function findPeople(api: Api, wanted: string): Promise<readonly string[]> {
  if (wanted.includes('@')) return [wanted]
  const { items } = await api.get('/api/v1/oncall', listOf(OncallItem))
  const ofRole = items.filter((item) => item.role.toLowerCase() === wanted.toLowerCase())
  if (ofRole.length === 0) return [wanted]
  const people = [...new Set(ofRole.flatMap((item) => (item.person === null ? [] : [item.person.email])))]
  if (people.length === 0) throw new UsageError(`nobody holds ${safeLine(wanted)} now`)
  return people
}

function describe(paged: readonly Paged[]): string {
  return columns([
    ['WHO', 'CHANNEL', 'STATE', 'WHAT IT SAID'],
    ...paged.flatMap(({ person, deliveries }) =>
      deliveries.map((delivery) => [safeLine(person), delivery.channel, delivery.state, safeLine(delivery.reason ?? '')]),
    ),
  ])
}
