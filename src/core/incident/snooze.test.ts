import { describe, expect, test } from 'vitest'
import { ann, cyd, testPlaybook, testRoster } from '../../../test/support/playbook.ts'
import { asId, type IncidentId } from '../id.ts'
import { HOUR_MS, MINUTE_MS } from '../time.ts'
import type { IncidentCommand } from './command.ts'
import { decide } from './decide.ts'
import type { Actor } from './event.ts'
import { evolve } from './evolve.ts'
import { type Incident, noIncident } from './incident.ts'
import { settle } from './settle.ts'

const NOW = Date.UTC(2026, 10, 24, 3)
const playbook = testPlaybook()
const roster = testRoster()
const annActor: Actor = { kind: 'person', id: ann, name: 'Ann' }
const source: Actor = { kind: 'source', id: null, name: 'eu' }

function ask(incident: Incident, command: IncidentCommand, now: number, rules = playbook): Incident {
  const decision = decide(incident, command, rules, now)
  if (decision.kind === 'refused') throw new Error(decision.code)
  return settle(decision.events.reduce(evolve, incident), rules, roster, now).incident
}

const open = (severity = 'red') =>
  ask(
    noIncident,
    {
      type: 'open',
      id: asId<IncidentId>('i1'),
      by: source,
      title: 'T',
      summary: '',
      incidentType: null,
      severity,
      severityReason: '',
      private: false,
    },
    NOW,
  )
const snooze = (over: Partial<Extract<IncidentCommand, { type: 'snooze' }>> = {}) =>
  ({ type: 'snooze', by: annActor, personId: ann, via: 'console', until: NOW + 4 * HOUR_MS, reason: 'known', ...over }) as const
const paging = (incident: Incident) => incident.pages.filter((page) => page.state === 'paging').map((page) => page.personId)

describe('whoever snoozes has it until then', () => {
  test('their page ends, the page of a role that somebody else holds does not', () => {
    const snoozed = ask(open(), snooze(), NOW + MINUTE_MS)
    expect(paging(snoozed)).toEqual([cyd])
    expect(snoozed.snooze).toEqual({ until: NOW + 4 * HOUR_MS, by: annActor, personId: ann })
  })

  test('the plan asks to be woken at the end, and then they are paged anew', () => {
    const snoozed = ask(open('amber'), snooze(), NOW + MINUTE_MS)
    expect(paging(snoozed)).toEqual([])
    const before = settle(snoozed, playbook, roster, NOW + 4 * HOUR_MS - 1)
    expect(before).toMatchObject({ events: [], wakeAt: NOW + 4 * HOUR_MS })
    const after = settle(snoozed, playbook, roster, NOW + 4 * HOUR_MS)
    expect(after.events.map((event) => event.type)).toEqual(['incident.woken', 'incident.paged'])
    expect(paging(after.incident)).toEqual([ann])
    expect(after.incident.snooze).toBeNull()
    expect(settle(after.incident, playbook, roster, NOW + 4 * HOUR_MS).events).toEqual([])
  })

  test('after a long downtime it wakes once', () => {
    const snoozed = ask(open('amber'), snooze(), NOW + MINUTE_MS)
    const after = settle(snoozed, playbook, roster, NOW + 400 * HOUR_MS)
    expect(after.events.filter((event) => event.type === 'incident.woken')).toHaveLength(1)
  })

  test('one that is resolved by then wakes nobody, also when it is reopened', () => {
    const snoozed = ask(open('amber'), snooze(), NOW + MINUTE_MS)
    const resolved = ask(snoozed, { type: 'resolve', by: annActor, reason: 'done' }, NOW + HOUR_MS)
    expect(settle(resolved, playbook, roster, NOW + 5 * HOUR_MS).events).toEqual([])
    const reopened = ask(resolved, { type: 'reopen', by: annActor, reason: 'again' }, NOW + 6 * HOUR_MS)
    expect(reopened.snooze).toBeNull()
  })

  test('a second snooze moves the end', () => {
    const twice = ask(ask(open('amber'), snooze(), NOW + MINUTE_MS), snooze({ until: NOW + 8 * HOUR_MS }), NOW + HOUR_MS)
    expect(settle(twice, playbook, roster, NOW + 5 * HOUR_MS).events).toEqual([])
    expect(settle(twice, playbook, roster, NOW + 8 * HOUR_MS).events).not.toEqual([])
  })

  test('it can be woken before', () => {
    const woken = ask(ask(open('amber'), snooze(), NOW + MINUTE_MS), { type: 'wake-up', by: annActor }, NOW + HOUR_MS)
    expect(paging(woken)).toEqual([ann])
    expect(decide(woken, { type: 'wake-up', by: annActor }, playbook, NOW + HOUR_MS)).toEqual({ kind: 'refused', code: 'not-snoozed' })
  })

  test('by a source, the roles that were acknowledged are paged', () => {
    const snoozed = ask(open(), snooze({ by: source, personId: null, via: 'source' }), NOW + MINUTE_MS)
    expect(paging(snoozed)).toEqual([])
    expect(paging(settle(snoozed, playbook, roster, NOW + 4 * HOUR_MS).incident).toSorted()).toEqual([ann, cyd].toSorted())
  })
})

describe('what is refused', () => {
  const code = (command: IncidentCommand, rules = playbook, incident = open()) => {
    const decision = decide(incident, command, rules, NOW)
    return decision.kind === 'refused' ? decision.code : 'accepted'
  }
  const strict = testPlaybook({ muting: { reasonRequired: ['red'], maxMs: HOUR_MS, never: [], noticeBeforeMs: MINUTE_MS } })

  test('an end in the past, and a red one without a reason', () => {
    expect(code(snooze({ until: NOW }))).toBe('snooze-in-past')
    expect(code(snooze({ reason: ' ' }), strict)).toBe('reason-required')
    expect(code(snooze({ reason: ' ' }), strict, open('amber'))).toBe('accepted')
  })

  test('a red one sleeps no longer than the playbook lets it', () => {
    expect(ask(open(), snooze(), NOW, strict).snooze?.until).toBe(NOW + HOUR_MS)
  })

  test('one that is resolved', () => {
    const resolved = ask(open(), { type: 'resolve', by: annActor, reason: 'done' }, NOW)
    expect(code(snooze(), playbook, resolved)).toBe('incident-already-resolved')
  })
})
