/** Puts the answer together: the subject, its chain, its incident, and the person who is asked about. */
import type { Alert, PersonRef, Signal, SignalRaw, Why, WhyPerson, WhyStep } from '../../api/schema.ts'
import type { PersonId, PlaybookDigest } from '../../core/id.ts'
import { asId, type IncidentId } from '../../core/id.ts'
import { type Clauses, openClauses } from '../../core/playbook/explain/clause.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { findAlert, showAlert } from '../http/alert-list-store.ts'
import type { OncallParts } from '../http/oncall-view.ts'
import { findSignal, listSignals, parseSignalId } from '../http/signal-list.ts'
import { findVisibleIncident, type IncidentRow } from '../incident/list-store.ts'
import { namesFrom } from '../incident/present.ts'
import { loadEvents } from '../incident/store.ts'
import { listPages } from '../page/ledger-store.ts'
import { findNames, type PersonRow } from '../person/person-store.ts'
import { makeExplainer } from '../playbook/explain.ts'
import { findReceived } from '../playbook/explain-routes.ts'
import type { PlaybookParts } from '../playbook/routes.ts'
import { findVersion } from '../playbook/version-store.ts'
import type { Ports } from '../ports.ts'
import { alertSteps, holdSteps, receivedSteps, ruleSteps } from './chain.ts'
import { whyPerson } from './person.ts'
import { type KnownEvent, pagingSteps, step } from './step.ts'
import { findPastHold } from './why-store.ts'

export interface WhyParts {
  readonly playbook: Pick<PlaybookParts, 'rosterReader' | 'textInForce'>
  readonly oncall: Pick<OncallParts, 'onCallItems'>
}

/** What is asked about, found and visible. */
export type Subject =
  | { readonly kind: 'signal'; readonly signal: Signal; readonly raw: SignalRaw }
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'incident'; readonly row: IncidentRow }

export interface WhyAsked {
  readonly viewer: PersonId
  readonly subject: Subject
  readonly person: PersonRow | null
}

const PAGED_MAX = 50

export function makeWhy(ports: Ports, parts: WhyParts): (tx: Tx, asked: WhyAsked) => Promise<Why> {
  const explain = makeExplainer(ports, parts.playbook)
  return async (tx, { viewer, subject, person }) => {
    const chain = await chainOf(tx, viewer, subject, async (id) => explain(tx, { ...(await findReceived(tx, viewer, id, null)), viewer }))
    const about = chain.incident === null ? null : await readIncident(ports, parts, tx, chain.incident)
    const asked = person === null ? null : { id: person.id, name: person.name, email: person.email }
    return {
      subject: chain.subject,
      verdict: chain.verdict,
      sentence: chain.sentence,
      steps: [...chain.steps, ...(about?.steps ?? [])],
      signal: chain.signal,
      alert: chain.alert,
      incident: about?.shown ?? null,
      playbook: chain.playbook ?? about?.playbook ?? null,
      paged: about?.paged ?? [],
      person: asked === null ? null : await answerPerson(asked, person, chain, about),
    }
  }
}

interface Chain {
  readonly subject: Why['subject']
  readonly verdict: string
  readonly sentence: string
  readonly steps: readonly WhyStep[]
  readonly signal: Signal | null
  readonly alert: Alert | null
  readonly incident: IncidentRow | null
  readonly playbook: Why['playbook']
}

type Explain = (signalId: string) => ReturnType<ReturnType<typeof makeExplainer>>

async function chainOf(tx: Tx, viewer: PersonId, subject: Subject, explain: Explain): Promise<Chain> {
  if (subject.kind === 'incident') return incidentChain(subject.row)
  const alert = subject.kind === 'alert' ? subject.alert : await alertOf(tx, viewer, subject.signal)
  const first = subject.kind === 'signal' ? subject : alert === null ? null : await firstSignal(tx, viewer, alert)
  const explained = first === null || first.raw.refused !== null ? null : await explain(first.signal.id)
  const signal = first?.signal ?? null
  const incidentId = signal?.incident_id ?? alert?.incident_id ?? null
  const fate = signal === null || signal.outcome_kind === 'waiting' ? [] : [fateStep(signal)]
  const held = alert === null ? [] : holdSteps(alert, await findPastHold(tx, alert.id))
  return {
    subject: {
      kind: subject.kind,
      id: (subject.kind === 'signal' ? subject.signal : subject.alert).id,
      title: (alert ?? signal)?.title ?? '',
    },
    verdict: alert !== null && alert.hold !== null ? 'held' : (signal?.outcome_kind ?? 'kept'),
    sentence: alert?.hold?.reason ?? signal?.outcome ?? 'Its first message is no longer kept; the alert is.',
    steps: [
      ...(first === null ? [] : receivedSteps(first.signal, first.raw)),
      ...(explained === null ? [] : ruleSteps(explained)),
      ...(alert === null ? [] : alertSteps(alert)),
      ...held,
      ...fate.filter((one) => !held.some((other) => other.sentence === one.sentence)),
    ],
    signal,
    alert,
    incident: incidentId === null ? null : ((await findVisibleIncident(tx, viewer, asId<IncidentId>(incidentId))) ?? null),
    playbook: explained === null ? null : { digest: explained.playbook.digest, version: explained.playbook.version },
  }
}

