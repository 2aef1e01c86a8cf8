/**
 * What people and calendars mute in the simulation: silences, windows and snoozes of alerts, made, extended and ended at any
 * time, with and without a reason. Who holds is asked of the product's own rules; what may hold is also known here by plain
 * arithmetic, for the checker.
 */
import { asId, type PersonId } from '../../src/core/id.ts'
import type { Actor } from '../../src/core/incident/event.ts'
import {
  type CompiledSilence,
  findHold,
  type FoundHold,
  type Muters,
  type RunningWindow,
  type Snooze,
} from '../../src/core/silence/find-hold.ts'
import type { Maintenance } from '../../src/core/silence/maintenance.ts'
import { compileMatchers, type Matcher } from '../../src/core/silence/matcher.ts'
import type { MutingRule } from '../../src/core/silence/muting.ts'
import type { HoldSubject } from '../../src/core/silence/subject.ts'
import { occurrenceAt } from '../../src/core/silence/window.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/time.ts'

/** A server may not have heard of a change for so long; what it holds by is asked of the database all the same. */
const HEARD_AFTER_MS = 500
/** Red is muted for so long at most, and never without a reason. */
export const MUTING: MutingRule = { reasonRequired: ['red'], maxMs: 2 * HOUR_MS, never: [], noticeBeforeMs: 15 * MINUTE_MS }

const AUTHOR: Actor = { kind: 'person', id: asId<PersonId>('00000000-0000-7000-8000-0000000000d4'), name: 'Owner' }

/** One thing that mutes, with what it fits and when, by arithmetic alone. */
interface Mute {
  readonly id: string
  readonly kind: 'silence' | 'maintenance' | 'snooze'
  readonly reason: string
  readonly fits: (alarm: string, source: string, fingerprint: string) => boolean
  /** When the stretch began in which it mutes at that instant; null: it does not. */
  readonly since: (now: number) => number | null
  endsAt: number
  readonly silence?: CompiledSilence
  readonly window?: Maintenance
  readonly snooze?: Snooze
}

export class Mutes {
  private readonly random: () => number
  private all: Mute[] = []
  private made = 0
  private readonly seen = new Map<number, { readonly at: number; readonly mutes: readonly Mute[] }>()

  constructor(random: () => number) {
    this.random = random
  }

  /** What holds it, as that server sees it and the database confirms. */
  holdOf(server: number, subject: HoldSubject, now: number): FoundHold | null {
    const heard = this.seen.get(server)
    if (heard === undefined || now - heard.at >= HEARD_AFTER_MS)
      this.seen.set(server, { at: now, mutes: this.all.map((mute) => ({ ...mute })) })
    let known = this.seen.get(server)?.mutes ?? []
    for (;;) {
      const { hold } = findHold(toMuters(known, now), MUTING, subject, now)
      const truth = hold === null ? undefined : this.all.find(({ id }) => id === hold.refId)
      if (hold === null || (truth !== undefined && truth.since(now) !== null && now < truth.endsAt)) return hold
      known = known.filter(({ id }) => id !== hold.refId)
    }
  }

  /** Whether anything may hold it now; what the product's rules say is not asked. */
  mayHold({ alarm, source, fingerprint, severity }: HoldSubject, now: number): boolean {
    return this.all.some(({ fits, since, endsAt, reason }) => {
      const startedAt = now < endsAt && fits(alarm, source, fingerprint) ? since(now) : null
      return startedAt !== null && (severity !== 'red' || (reason.trim() !== '' && now < startedAt + (MUTING.maxMs ?? Infinity)))
    })
  }

  /** Somebody mutes something, ends it, or lets it run on. @returns what it was; what is held by it is to be looked at anew */
  change(now: number, alarms: readonly string[]): { readonly id: string; readonly endsAt: number } {
    this.all = this.all.filter((mute) => mute.endsAt > now - HOUR_MS)
    const running = this.all.filter((mute) => mute.endsAt > now)
    const roll = this.random()
    const [some] = running.toSorted(() => this.random() - 0.5)
    if (some !== undefined && roll < 0.3) {
      const endsAt = roll < 0.15 ? now : some.endsAt + this.random() * HOUR_MS
      this.replace(some, endsAt)
      return { id: some.id, endsAt }
    }
    const alarm = alarms[Math.floor(this.random() * alarms.length)] ?? 'Spike0'
    const mute = roll < 0.65 ? this.silence(now, alarm) : roll < 0.8 ? this.window(now, alarm) : this.snooze(now, alarm)
    this.all.push(mute)
    return mute
  }

  /** Everything ends: for the last hours of a run, in which what is owed must come to an end. */
  endAll(now: number): void {
    for (const mute of this.all) if (mute.endsAt > now) this.replace(mute, now)
  }

