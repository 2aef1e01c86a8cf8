/** Delays, quiet hours and answers in any combination: nobody is silently unpaged. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ann, bob, cyd, own, testPlaybook, testRoster } from '../../../test/support/playbook.ts'
import { asId, type IncidentId, type PersonId } from '../id.ts'
import type { Roster } from '../oncall/roster.ts'
import { WAY_WAIT_MS_MAX, type Way } from '../oncall/way.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { HOUR_MS, MINUTE_MS } from '../time.ts'
import type { IncidentCommand } from './command.ts'
import { decide } from './decide.ts'
import type { Actor } from './event.ts'
import { evolve } from './evolve.ts'
import { type Incident, noIncident } from './incident.ts'
import { type Act, type Settled, settle } from './settle.ts'

const T0 = 1_700_000_000_000
const NIGHT_MS = 9 * HOUR_MS
const PEOPLE = [ann, bob, cyd, own]

interface Scene {
  readonly playbook: Playbook
  /** When quiet hours begin and end, for each person, from T0. */
  readonly nights: Readonly<Record<PersonId, readonly [from: number, until: number] | null>>
  readonly ways: Readonly<Record<PersonId, readonly Way[]>>
}

const nightOf = fc.option(fc.tuple(fc.integer({ min: -NIGHT_MS, max: HOUR_MS }), fc.integer({ min: MINUTE_MS, max: NIGHT_MS })))
const way = fc.record<Way>({
  channel: fc.constantFrom('email', 'sms'),
  afterMs: fc.integer({ min: 0, max: WAY_WAIT_MS_MAX }),
  urgency: fc.constantFrom(null, 'high' as const, 'low' as const),
})
const scene = fc.record({
  nights: fc.tuple(nightOf, nightOf, nightOf, nightOf),
  ways: fc.tuple(...PEOPLE.map(() => fc.array(way, { maxLength: 3 }))),
  responseMs: fc.constantFrom(5 * MINUTE_MS, HOUR_MS, 24 * HOUR_MS),
  noWaits: fc.boolean(),
})

function toScene({ nights, ways, responseMs, noWaits }: typeof scene extends fc.Arbitrary<infer T> ? T : never): Scene {
  const base = testPlaybook()
  const severities = base.severities.map((row) =>
    row.id === 'amber'
      ? {
          ...row,
          responseMs,
          urgency: 'low' as const,
          quietHours: 'respected' as const,
          escalation: {
            ...row.escalation,
            // Two at a time, as a step that lists both becomes.
            steps: row.escalation.steps.map((one, index) => (noWaits && index === 0 ? { ...one, waitMs: 0 } : one)),
          },
        }
      : row,
  )
  const byPerson = <Value>(values: readonly Value[]): Record<PersonId, Value> =>
    Object.fromEntries(PEOPLE.map((id, index) => [id, values[index]])) as Record<PersonId, Value>
  return {
    playbook: { ...base, severities },
    nights: byPerson(nights.map((one) => (one === null ? null : ([T0 + one[0], T0 + one[0] + one[1]] as const)))),
    ways: byPerson(ways),
  }
}

function rosterAt({ nights, ways }: Scene, now: number): Roster {
  const roster = testRoster()
  const people = Object.fromEntries(
    PEOPLE.map((id) => {
      const span = nights[id] ?? null
      const isQuiet = span !== null && span[0] <= now && now < span[1]
      return [
        id,
        {
          name: id,
          channels: ['email', 'sms', 'console'],
          ways: ways[id] ?? [],
          ...(isQuiet ? { quietUntil: span[1] } : {}),
        },
      ]
    }),
  )
  return { ...roster, at: now, people }
}

const OPEN: IncidentCommand = {
  type: 'open',
  id: asId<IncidentId>('00000000-0000-7000-8000-000000000001'),
  by: { kind: 'system', name: 'x' },
  title: 't',
  summary: '',
  incidentType: null,
  severity: 'amber',
  severityReason: '',
  private: false,
}

function step(world: Scene, before: Incident, command: IncidentCommand, now: number): Settled {
  const decided = decide(before, command, world.playbook, now)
  const changed = decided.kind === 'accepted' ? decided.events.reduce(evolve, before) : before
  return settle(changed, world.playbook, rosterAt(world, now), now)
}

const rings = (act: Act): boolean => act.kind === 'page' && act.channel !== 'console'
const BY: Actor = { kind: 'person', id: ann, name: 'a' }