function fateStep(signal: Signal): WhyStep {
  const about = signal.incident_id === null ? null : { kind: 'incident' as const, id: signal.incident_id }
  return step('fate', signal.outcome, { at: Date.parse(signal.received_at), about })
}

function incidentChain(row: IncidentRow): Chain {
  return {
    subject: { kind: 'incident', id: row.id, title: row.state.title },
    verdict: 'incident',
    sentence: row.state.severityReason === '' ? `It runs at ${row.state.severity}.` : row.state.severityReason,
    steps: [],
    signal: null,
    alert: null,
    incident: row,
    playbook: null,
  }
}

async function alertOf(tx: Tx, viewer: PersonId, signal: Signal): Promise<Alert | null> {
  const row = signal.alert_id === null ? undefined : await findAlert(tx, viewer, signal.alert_id)
  return row === undefined ? null : showAlert(row)
}

/** The signal that began the episode, where it is still kept. */
async function firstSignal(tx: Tx, viewer: PersonId, alert: Alert): Promise<{ signal: Signal; raw: SignalRaw } | null> {
  const from = Date.parse(alert.first_at)
  const filter = { search: null, sourceId: alert.source_id, outcomes: null, from, until: from + 1 }
  const { items } = await listSignals(tx, viewer, filter, { limit: 200, after: null })
  const place = parseSignalId(items.find((item) => item.alert_id === alert.id)?.id ?? '')
  return place === null ? null : ((await findSignal(tx, viewer, place)) ?? null)
}

interface About {
  readonly shown: NonNullable<Why['incident']>
  readonly steps: readonly WhyStep[]
  readonly paged: Why['paged']
  readonly playbook: NonNullable<Why['playbook']>
  readonly person: (person: PersonRef, disabled: boolean, alertAt: Instant | null) => Promise<WhyPerson>
}

async function readIncident(ports: Ports, parts: WhyParts, tx: Tx, row: IncidentRow): Promise<About> {
  const playbook = await ports.playbooks.load(tx, row.playbook_digest)
  const events: KnownEvent[] = await loadEvents(tx, row.id)
  const pages = await listPages(tx, row.id)
  const rosterAt = await parts.playbook.rosterReader(tx, playbook)
  const people = await findNames(tx, peopleOf(events))
  const names = namesFrom(people, playbook)
  const opened = step(
    'incident',
    `Incident ${row.number} at ${row.state.severity}, ${row.state.phase}. ${row.state.severityReason}`.trim(),
    {
      at: row.state.openedAt,
      about: { kind: 'incident', id: row.id },
      event: { incident_id: row.id, version: 1, type: 'incident.opened' },
    },
  )
  return {
    shown: {
      id: row.id,
      number: Number(row.number),
      title: row.state.title,
      severity: row.state.severity,
      severity_rank: row.severity_rank,
      phase: row.state.phase,
      open: row.open,
    },
    steps: [opened, ...pagingSteps(row.id, events, names)],
    paged: pages.slice(0, PAGED_MAX).map((page) => ({ person: page.person, role: page.role, state: page.state, at: page.created_at })),
    playbook: { digest: row.playbook_digest, version: row.playbook_version },
    person: async (person, disabled, alertAt) =>
      whyPerson({
        person,
        disabled,
        incident: row.state,
        incidentId: row.id,
        playbook,
        clauses: await clausesOf(parts, tx, row.playbook_digest, ports),
        events,
        pages,
        names,
        rosterAt,
        itemsAt: (instant) => parts.oncall.onCallItems(tx, instant),
        alertAt,
      }),
  }
}

async function clausesOf(parts: WhyParts, tx: Tx, digest: PlaybookDigest, ports: Ports): Promise<Clauses> {
  const inForce = digest === ports.playbooks.current().digest ? parts.playbook.textInForce() : null
  return inForce === null ? openClauses((await findVersion(tx, digest)) ?? null) : openClauses(inForce.text, inForce.parsed)
}

function peopleOf(events: readonly KnownEvent[]): PersonId[] {
  const ids = new Set<PersonId>()
  for (const { event } of events) {
    if (event.type === 'incident.paged') for (const page of event.pages) ids.add(page.personId)
    if (event.type === 'incident.notified') for (const id of event.people) ids.add(id)
    if ('by' in event && event.by.kind === 'person') ids.add(event.by.id)
  }
  return [...ids]
}

async function answerPerson(asked: PersonRef, row: PersonRow | null, chain: Chain, about: About | null): Promise<WhyPerson> {
  if (about === null) {
    return { person: asked, verdict: 'no-incident', sentence: `No incident was opened, so nobody was paged. ${chain.sentence}`, steps: [] }
  }
  const alertAt = chain.alert === null || chain.subject.kind === 'incident' ? null : Date.parse(chain.alert.first_at)
  return about.person(asked, row?.disabledAt !== null, alertAt)
}
