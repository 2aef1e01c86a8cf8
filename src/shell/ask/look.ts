/** One look at one source: asked, compared with what is known here, news taken like any signal, what is missing marked. */
import { compareAnswer } from '../../core/alert/reconcile.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { toLine } from '../../core/alert/text.ts'
import { asId, type IncidentId } from '../../core/id.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { alertRulesOf } from '../../core/playbook/rules/alert-rule.ts'
import { MINUTE_MS } from '../../core/time.ts'
import type { Asked, AskedQuery, AskSource } from '../../integration.ts'
import { askedDoorId } from '../../integration-asked.ts'
import { askSources } from '../../integrations/index.ts'
import { kindOfDoor, receiveAgain } from '../alert/door-table.ts'
import { fingerprintOf } from '../alert/fingerprint.ts'
import type { Intake } from '../alert/intake.ts'
import { changeIncident } from '../incident/change.ts'
import type { AskedConnection } from '../playbook/connections.ts'
import type { Ports } from '../ports.ts'
import { listSources, type SourceRow } from '../source/source-store.ts'
import { type AskResult, FIRING_MAX, listFiringOf, markAlerts, takeUnnoted } from './ask-store.ts'
import { makeRequest } from './request.ts'

/** One look in whole. */
export const LOOK_MS_MAX = 60_000
/** A source that was restarted has its alerts back by then: before that nobody is told that they are missing. */
const NOTED_AFTER_MS = 2 * MINUTE_MS
const INCIDENTS_NOTED_MAX = 50
const TITLES_NOTED_MAX = 5
const DETAIL_CHARS_MAX = 500

/** Never throws but for a database that is away. */
export async function look(ports: Ports, intake: Pick<Intake, 'accept'>, connection: AskedConnection): Promise<AskResult> {
  const found = askSources.find((candidate) => candidate.ask.kind === connection.kind)
  if (found === undefined) return misconfigured(`Nothing here knows how to ask a source of the kind ${connection.kind}.`)
  const source = (await ports.database.inTransaction('main', listSources)).find(({ name }) => name === connection.source)
  if (source === undefined)
    return misconfigured(`There is no source called "${toLine(connection.source ?? '', 100)}", which connections.yaml names.`)
  if (connection.secretMissing) return misconfigured('Its secret is named and cannot be found.')
  const asked = await askSource(ports, connection, found.ask)
  if (asked.kind === 'failed')
    return { state: 'failed', detail: toLine(`It could not be asked: ${asked.reason}.`, DETAIL_CHARS_MAX), firing: null, complete: false }
  return take(ports, intake, { connection, source, asked, ask: found.ask, integration: found.kind })
}

function misconfigured(detail: string): AskResult {
  return { state: 'misconfigured', detail, firing: null, complete: false }
}

async function askSource(ports: Ports, connection: AskedConnection, source: AskSource): Promise<Asked> {
  const signal = AbortSignal.timeout(LOOK_MS_MAX)
  const now = await ports.database.inTransaction('main', async (tx) => tx.now)
  const { name, url, secret, settings } = connection
  try {
    return await source.ask(
      { name, url, secret, settings, now, queries: queriesOf(ports.playbooks.current()), request: makeRequest(signal) },
      signal,
    )
  } catch (error) {
    ports.log.error({ err: error, connection: name }, 'asking a source failed for a reason that is ours')
    return { kind: 'failed', reason: 'the answer could not be read' }
  }
}

/** Only what the playbook says itself: a guess is for people to look at, not for a pager. */
export function queriesOf(playbook: Playbook): AskedQuery[] {
  return alertRulesOf(playbook, 'prometheus').rules.flatMap(({ alarm, type, metric, guessed, bounds, forMs }) =>
    guessed || bounds.length === 0 || metric?.prometheus == null
      ? []
      : [{ alarm, title: type.title, expression: metric.prometheus, bounds, forMs }],
  )
}

