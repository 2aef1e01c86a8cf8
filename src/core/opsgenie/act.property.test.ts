import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../alert/json.ts'
import { type Act, ACTION_NAMES, type ActKind, readAct } from './act.ts'
import { readHeartbeat } from './heartbeat.ts'
import { change, overlayOf, wake } from './overlay.ts'
import { DETAILS_MAX, readAlert, TAGS_MAX } from './payload.ts'

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.string({ unit: 'binary', maxLength: 10 }), { maxLength: 5 }),
  fc.dictionary(
    fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('__proto__', 'constructor')),
    fc.jsonValue({ maxDepth: 1 }),
  ),
  fc.constantFrom('2026-11-24T10:00:00Z', 'P1', { type: 'team', name: 'ops' }, { username: 'a@example.com' }),
)
const NAMES = [
  'user',
  'note',
  'source',
  'endTime',
  'tags',
  'details',
  'keys',
  'message',
  'description',
  'priority',
  'owner',
  'escalation',
  'responder',
  'team',
  'action',
]
const asked = fc.dictionary(fc.constantFrom(...NAMES), value) as fc.Arbitrary<JsonObject>
const kinds = fc.constantFrom(...(Object.keys(ACTION_NAMES) as ActKind[]))

/** As the database takes it. */
function isStorable(stored: unknown): boolean {
  const json = JSON.stringify(stored)
  return !json.includes('\\u0000') && !/\\ud[89a-f]/i.test(json)
}

test('whatever is asked of an alert is an act or a list of faults by field', () => {
  fc.assert(
    fc.property(kinds, asked, (kind, body) => {
      const read = readAct(kind, body)
      if (read.kind === 'errors') {
        expect(Object.keys(read.errors).length).toBeGreaterThan(0)
        return
      }
      expect(read.act.kind).toBe(kind)
      expect(isStorable(read.act)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('whatever acts follow one another, the overlay stays within its bounds and can be stored', () => {
  const acts = fc.array(fc.tuple(kinds, asked), { maxLength: 20 }).map((list) =>
    list.flatMap(([kind, body]): Act[] => {
      const read = readAct(kind, body)
      return read.kind === 'act' ? [read.act] : []
    }),
  )
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('message', 'alias', 'tags', 'details', 'responders', 'priority'), value),
      acts,
      (body, list) => {
        const alert = readAlert({ ...body, message: 'm' })
        if (alert === null) throw new Error('a message is all that an alert needs')
        let overlay = overlayOf(alert)
        for (const [at, act] of list.entries()) overlay = change(overlay, act, at).overlay
        expect(overlay.tags.length).toBeLessThanOrEqual(TAGS_MAX)
        expect(new Set(overlay.tags).size).toBe(overlay.tags.length)
        expect(Object.keys(overlay.details).length).toBeLessThanOrEqual(DETAILS_MAX)
        expect(overlay.responders.length).toBeLessThanOrEqual(50)
        expect(isStorable(overlay)).toBe(true)
        expect(wake(overlay, 99).overlay).toMatchObject({ snoozedUntil: null, snoozeQuieted: false })
      },
    ),
    { numRuns: 300 },
  )
})

test('what is added and removed again leaves the tags and details of before', () => {
  const tag = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text.trim() === text && !text.includes(','))
  fc.assert(
    fc.property(fc.uniqueArray(tag, { maxLength: 10 }), tag, (tags, more) => {
      fc.pre(!tags.includes(more))
      const alert = readAlert({ message: 'm', tags })
      if (alert === null) throw new Error('it has a message')
      const said = { user: null, note: null, source: null }
      const added = change(overlayOf(alert), { ...said, kind: 'add-tags', tags: [more] }, 1).overlay
      expect(change(added, { ...said, kind: 'remove-tags', tags: [more] }, 2).overlay).toEqual(overlayOf(alert))
    }),
  )
})

test('whatever a heartbeat is declared as, it has an interval within bounds or is refused by field', () => {
  const body = fc.dictionary(
    fc.constantFrom('interval', 'intervalUnit', 'enabled', 'description', 'alertTags', 'alertPriority', 'ownerTeam', 'alertMessage'),
    fc.oneof(value, fc.integer(), fc.constantFrom('minutes', 'hours', 'days', true, '5')),
  ) as fc.Arbitrary<JsonObject>
  fc.assert(
    fc.property(body, (given) => {
      const read = readHeartbeat(given, {})
      if (read.kind === 'errors') {
        expect(Object.keys(read.errors)).toHaveLength(1)
        return
      }
      expect(read.heartbeat.interval).toBeGreaterThanOrEqual(1)
      expect(isStorable(read.heartbeat)).toBe(true)
    }),
    { numRuns: 500 },
  )
})
