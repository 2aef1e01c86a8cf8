import { expect, test } from 'vitest'
import { type Episode, OVERTAKEN_MS, type SignalFacts, step } from './alert.ts'

const firing: SignalFacts = { status: 'firing', startsAt: 100, endsAt: 500, value: 1 }
const resolved: SignalFacts = { status: 'resolved', startsAt: 100, endsAt: 300, value: null }
const at = (instant: number, incidentOver = false) => ({ at: instant, incidentOver })

function episodeAfter(...signals: readonly SignalFacts[]): Episode | null {
  return signals.reduce<Episode | null>((latest, signal, index) => step(latest, signal, at(1_000 + index)).episode, null)
}

test('the first firing signal opens an episode that knows when its source would count as silent', () => {
  expect(step(null, firing, at(1_000))).toEqual({
    kind: 'opened',
    episode: { startsAt: 100, firstAt: 1_000, lastAt: 1_000, endsAt: 500, count: 1, value: 1, resolvedAt: null },
  })
})

test('a repeat counts, and moves only the times and the value', () => {
  expect(step(episodeAfter(firing), { ...firing, endsAt: 700, value: 2 }, at(2_000))).toEqual({
    kind: 'repeated',
    episode: { startsAt: 100, firstAt: 1_000, lastAt: 2_000, endsAt: 700, count: 2, value: 2, resolvedAt: null },
  })
})

test('firing after the end with a later start is a new episode', () => {
  const taken = step(episodeAfter(firing, resolved), { ...firing, startsAt: 400 }, at(2_000))
  expect(taken.kind).toBe('opened')
  expect(taken.episode).toMatchObject({ startsAt: 400, count: 1, resolvedAt: null })
})

test('a late trigger of an ended episode is ignored', () => {
  expect(step(episodeAfter(firing, resolved), firing, at(2_000)).kind).toBe('late')
})

test('the same start again, well after the end, fires anew: its Alertmanager had lost sight of it', () => {
  const ended = episodeAfter(firing, resolved)
  const resolvedAt = ended?.resolvedAt ?? 0
  expect(step(ended, firing, at(resolvedAt + OVERTAKEN_MS - 1)).kind).toBe('late')
  expect(step(ended, firing, at(resolvedAt + OVERTAKEN_MS))).toMatchObject({ kind: 'opened', episode: { startsAt: 100, resolvedAt: null } })
})

test('an end that comes before its trigger is recorded, and the trigger then ignored', () => {
  const recorded = step(null, resolved, at(1_000))
  expect(recorded.kind).toBe('recorded')
  expect(step(recorded.episode, firing, at(1_001)).kind).toBe('late')
})

test('an end without a start time, of an alert nobody knows, is recorded, and a trigger received before it is then late', () => {
  const bare = { startsAt: null, endsAt: null, value: null } as const
  const recorded = step(null, { status: 'resolved', ...bare }, at(1_000))
  expect(recorded).toMatchObject({ kind: 'recorded', episode: { resolvedAt: 1_000 } })
  expect(step(recorded.episode, { status: 'firing', ...bare }, at(999)).kind).toBe('late')
  expect(step(recorded.episode, { status: 'firing', ...bare }, at(1_001)).kind).toBe('opened')
})

test('the end of an older episode does not end the one that fires', () => {
  expect(step(episodeAfter({ ...firing, startsAt: 200 }), resolved, at(2_000)).kind).toBe('stale')
})

test('without start times a trigger after the end opens anew, as PagerDuty has it', () => {
  const bare = { startsAt: null, endsAt: null, value: null } as const
  const latest = episodeAfter({ status: 'firing', ...bare }, { status: 'resolved', ...bare })
  expect(step(latest, { status: 'firing', ...bare }, at(2_000)).kind).toBe('opened')
})

test('an event without start time is heard again when a person has resolved the incident; a repeated state is not', () => {
  const event = { status: 'firing', startsAt: null, endsAt: null, value: null } as const
  const again = step(episodeAfter(event), event, at(2_000, true))
  expect(again.kind).toBe('opened')
  expect(again.ended?.resolvedAt).toBe(2_000)
  expect(again.episode?.firstAt).toBe(2_001)
  expect(step(episodeAfter(firing), firing, at(2_000, true)).kind).toBe('repeated')
})

test('an acknowledgement counts only while it fires', () => {
  const acknowledged: SignalFacts = { status: 'acknowledged', startsAt: null, endsAt: null, value: null }
  expect(step(episodeAfter(firing), acknowledged, at(2_000)).kind).toBe('acknowledged')
  expect(step(episodeAfter(firing, resolved), acknowledged, at(2_000)).kind).toBe('ignored')
  expect(step(null, acknowledged, at(2_000)).kind).toBe('ignored')
})