interface Taken {
  readonly connection: AskedConnection
  readonly source: SourceRow
  readonly asked: Extract<Asked, { kind: 'answered' }>
  readonly ask: AskSource
  readonly integration: string
}

async function take(
  ports: Ports,
  intake: Pick<Intake, 'accept'>,
  { connection, source, asked, ask: how, integration }: Taken,
): Promise<AskResult> {
  const firing = asked.signals.filter(({ status }) => status !== 'resolved').length
  const { known, now } = await ports.database.inTransaction('main', async (tx) => ({
    known: await listFiringOf(tx, source.id, connection.name),
    now: tx.now,
  }))
  const owned = source.kind !== null && [integration, ...how.doors.map(kindOfDoor)].includes(source.kind)
  const compared = compareAnswer({
    signals: asked.signals,
    quiet: asked.quiet ?? [],
    complete: asked.complete && known.length <= FIRING_MAX,
    known,
    ownsSource: owned,
    fingerprintOf: (signal) => fingerprintOf(source.id, signal),
    now,
  })
  if (compared.news.length > 0 && !(await submit(intake, connection, source, compared.news))) {
    return { state: 'failed', detail: 'What it answered could not be kept; it is asked again.', firing, complete: false }
  }
  await ports.database.inTransaction('main', (tx) => markAlerts(tx, connection.name, compared))
  await tellMissing(ports, connection.name)
  return { state: 'answered', detail: describe(firing, compared, asked), firing, complete: asked.complete }
}

/** In parts that a receipt holds; in order, and all of them or it counts as failed. */
async function submit(
  intake: Pick<Intake, 'accept'>,
  connection: AskedConnection,
  source: SourceRow,
  news: readonly Signal[],
): Promise<boolean> {
  const door = askedDoorId(connection.kind)
  for (let from = 0; from < news.length; from += NEWS_MAX) {
    const body = Buffer.from(JSON.stringify({ asked: connection.name, signals: news.slice(from, from + NEWS_MAX) }))
    const path = `/asked/${encodeURIComponent(connection.name)}`
    if (!(await intake.accept({ source, door, path, body, read: (message) => receiveAgain(door, message) }))) return false
  }
  return true
}
const NEWS_MAX = 500

function describe(
  firing: number,
  { news, missing }: { readonly news: readonly Signal[]; readonly missing: readonly string[] },
  asked: Taken['asked'],
): string {
  const parts = [
    firing === 0 ? 'Nothing fires there.' : `${firing} fire there.`,
    ...(news.length === 0 ? [] : [`${news.length} of what it said were news.`]),
    ...(missing.length === 0 ? [] : [`${missing.length} fire here and are missing there.`]),
    ...(asked.complete ? [] : ['What is missing in its answer proves nothing.']),
    ...(asked.note === null ? [] : [asked.note]),
  ]
  return toLine(parts.join(' '), DETAIL_CHARS_MAX)
}

/** On the timeline of each incident, once: nothing is resolved by it, a person decides. */
async function tellMissing(ports: Ports, name: string): Promise<void> {
  const unnoted = await ports.database.inTransaction('main', (tx) => takeUnnoted(tx, name, NOTED_AFTER_MS))
  const byIncident = Map.groupBy(
    unnoted.filter(({ incidentId }) => incidentId !== null),
    ({ incidentId }) => incidentId ?? '',
  )
  for (const [incidentId, alerts] of [...byIncident].slice(0, INCIDENTS_NOTED_MAX)) {
    const titles = alerts.slice(0, TITLES_NOTED_MAX).map(({ title }) => `“${toLine(title, 120)}”`)
    const more = alerts.length > titles.length ? ` and ${alerts.length - titles.length} more` : ''
    const text = `${name} was asked and does not name ${titles.join(', ')}${more} any more, and no end of it has come. It is not resolved by that: look, and resolve it by hand if it is over.`
    await changeIncident(ports, asId<IncidentId>(incidentId), { type: 'note', by: { kind: 'system', name: 'Tocsin' }, text })
  }
}