  /** Those that are over, not told before. */
  takeWoken(now: number): readonly string[] {
    const over = this.all.filter(({ kind, id, endsAt }) => kind === 'snooze' && endsAt <= now && !this.woken.has(id))
    for (const { id } of over) this.woken.add(id)
    return over.flatMap(({ snooze }) => snooze?.fingerprint ?? [])
  }
  private readonly woken = new Set<string>()

  /** When the next snooze ends; null: none runs. */
  nextWaking(): number | null {
    const ends = this.all.filter(({ kind, id }) => kind === 'snooze' && !this.woken.has(id)).map(({ endsAt }) => endsAt)
    return ends.length === 0 ? null : Math.min(...ends)
  }

  private replace(mute: Mute, endsAt: number): void {
    const silence = mute.silence && { ...mute.silence, silence: { ...mute.silence.silence, endsAt } }
    const snooze = mute.snooze && { ...mute.snooze, until: endsAt }
    this.all = this.all.map((one) => (one === mute ? { ...mute, endsAt, ...(silence && { silence }), ...(snooze && { snooze }) } : one))
  }

  private reason(): string {
    return this.random() < 0.6 ? 'work' : this.random() < 0.5 ? '' : '  '
  }

  private silence(now: number, alarm: string): Mute {
    const id = `silence-${(this.made += 1)}`
    const startsAt = now + (this.random() < 0.3 ? this.random() * HOUR_MS : 0)
    const endsAt = startsAt + this.random() * 4 * HOUR_MS
    const reason = this.reason()
    const [start = ''] = alarm.split('-')
    const whole = this.random() < 0.5
    const matcher: Matcher = whole
      ? { name: 'alertname', value: alarm, isRegex: false, isEqual: true }
      : { name: 'alertname', value: `${start}.*`, isRegex: true, isEqual: true }
    const compiled = compileMatchers([matcher])
    if (compiled.kind === 'fault') throw new Error(compiled.message)
    const silence = {
      id,
      matchers: [matcher],
      startsAt,
      endsAt,
      reason,
      author: AUTHOR,
      createdBy: 'Owner',
      createdAt: now,
      updatedAt: now,
    }
    return {
      id,
      kind: 'silence',
      reason,
      endsAt,
      fits: (given) => (whole ? given === alarm : given.startsWith(start)),
      since: (at) => (at >= startsAt ? startsAt : null),
      silence: { silence: { ...silence, expiredAt: null, expiredBy: null }, matchers: compiled.matchers },
    }
  }

  /** Each day at a time of its own for a while, all of one source. */
  private window(now: number, alarm: string): Mute {
    const id = `window-${(this.made += 1)}`
    const source = /\d/u.exec(alarm)?.[0] ?? '0'
    const minute = Math.floor(this.random() * 24 * 60)
    const minutes = 10 + Math.floor(this.random() * 200)
    const at = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
    const reason = this.reason()
    return {
      id,
      kind: 'maintenance',
      reason,
      endsAt: now + this.random() * 4 * DAY_MS,
      fits: (_alarm, given) => given === source,
      since: (then) => {
        const into = (((then - minute * MINUTE_MS) % DAY_MS) + DAY_MS) % DAY_MS
        return into < minutes * MINUTE_MS ? then - into : null
      },
      window: {
        id,
        version: 1,
        title: id,
        reason,
        zone: 'UTC',
        schedule: { kind: 'weekly', days: [1, 2, 3, 4, 5, 6, 7], at, minutes, from: null, until: null },
        matchers: [],
        services: [],
        types: [],
        sources: [source],
        author: AUTHOR,
        createdAt: now,
        updatedAt: now,
        endedAt: null,
      },
    }
  }

  private snooze(now: number, alarm: string): Mute {
    const id = `snooze-${(this.made += 1)}`
    const fingerprint = `${/\d/u.exec(alarm)?.[0] ?? '0'}/${alarm}`
    const until = now + this.random() * 3 * HOUR_MS
    const reason = this.reason()
    return {
      id,
      kind: 'snooze',
      reason,
      endsAt: until,
      fits: (_alarm, _source, given) => given === fingerprint,
      since: () => now,
      snooze: { id, fingerprint, startedAt: now, until, reason, author: 'Owner' },
    }
  }
}

function toMuters(mutes: readonly Mute[], now: number): Muters {
  const running = mutes.filter(({ endsAt }) => now < endsAt)
  return {
    silences: running.flatMap(({ silence }) => silence ?? []),
    windows: running.flatMap(({ window }): RunningWindow[] => {
      const occurrence = window === undefined ? null : occurrenceAt(window.schedule, window.zone, now)
      return window === undefined || occurrence === null ? [] : [{ window, matchers: [], occurrence }]
    }),
    snoozes: new Map(running.flatMap(({ snooze }) => (snooze === undefined ? [] : [[snooze.fingerprint, snooze] as const]))),
  }
}
