/** Firing alerts as Alertmanager shows them: with receivers (the playbook's incident types), and with what silences and inhibits them. */
import { matcherOf } from '../../core/playbook/match.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { serviceOf } from '../../core/playbook/service.ts'
import { type CompiledSilence, isWithinReach } from '../../core/silence/find-hold.ts'
import { type CompiledMatcher, compileMatcher, compileMatchers, matchesAll, parseMatchers } from '../../core/silence/matcher.ts'
import { valueOf } from '../../core/silence/subject.ts'
import { type Instant, MINUTE_MS } from '../../core/time.ts'
import type { FiringAlert } from './alert-store.ts'
import { AlertmanagerRefusal } from './answer.ts'

/** Who receives what no incident type knows. */
export const TRIAGE = 'triage'
/** A source that gives no end counts as silent after this; Alertmanager's `resolve_timeout`. */
const RESOLVE_AFTER_MS = 5 * MINUTE_MS

export interface GettableAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly receivers: readonly { readonly name: string }[]
  readonly fingerprint: string
  readonly startsAt: string
  readonly updatedAt: string
  readonly endsAt: string
  readonly generatorURL: string
  readonly status: {
    readonly state: 'active' | 'suppressed'
    readonly silencedBy: readonly string[]
    readonly inhibitedBy: readonly string[]
    readonly mutedBy: readonly string[]
  }
}

interface Showing {
  readonly playbook: Playbook
  readonly silences: readonly CompiledSilence[]
  readonly now: Instant
}

export function showAlert(alert: FiringAlert, { playbook, silences, now }: Showing): GettableAlert {
  const receiver = receiverOf(playbook, alert)
  const subject = {
    ...alert,
    type: receiver === TRIAGE ? null : receiver,
    service: serviceOf(playbook, alert.labels)?.name ?? null,
    severity: '',
  }
  const bySilence = silences.flatMap(({ silence, matchers }) =>
    silence.startsAt <= now &&
    now < silence.endsAt &&
    isWithinReach(silence, alert) &&
    matchesAll(matchers, (name) => valueOf(subject, name))
      ? [silence.id]
      : [],
  )
  const byHold = alert.heldBy === 'silence' || alert.heldBy === 'snooze' ? [alert.heldRef ?? ''] : []
  const silencedBy = [...new Set([...bySilence, ...byHold])]
  const inhibitedBy = alert.heldBy === 'inhibition' ? alert.inhibitedBy.map(shortPrint) : []
  // What mutes by the clock has a field of its own, which clients before 0.27 do not know: they see a state.
  const mutedBy = alert.heldBy === 'maintenance' || alert.heldBy === 'observe' ? [alert.heldRef ?? ''] : []
  const graph = alert.links.find((link) => link.text === 'Graph')?.href ?? alert.links[0]?.href ?? ''
  return {
    labels: 'alertname' in alert.labels ? { ...alert.labels } : { alertname: alert.alarm, ...alert.labels },
    annotations: { summary: alert.title },
    receivers: [{ name: receiver }],
    fingerprint: shortPrint(alert.fingerprint),
    startsAt: alert.startsAt.toISOString(),
    updatedAt: alert.updatedAt.toISOString(),
    endsAt: endOf(alert, now),
    generatorURL: graph,
    status: {
      state: silencedBy.length + inhibitedBy.length + mutedBy.length > 0 || alert.heldBy !== null ? 'suppressed' : 'active',
      silencedBy,
      inhibitedBy,
      mutedBy,
    },
  }
}

/** Alertmanager's has 16 hex digits. */
function shortPrint(fingerprint: string): string {
  return fingerprint.replaceAll('-', '').slice(0, 16)
}

function endOf({ endsAt, updatedAt }: FiringAlert, now: Instant): string {
  const given = endsAt?.getTime() ?? updatedAt.getTime() + RESOLVE_AFTER_MS
  return new Date(Math.max(given, now)).toISOString()
}