test('an incident that pages somebody rings for somebody before the time to respond has run out, or at once', () => {
  fc.assert(
    fc.property(scene, (given) => {
      const world = toScene(given)
      const opened = step(world, noIncident, OPEN, T0)
      const ringing = opened.acts.filter(rings)
      const soonest = Math.min(...ringing.map((act) => act.dueAt ?? T0))
      expect(ringing.length).toBeGreaterThan(0)
      expect(soonest === T0 || soonest < T0 + given.responseMs).toBe(true)
      // Whoever is awake is never held, and nobody is held for longer than their own night.
      for (const act of ringing) {
        const slept = world.nights[act.personId]
        const end = slept !== null && slept !== undefined && slept[0] <= T0 && T0 < slept[1] ? slept[1] : T0
        expect(act.dueAt ?? T0).toBeLessThanOrEqual(end + WAY_WAIT_MS_MAX)
      }
    }),
    { numRuns: 500 },
  )
})

test('played on without an answer, each page has messages that ring, and the escalation comes to its end', () => {
  fc.assert(
    fc.property(scene, fc.integer({ min: 0, max: 3 }), (given, answerAt) => {
      const world = toScene(given)
      let now = T0
      let settled = step(world, noIncident, OPEN, now)
      const acts = [...settled.acts]
      for (let turn = 0; turn < 60; turn += 1) {
        const { incident } = settled
        const waiting = acts.filter((act) => act.kind === 'page' && act.channel === 'console' && (act.dueAt ?? 0) <= now)
        const taken = new Set(waiting.flatMap((act) => act.pages))
        const pages = incident.pages.filter((page) => taken.has(page.key) && page.handedOverAt === null).map((page) => page.key)
        settled =
          turn === 20 + answerAt
            ? step(world, incident, { type: 'acknowledge', by: BY, personId: null, via: 'api' }, now)
            : pages.length > 0
              ? step(world, incident, { type: 'record-hand-over', pages, channel: 'console' }, now)
              : step(world, incident, { type: 'wake' }, now)
        acts.push(...settled.acts)
        const isOpen = settled.incident.duties.some((duty) => duty.state === 'open')
        if (isOpen) expect(settled.wakeAt, 'an open duty is looked at again').not.toBeNull()
        if (settled.wakeAt !== null && settled.acts.length === 0) now = Math.max(now, settled.wakeAt)
      }
      const served = new Set(acts.filter(rings).flatMap((act) => act.pages))
      for (const page of settled.incident.pages) expect(served, `page ${page.key}`).toContain(page.key)
      expect(settled.incident.duties.every((duty) => duty.state !== 'open')).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('a severity that rises pages at once whom quiet hours held', () => {
  fc.assert(
    fc.property(scene, (given) => {
      const world = toScene({ ...given, responseMs: 24 * HOUR_MS })
      const opened = step(world, noIncident, OPEN, T0)
      const risen = step(world, opened.incident, { type: 'change-severity', by: BY, severity: 'red', reason: 'x' }, T0 + MINUTE_MS)
      const ringing = risen.acts.filter(rings)
      expect(ringing.length).toBeGreaterThan(0)
      for (const id of new Set(ringing.map((act) => act.personId)))
        expect(ringing.some((act) => act.personId === id && act.dueAt === undefined)).toBe(true)
      expect(risen.incident.pages.filter((page) => page.state === 'paging').every((page) => page.at === T0 + MINUTE_MS)).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('where all sleep and there is time, the step and its wait are held; where somebody is awake, nobody is waited for', () => {
  const night = [T0 - HOUR_MS, T0 + 8 * HOUR_MS] as const
  const world = (over: Partial<Scene['nights']>, responseMs: number): Scene => ({
    ...toScene({ nights: [null, null, null, null], ways: [[], [], [], []], responseMs, noWaits: false }),
    nights: { [ann]: night, [bob]: night, [cyd]: night, [own]: night, ...over },
  })
  const paged = (given: Scene): (string | number)[][] =>
    step(given, noIncident, OPEN, T0)
      .acts.filter((act) => act.channel !== 'sms')
      .map((act) => [act.personId.slice(-2), act.channel, (act.dueAt ?? T0) - T0])
  const slept = 8 * HOUR_MS
  expect(paged(world({}, 24 * HOUR_MS))).toEqual([
    ['a1', 'email', slept],
    ['a1', 'console', slept],
  ])
  // No time to wait: quiet hours do not count.
  expect(paged(world({}, HOUR_MS))).toEqual([
    ['a1', 'email', 0],
    ['a1', 'console', 0],
  ])
  // The owner is awake: all before are held, and the owner is paged at once.
  expect(paged(world({ [own]: null }, 24 * HOUR_MS)).filter(([, , at]) => at === 0)).toContainEqual(['d4', 'email', 0])
  expect(paged(world({ [own]: null }, 24 * HOUR_MS))).toContainEqual(['a1', 'email', slept])
  const first = step(world({}, 24 * HOUR_MS), noIncident, OPEN, T0)
  expect(first.wakeAt).toBe(T0 + slept)
})
