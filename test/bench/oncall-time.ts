/** How long the shifts of a year take, for 200 people on 50 schedules: what `who`, calendars and iCal are made of. */
import type { Changes, Override } from '../../src/core/oncall/change.ts'
import type { Layer, Schedule } from '../../src/core/oncall/oncall.ts'
import { shiftsBetween } from '../../src/core/oncall/shifts.ts'
import type { WeekSpan } from '../../src/core/oncall/week.ts'
import { DAY_MS, HOUR_MS } from '../../src/core/time.ts'
import { percentile } from './generator.ts'
import type { Line } from './report.ts'

const PEOPLE = 200
const SCHEDULES = 50
const DAYS = 365
const ROUNDS = 15
const BUDGET_MS = 100
const FROM = Date.UTC(2026, 0, 1)
const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Singapore', 'Australia/Sydney', 'UTC'] as const

export function measureOncall(): Line {
  const schedules = Array.from({ length: SCHEDULES }, (_, place) => makeSchedule(place))
  const changes = makeChanges(schedules)
  let shifts = 0
  const tookMs = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now()
    shifts = 0
    for (const schedule of schedules) for (const _ of shiftsBetween(schedule, FROM, FROM + DAYS * DAY_MS, changes)) shifts += 1
    return performance.now() - startedAt
  })
  // The first learns the clock changes of the zones, which a server does once.
  const [firstMs = 0] = tookMs
  tookMs.sort((a, b) => a - b)
  const p50 = percentile(tookMs, 0.5)
  return {
    what: `who holds ${SCHEDULES} schedules of ${PEOPLE} people in a year: ${shifts} shifts`,
    measured: `p50 ${p50.toFixed(0)} ms, the first time ${firstMs.toFixed(0)} ms`,
    peer: '',
    budget: `< ${BUDGET_MS} ms`,
    met: p50 < BUDGET_MS,
    figures: { p50Ms: p50, firstMs, shifts },
  }
}

/** Most of a week, some of a day, some that follow the sun by the hours of each place. */
function makeSchedule(place: number): Schedule {
  const zone = ZONES[place % ZONES.length] ?? 'UTC'
  const members = Array.from({ length: 8 }, (_, turn) => `p${(place * 4 + turn) % PEOPLE}@example.com`)
  const layers: Layer[] =
    place % 10 === 0
      ? [
          { members: members.slice(0, 4), rotation: rotation(7), zone: 'Europe/Berlin', only: hours(8, 17) },
          { members: members.slice(4), rotation: rotation(7), zone: 'America/New_York', only: hours(9, 18) },
          { members, rotation: rotation(7) },
        ]
      : [{ members, rotation: rotation(place % 5 === 0 ? 1 : 7) }]
  return { id: `s${place}`, name: `S${place}`, role: `R${place}`, team: null, zone, layers }
}

function rotation(days: number): Layer['rotation'] {
  return { startWallMs: Date.UTC(2025, 0, 6, 9), untilWallMs: null, turn: { kind: 'cycle', wallMs: [days * DAY_MS] } }
}

function hours(from: number, to: number): readonly WeekSpan[] {
  return [0, 1, 2, 3, 4].map((day) => ({ startMs: day * DAY_MS + from * HOUR_MS, endMs: day * DAY_MS + to * HOUR_MS }))
}

/** Two overrides a schedule a month, and each person away once for a week. */
function makeChanges(schedules: readonly Schedule[]): Changes {
  const overrides = schedules.flatMap(({ id }, place) =>
    Array.from({ length: 24 }, (_, count): Override => {
      const from = FROM + count * 15 * DAY_MS + place * HOUR_MS
      return {
        id: `${id}-${count}`,
        schedule: id,
        holder: `p${(place * 7 + count) % PEOPLE}@example.com`,
        instead: null,
        from,
        until: from + 8 * HOUR_MS,
      }
    }),
  )
  const absences = Array.from({ length: PEOPLE }, (_, person) => {
    const from = FROM + ((person * 13) % DAYS) * DAY_MS
    return { holder: `p${person}@example.com`, from, until: from + 7 * DAY_MS }
  })
  return { overrides, absences }
}
