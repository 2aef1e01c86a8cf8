/** Silences and windows in the API's shapes, and the API's shapes as the core has them. */
import type {
  ActorRef,
  Maintenance as MaintenanceView,
  MaintenanceSchedule,
  Silence as SilenceView,
  SilenceMatcher,
} from '../../api/schema.ts'
import type { Actor } from '../../core/incident/event.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { describeScope, type Maintenance, maintenanceState } from '../../core/silence/maintenance.ts'
import { compileMatchers, formatMatchers, type Matcher, parseMatchers } from '../../core/silence/matcher.ts'
import { type Silence, stateOf } from '../../core/silence/silence.ts'
import { warningsOf } from '../../core/silence/warnings.ts'
import { type Occurrence, occurrenceAt, occurrencesAfter, type Weekday, type WindowSchedule } from '../../core/silence/window.ts'
import { describeSchedule } from '../../core/silence/window-text.ts'
import { type Instant, toRfc3339 } from '../../core/time.ts'
import { badField } from '../http/problem.ts'

export function showActor(actor: Actor): ActorRef {
  return { kind: actor.kind, id: actor.kind === 'system' ? null : actor.id, name: actor.name }
}

function showMatcher({ name, value, isRegex, isEqual }: Matcher) {
  return { name, value, is_regex: isRegex, is_equal: isEqual }
}

interface Showing {
  readonly playbook: Playbook
  readonly now: Instant
  readonly holding: number
}

export function showSilence(silence: Silence, { playbook, now, holding }: Showing): SilenceView {
  const compiled = compileMatchers(silence.matchers)
  const state = stateOf(silence, now)
  const over = compiled.kind === 'fault' || state === 'expired'
  return {
    id: silence.id,
    state,
    matchers: silence.matchers.map(showMatcher),
    text: formatMatchers(silence.matchers),
    starts_at: toRfc3339(silence.startsAt),
    ends_at: toRfc3339(silence.endsAt),
    reason: silence.reason,
    author: showActor(silence.author),
    created_by: silence.createdBy,
    created_at: toRfc3339(silence.createdAt),
    updated_at: toRfc3339(silence.updatedAt),
    expired_at: silence.expiredAt === null ? null : toRfc3339(silence.expiredAt),
    expired_by: silence.expiredBy === null ? null : showActor(silence.expiredBy),
    holding,
    warnings: over ? [] : warningsOf(playbook, { ...silence, matchers: compiled.matchers }),
  }
}

const NEXT_SHOWN = 3

export function showMaintenance(window: Maintenance, { playbook, now, holding }: Showing): MaintenanceView {
  const state = maintenanceState(window, now)
  const compiled = compileMatchers(window.matchers)
  const current = state === 'active' ? occurrenceAt(window.schedule, window.zone, now) : null
  const next = window.endedAt === null ? occurrencesAfter(window.schedule, window.zone, now, NEXT_SHOWN) : []
  const span = current ?? next[0]
  const over = compiled.kind === 'fault' || span === undefined
  return {
    id: window.id,
    state,
    title: window.title,
    reason: window.reason,
    zone: window.zone,
    schedule: showSchedule(window.schedule),
    schedule_text: describeSchedule(window.schedule, window.zone),
    matchers: window.matchers.map(showMatcher),
    services: [...window.services],
    types: [...window.types],
    sources: [...window.sources],
    text: describeScope(window),
    current: current === null ? null : showOccurrence(current),
    next: next.map(showOccurrence),
    author: showActor(window.author),
    created_at: toRfc3339(window.createdAt),
    updated_at: toRfc3339(window.updatedAt),
    ended_at: window.endedAt === null ? null : toRfc3339(window.endedAt),
    holding,
    warnings: over ? [] : warningsOf(playbook, { ...span, matchers: compiled.matchers, types: window.types, reason: window.reason }),
  }
}

function showOccurrence({ startsAt, endsAt }: Occurrence) {
  return { starts_at: toRfc3339(startsAt), ends_at: toRfc3339(endsAt) }
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
type Day = (typeof DAYS)[number]

function toWeekday(day: Day): Weekday {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an index of seven, and one
  return (DAYS.indexOf(day) + 1) as Weekday
}

function showDay(day: Weekday): Day {
  return DAYS[day - 1] ?? 'mon'
}

function showSchedule(schedule: WindowSchedule): MaintenanceSchedule {
  if (schedule.kind === 'once') return { kind: 'once', from: schedule.from, to: schedule.to }
  const shared = {
    at: schedule.at,
    minutes: schedule.minutes,
    ...(schedule.from === null ? {} : { from: schedule.from }),
    ...(schedule.until === null ? {} : { until: schedule.until }),
  }
  if (schedule.kind === 'weekly') return { kind: 'weekly', days: schedule.days.map(showDay), ...shared }
  const { on } = schedule
  if (on.kind === 'day') return { kind: 'monthly', on: { day: on.day }, ...shared }
  const nth = ([1, 2, 3, 4] as const).find((one) => one === on.nth) ?? -1
  return { kind: 'monthly', on: { nth, weekday: showDay(on.weekday) }, ...shared }
}

export function readSchedule(given: MaintenanceSchedule): WindowSchedule {
  if (given.kind === 'once') return given
  const shared = { at: given.at, minutes: given.minutes, from: given.from ?? null, until: given.until ?? null }
  if (given.kind === 'weekly') {
    const days = [...new Set(given.days.map(toWeekday))].toSorted((one, other) => one - other)
    return { kind: 'weekly', days, ...shared }
  }
  const on =
    'day' in given.on
      ? ({ kind: 'day', day: given.on.day } as const)
      : ({ kind: 'weekday', nth: given.on.nth, weekday: toWeekday(given.on.weekday) } as const)
  return { kind: 'monthly', on, ...shared }
}

export function readMatchers(given: readonly SilenceMatcher[] = [], texts: readonly string[] = []): readonly Matcher[] {
  const parsed = texts.flatMap((text, index) => {
    const matchers = parseMatchers(text)
    if (typeof matchers === 'string') throw badField(`match.${index}`, matchers)
    return matchers
  })
  return [...given.map(({ name, value, is_regex: isRegex, is_equal: isEqual }) => ({ name, value, isRegex, isEqual })), ...parsed].map(
    (matcher) => ({ ...matcher, name: clean(matcher.name), value: clean(matcher.value) }),
  )
}

/** Postgres refuses U+0000 and lone surrogates. */
function clean(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed()
}

/** End of a span that is given by its end or by its length. */
export function readEnd(
  given: { readonly ends_at?: string | undefined; readonly duration_seconds?: number | undefined },
  startsAt: Instant,
  field: 'ends_at' | 'until' = 'ends_at',
): Instant {
  if (given.ends_at !== undefined && given.duration_seconds !== undefined) throw badField(field, `give it or duration_seconds, not both`)
  if (given.ends_at !== undefined) return Date.parse(given.ends_at)
  if (given.duration_seconds !== undefined) return startsAt + given.duration_seconds * 1_000
  throw badField(field, 'give it or duration_seconds')
}