/** The incident type that it is of, or would be. */
export function receiverOf(playbook: Playbook, alert: FiringAlert): string {
  if (alert.incidentType !== null) return alert.incidentType
  const match = matcherOf(playbook).match(
    {
      alarm: alert.alarm,
      status: 'firing',
      title: alert.title,
      summary: null,
      dedupKey: null,
      severityHint: alert.severityHint,
      value: alert.value,
      labels: alert.labels,
      links: [],
      startsAt: alert.startsAt.getTime(),
      endsAt: null,
    },
    alert.sourceKind,
  )
  return match.kind === 'type' ? match.type.id : TRIAGE
}

export interface AlertQuery {
  readonly matchers: readonly CompiledMatcher[]
  readonly receiver: CompiledMatcher | null
  readonly active: boolean
  readonly silenced: boolean
  readonly inhibited: boolean
}

/** @throws {AlertmanagerRefusal} 400 for what it does not understand, in its words */
export function readQuery(query: URLSearchParams): AlertQuery {
  const receiver = query.get('receiver')
  const compiled =
    receiver === null || receiver === '' ? null : compileMatcher({ name: 'receiver', value: receiver, isRegex: true, isEqual: true })
  if (compiled?.kind === 'fault') throw new AlertmanagerRefusal(400, `failed to parse receiver param: ${receiver ?? ''}`)
  return {
    matchers: readFilter(query),
    receiver: compiled === null ? null : compiled.matcher,
    active: readFlag(query, 'active'),
    silenced: readFlag(query, 'silenced'),
    inhibited: readFlag(query, 'inhibited'),
  }
}

/** @throws {AlertmanagerRefusal} 400 */
export function readFilter(query: URLSearchParams): readonly CompiledMatcher[] {
  const matchers = query.getAll('filter').flatMap((text) => {
    const parsed = parseMatchers(text)
    if (typeof parsed === 'string') throw new AlertmanagerRefusal(400, `bad matcher format: ${parsed}`)
    return parsed
  })
  const compiled = compileMatchers(matchers)
  if (compiled.kind === 'fault') throw new AlertmanagerRefusal(400, `bad matcher format: ${compiled.message}`)
  return compiled.matchers
}

/** True when left out, as in its description. */
export function readFlag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  if (value === null || value === '' || value === 'true') return true
  if (value === 'false') return false
  throw new AlertmanagerRefusal(400, `${name} in query must be of type boolean: ${JSON.stringify(value.slice(0, 100))}`)
}

export function isAsked(alert: GettableAlert, asked: AlertQuery): boolean {
  const { status, labels, receivers } = alert
  if (!asked.active && status.state === 'active') return false
  if (!asked.silenced && status.silencedBy.length + status.mutedBy.length > 0) return false
  if (!asked.inhibited && status.inhibitedBy.length > 0) return false
  const { receiver } = asked
  if (receiver !== null && !receivers.some(({ name }) => receiver.test(name))) return false
  return matchesAll(asked.matchers, (name) => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : ''))
}

export interface AlertGroup {
  readonly labels: Readonly<Record<string, string>>
  readonly routeLabels: Readonly<Record<string, string>>
  readonly receiver: { readonly name: string }
  readonly alerts: GettableAlert[]
}

/** By receiver and by the labels that tell its incidents apart. */
export function groupAlerts(playbook: Playbook, alerts: readonly GettableAlert[]): AlertGroup[] {
  const groups = new Map<string, AlertGroup>()
  for (const alert of alerts) {
    const name = alert.receivers[0]?.name ?? TRIAGE
    const groupBy = playbook.incidentTypes.find((type) => type.id === name)?.groupBy ?? []
    const labels = Object.fromEntries(groupBy.flatMap((label) => (label in alert.labels ? [[label, alert.labels[label] ?? '']] : [])))
    const key = JSON.stringify([name, labels])
    const group = groups.get(key) ?? { labels, routeLabels: {}, receiver: { name }, alerts: [] }
    group.alerts.push(alert)
    groups.set(key, group)
  }
  return [...groups.values()].toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
}

function keyOf({ receiver, labels }: AlertGroup): string {
  return `${receiver.name}\u0000${JSON.stringify(labels)}`
}
