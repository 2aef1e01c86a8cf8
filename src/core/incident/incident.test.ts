/** The life of an incident as given events, when a command or the clock, then events. */
import { describe, expect, test } from 'vitest'
import { byAnn, byBob, IncidentRun, nameOf, openedRun, source, T0 } from '../../../test/support/incident-run.ts'
import { ann, bob, cyd, own, testPlaybook, testRoster } from '../../../test/support/playbook.ts'
import { MINUTE_MS } from '../time.ts'
import { clocksOf } from './clock.ts'
import { owedBy } from './owed.ts'
import { plan } from './plan.ts'

describe('paging', () => {
  test('opening pages each role of the row at once, each on every channel of the person', () => {
    const run = openedRun()
    expect(run.paging()).toEqual(['Ops:Ann', 'Boss:Cyd'])
    expect(run.acts.map((act) => `${nameOf(act.personId)} ${act.channel}`)).toEqual([
      'Ann email',
      'Ann console',
      'Cyd email',
      'Cyd console',
    ])
  })

  test('one person who holds two roles gets one message that serves both pages', () => {
    const run = new IncidentRun()
    run.roster = testRoster({ roles: { Ops: { current: [ann], next: [] }, Boss: { current: [ann], next: [] } } })
    run.open({ incidentType: 'spike' })
    expect(run.paging()).toEqual(['Ops:Ann', 'Boss:Ann'])
    expect(run.acts.map((act) => [act.channel, act.pages.length])).toEqual([
      ['email', 2],
      ['console', 2],
    ])
  })

  test('a role that nobody holds falls to the owners, and says why', () => {
    const run = new IncidentRun()
    run.roster = testRoster({ roles: { Ops: { current: [ann], next: [] } } })
    run.open({ incidentType: 'spike' })
    expect(run.paging()).toEqual(['Ops:Ann', 'Boss:Owner'])
    const paged = run.events.find((event) => event.type === 'incident.paged')
    expect(paged?.type === 'incident.paged' && paged.pages[1]?.because).toBe('Nobody is on call for Boss, so every owner is paged.')
  })

  test('the next step waits from the hand-over, not from the planning', () => {
    const run = openedRun()
    run.command(T0 + 60 * MINUTE_MS, { type: 'wake' })
    expect(run.paging()).toEqual(['Ops:Ann', 'Boss:Cyd'])
    run.handOver(T0 + 60 * MINUTE_MS)
    expect(run.wakeAt).toBe(T0 + 62 * MINUTE_MS)
    run.command(T0 + 62 * MINUTE_MS - 1, { type: 'wake' })
    expect(run.paging()).toEqual(['Ops:Ann', 'Boss:Cyd'])
    run.command(T0 + 62 * MINUTE_MS, { type: 'wake' })
    // Boss has nobody next, so that step is skipped.
    expect(run.paging()).toEqual(['Ops:Ann', 'Boss:Cyd', 'Ops:Bob', 'Boss:Owner'])
  })

  test('a page that no channel will take does not wait at all', () => {
    const run = openedRun('amber')
    const pages = run.incident.pages.map((page) => page.key)
    run.command(T0 + 1, { type: 'record-failure', pages, channel: 'email', reason: 'no such mailbox', final: true })
    expect(run.paging()).toEqual(['Ops:Ann'])
    run.command(T0 + 2, { type: 'record-failure', pages, channel: 'console', reason: 'gone', final: true })
    expect(run.paging()).toEqual(['Ops:Ann', 'Ops:Bob'])
  })

  test('the policy ends after its rounds, tells the owners once and is never silent about it', () => {
    const run = openedRun('amber')
    let now = T0
    for (let turn = 0; turn < 40; turn += 1) {
      run.handOver(now)
      now += MINUTE_MS
      run.command(now, { type: 'wake' })
    }
    expect(run.incident.duties.map((duty) => duty.state)).toEqual(['exhausted'])
    expect(run.events.filter((event) => event.type === 'incident.paged')).toHaveLength(6)
    expect(
      run.events.filter((event) => event.type === 'incident.notified').map((event) => event.type === 'incident.notified' && event.people),
    ).toEqual([[own]])
    expect(run.command(now, { type: 'acknowledge', by: byBob, personId: bob, via: 'link' })).toBe('acknowledged role-assigned')
    expect(run.paging()).toEqual([])
  })
})

describe('a policy that has run out', () => {
  const exhausted = () => {
    const run = openedRun('amber')
    for (let now = T0; run.incident.duties[0]?.state === 'open'; now += MINUTE_MS) {
      run.handOver(now)
      run.command(now, { type: 'wake' })
    }
    return run
  }
  const LATER = T0 + 60 * MINUTE_MS

  test('ends its pages with the resolution', () => {
    const run = exhausted()
    expect(run.paging().length).toBeGreaterThan(0)
    run.command(LATER, { type: 'resolve', by: byAnn, reason: 'done' })
    expect(run.paging()).toEqual([])
    expect(run.incident.duties.map((duty) => duty.state)).toEqual(['ended'])
  })

  test('gives way to the duties of a higher severity, and ends at a lower one that does not name its role', () => {
    const run = exhausted()
    run.command(LATER, { type: 'change-severity', by: byBob, severity: 'red', reason: 'worse' })
    expect(run.paging()).toEqual(['Ops:Ann', 'Boss:Cyd'])
    expect(run.incident.duties.map((duty) => duty.state)).toEqual(['ended', 'open', 'open'])
    const fallen = exhausted()
    fallen.command(LATER, { type: 'change-severity', by: byBob, severity: 'blue', reason: 'less' })
    expect(fallen.paging()).toEqual([])
  })
})

describe('acknowledging', () => {
  test('ends that person’s page and meets the clock; the other roles are still paged', () => {
    const run = openedRun()
    expect(run.command(T0 + MINUTE_MS, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })).toBe('acknowledged role-assigned')
    expect(run.paging()).toEqual(['Boss:Cyd'])
    expect(run.incident.phase).toBe('triaged')
    expect(run.incident.roles['incident-commander']?.personId).toBe(ann)
    expect(clocksOf(run.incident, run.playbook, T0 + MINUTE_MS)[0]).toMatchObject({
      kind: 'response',
      state: 'met',
      endedAt: T0 + MINUTE_MS,
    })
  })

  test('one acknowledgement is enough where the row says so', () => {
    const run = new IncidentRun()
    const severities = run.playbook.severities.map((severity) => ({ ...severity, acknowledgement: 'any' as const }))
    run.playbook = testPlaybook({ severities })
    run.open({ incidentType: 'spike' })
    run.command(T0, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    expect(run.paging()).toEqual([])
  })

  test('twice is accepted without a new event', () => {
    const run = openedRun('amber')
    run.command(T0 + 1, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    expect(run.command(T0 + 2, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })).toBe('')
  })

  test('by the sender ends every page', () => {
    const run = openedRun()
    run.command(T0 + 1, { type: 'acknowledge', by: source, personId: null, via: 'source' })
    expect(run.paging()).toEqual([])
  })

  test('after the clock ran out does not undo the breach', () => {
    const run = openedRun('amber')
    run.handOver(T0)
    expect(run.command(T0 + 15 * MINUTE_MS, { type: 'wake' })).toContain('response-breached')
    run.command(T0 + 16 * MINUTE_MS, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    expect(clocksOf(run.incident, run.playbook, T0 + 17 * MINUTE_MS)[0]?.state).toBe('breached')
  })

  test('saying "I can’t" pages the next person now', () => {
    const run = openedRun('amber')
    run.handOver(T0)
    run.command(T0 + 1, { type: 'decline', by: byAnn, personId: ann })
    expect(run.paging()).toEqual(['Ops:Bob'])
    expect(run.command(T0 + 2, { type: 'decline', by: byAnn, personId: ann })).toBe('not-paged')
  })

  test('the commander releases the rest', () => {
    const run = openedRun()
    run.command(T0 + 1, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    expect(run.command(T0 + 2, { type: 'release', by: byAnn, role: 'Ops', reason: '' })).toBe('nothing-to-release')
    run.command(T0 + 2, { type: 'release', by: byAnn, role: null, reason: 'enough of us' })
    expect(run.paging()).toEqual([])
  })
})

describe('calling somebody in', () => {
  const reason = 'She knows the ledger'
  const wantBob = { kind: 'person', personId: bob, personName: 'Bob' } as const

  test('a person is paged beside those of the row, and escalates to the owners', () => {
    const run = openedRun('amber')
    run.handOver(T0)
    expect(run.command(T0 + 1, { type: 'summon', by: byAnn, wanted: wantBob, reason })).toBe('summoned paged')
    expect(run.paging()).toEqual(['Ops:Ann', 'Bob:Bob'])
    run.handOver(T0 + 2)
    run.command(T0 + 60 * MINUTE_MS, { type: 'wake' })
    expect(run.paging()).toContain('Bob:Owner')
  })

  test('a role is paged whoever holds it; who is being paged is not paged twice', () => {
    const run = openedRun('blue')
    expect(run.command(T0 + 1, { type: 'summon', by: byAnn, wanted: { kind: 'role', role: 'Boss' }, reason })).toBe('summoned paged')
    expect(run.command(T0 + 2, { type: 'summon', by: byAnn, wanted: { kind: 'role', role: 'Boss' }, reason })).toBe('')
    expect(run.paging()).toEqual(['Boss:Cyd'])
    expect(run.command(T0 + 3, { type: 'summon', by: byAnn, wanted: { kind: 'role', role: 'King' }, reason })).toBe('role-unknown')
  })

  test('no change of the severity ends it, their acknowledgement does, and they can be called in again', () => {
    const run = openedRun('amber')
    run.command(T0 + 1, { type: 'summon', by: byAnn, wanted: wantBob, reason })
    run.command(T0 + 2, { type: 'change-severity', by: byAnn, severity: 'blue', reason: 'It is less' })
    expect(run.paging()).toEqual(['Bob:Bob'])
    run.command(T0 + 3, { type: 'acknowledge', by: byBob, personId: bob, via: 'link' })
    expect(run.paging()).toEqual([])
    expect(run.command(T0 + 4, { type: 'summon', by: byAnn, wanted: wantBob, reason })).toBe('summoned paged')
  })

  test('nobody is called in to what is resolved', () => {
    const run = openedRun('amber')
    run.command(T0 + 1, { type: 'resolve', by: byAnn, reason: 'fixed' })
    expect(run.command(T0 + 2, { type: 'summon', by: byAnn, wanted: wantBob, reason })).toBe('incident-already-resolved')
  })
})

describe('a row without roles', () => {
  test('waits in the queue, and somebody is told, not paged, when its clock runs out', () => {
    const run = openedRun('blue')
    expect(run.paging()).toEqual([])
    expect(run.wakeAt).toBe(T0 + 60 * MINUTE_MS)
    expect(run.command(T0 + 60 * MINUTE_MS, { type: 'wake' })).toBe('response-breached notified')
    expect(run.acts.map((act) => [act.kind, nameOf(act.personId), act.about])).toEqual([
      ['notice', 'Ann', 'queue-overdue'],
      ['notice', 'Ann', 'queue-overdue'],
    ])
    expect(run.command(T0 + 61 * MINUTE_MS, { type: 'wake' })).toBe('')
  })
})

describe('changing severity', () => {
  test('a rise makes new duties; what the person who raised it had acknowledged is carried over', () => {
    const run = openedRun('amber')
    run.command(T0 + 1, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    run.command(T0 + 2, { type: 'change-severity', by: byAnn, severity: 'red', reason: 'everybody is hit' })
    expect(run.paging()).toEqual(['Boss:Cyd'])
    expect(run.incident.responses.map((response) => response.metAt)).toEqual([T0 + 1, T0 + 2])
  })

  test('a rise by somebody else pages those who had acknowledged again', () => {
    const run = openedRun('amber')
    run.command(T0 + 1, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    run.command(T0 + 2, { type: 'change-severity', by: byBob, severity: 'red', reason: 'everybody is hit' })
    expect(run.paging()).toEqual(['Ops:Ann', 'Boss:Cyd'])
    expect(clocksOf(run.incident, run.playbook, T0 + 3).map((clock) => clock.state)).toEqual(['met', 'running', 'not_started'])
  })

  test('a fall ends the pages of roles that the new row does not name, and the clock keeps its start', () => {
    const run = openedRun()
    run.command(T0 + MINUTE_MS, { type: 'change-severity', by: byBob, severity: 'amber', reason: 'a few only' })
    expect(run.paging()).toEqual(['Ops:Ann'])
    expect(clocksOf(run.incident, run.playbook, T0 + MINUTE_MS).map((clock) => [clock.state, clock.dueAt])).toEqual([
      ['waived', T0 + 5 * MINUTE_MS],
      ['running', T0 + 15 * MINUTE_MS],
    ])
  })

  test('is refused without a reason, to the same row, and to one that the playbook has not', () => {
    const run = openedRun()
    expect(run.command(T0, { type: 'change-severity', by: byAnn, severity: 'amber', reason: ' ' })).toBe('reason-required')
    expect(run.command(T0, { type: 'change-severity', by: byAnn, severity: 'red', reason: 'x' })).toBe('severity-unchanged')
    expect(run.command(T0, { type: 'change-severity', by: byAnn, severity: 'pink', reason: 'x' })).toBe('severity-unknown')
  })
})

describe('resolving', () => {
  test('ends every page and starts the post-mortem’s clock at the first resolution', () => {
    const run = openedRun()
    run.command(T0 + 10, { type: 'resolve', by: byAnn, reason: 'rolled back' })
    expect(run.paging()).toEqual([])
    run.command(T0 + 20, { type: 'reopen', by: byAnn, reason: 'back again' })
    expect(run.paging()).toEqual(['Ops:Ann', 'Boss:Cyd'])
    run.command(T0 + 30, { type: 'resolve', by: byAnn, reason: 'really' })
    const postMortem = clocksOf(run.incident, run.playbook, T0 + 40).at(-1)
    expect(postMortem).toMatchObject({ kind: 'post-mortem', startedAt: T0 + 10, dueAt: T0 + 10 + 48 * 60 * MINUTE_MS, state: 'running' })
    expect(run.wakeAt).toBe(T0 + 10 + 48 * 60 * MINUTE_MS)
  })

  test('happens by itself after the quiet time where the playbook says so', () => {
    const run = openedRun('amber')
    run.command(T0, { type: 'attach-alerts', opened: 1, resolved: 0, firing: 1, total: 1, sample: [] })
    run.command(T0 + MINUTE_MS, { type: 'attach-alerts', opened: 0, resolved: 1, firing: 0, total: 1, sample: [] })
    run.command(T0 + 2 * MINUTE_MS, { type: 'attach-alerts', opened: 1, resolved: 0, firing: 1, total: 2, sample: [] })
    expect(run.incident.greenSince).toBeNull()
    run.command(T0 + 3 * MINUTE_MS, { type: 'attach-alerts', opened: 0, resolved: 1, firing: 0, total: 2, sample: [] })
    run.command(T0 + 8 * MINUTE_MS - 1, { type: 'wake' })
    expect(run.incident.phase).toBe('detected')
    expect(run.command(T0 + 8 * MINUTE_MS, { type: 'wake' })).toBe('resolved')
  })

  test('of a task of Tocsin’s own happens as soon as it is clear; it has paged nobody, whatever its row', () => {
    const run = new IncidentRun()
    run.open({ severity: 'red', chore: true })
    expect(run.paging()).toEqual([])
    run.command(T0, { type: 'attach-alerts', opened: 1, resolved: 0, firing: 1, total: 1, sample: [] })
    expect(run.command(T0 + 1, { type: 'attach-alerts', opened: 0, resolved: 1, firing: 0, total: 1, sample: [] })).toBe(
      'alerts-changed turned-green resolved',
    )
  })

  test('is proposed, once, where a person must say so', () => {
    const run = openedRun()
    run.handOver(T0)
    run.command(T0 + 1, { type: 'acknowledge', by: source, personId: null, via: 'source' })
    run.command(T0 + 2, { type: 'attach-alerts', opened: 1, resolved: 1, firing: 0, total: 1, sample: [] })
    expect(run.command(T0 + 2 + 5 * MINUTE_MS, { type: 'wake' })).toBe('resolution-proposed notified')
    expect(run.command(T0 + 2 + 6 * MINUTE_MS, { type: 'wake' })).toBe('')
    expect(run.incident.phase).toBe('triaged')
  })

  test('that is proposed can be declined with a reason, and is not proposed again before an alert has fired', () => {
    const run = openedRun()
    run.command(T0 + 1, { type: 'attach-alerts', opened: 1, resolved: 1, firing: 0, total: 1, sample: [] })
    run.command(T0 + 1 + 5 * MINUTE_MS, { type: 'wake' })
    expect(run.incident.proposal).not.toBeNull()
    expect(run.command(T0 + 6 * MINUTE_MS, { type: 'decline-resolution', by: byAnn, reason: ' ' })).toBe('reason-required')
    const decline = { type: 'decline-resolution', by: byAnn, reason: 'the queue still grows' } as const
    expect(run.command(T0 + 6 * MINUTE_MS, decline)).toBe('resolution-declined')
    expect(run.command(T0 + 6 * MINUTE_MS, decline)).toBe('')
    expect(run.incident).toMatchObject({ phase: 'detected', proposal: null, keptOpen: { reason: 'the queue still grows', since: T0 + 1 } })
    expect(run.command(T0 + 600 * MINUTE_MS, { type: 'wake' })).not.toContain('proposed')
    const owed = owedBy(run.incident, run.playbook, T0 + 600 * MINUTE_MS).find(({ code }) => code === 'resolve')
    expect(owed).toMatchObject({ text: 'Ann keeps it open though all alerts are clear: the queue still grows.', due: null })
    run.command(T0 + 601 * MINUTE_MS, { type: 'attach-alerts', opened: 1, resolved: 0, firing: 1, total: 2, sample: [] })
    expect(run.incident.keptOpen).toBeNull()
    run.command(T0 + 602 * MINUTE_MS, { type: 'attach-alerts', opened: 0, resolved: 1, firing: 0, total: 2, sample: [] })
    expect(run.command(T0 + 607 * MINUTE_MS, { type: 'wake' })).toContain('resolution-proposed')
  })

  test('by itself can be declined in time, and never while something fires or after the end', () => {
    const run = openedRun('amber')
    const decline = { type: 'decline-resolution', by: byAnn, reason: 'wait' } as const
    run.command(T0, { type: 'attach-alerts', opened: 1, resolved: 0, firing: 1, total: 1, sample: [] })
    expect(run.command(T0, decline)).toBe('nothing-proposed')
    run.command(T0 + MINUTE_MS, { type: 'attach-alerts', opened: 0, resolved: 1, firing: 0, total: 1, sample: [] })
    expect(run.command(T0 + 2 * MINUTE_MS, decline)).toBe('resolution-declined')
    expect(run.command(T0 + 60 * MINUTE_MS, { type: 'wake' })).not.toContain('resolved')
    expect(run.incident.phase).toBe('detected')
    run.command(T0 + 61 * MINUTE_MS, { type: 'resolve', by: byAnn, reason: 'now' })
    expect(run.command(T0 + 62 * MINUTE_MS, decline)).toBe('incident-already-resolved')
  })

  test('waits for the quiet time anew when an alert has come and gone between two looks', () => {
    const run = openedRun('amber')
    run.command(T0, { type: 'attach-alerts', opened: 1, resolved: 1, firing: 0, total: 1, sample: [] })
    expect(run.command(T0 + 4 * MINUTE_MS, { type: 'attach-alerts', opened: 1, resolved: 1, firing: 0, total: 2, sample: [] })).toBe(
      'alerts-changed turned-red turned-green',
    )
    expect(run.command(T0 + 5 * MINUTE_MS, { type: 'wake' })).not.toContain('resolved')
    expect(run.command(T0 + 9 * MINUTE_MS, { type: 'wake' })).toBe('resolved')
  })

  test('needs a reason and an open incident', () => {
    const run = openedRun()
    expect(run.command(T0, { type: 'resolve', by: byAnn, reason: '' })).toBe('reason-required')
    run.command(T0, { type: 'resolve', by: byAnn, reason: 'x' })
    expect(run.command(T0, { type: 'resolve', by: byAnn, reason: 'x' })).toBe('incident-already-resolved')
    expect(run.command(T0, { type: 'acknowledge', by: byAnn, personId: ann, via: 'api' })).toBe('incident-already-resolved')
  })
})

describe('the record of alerts', () => {
  test('stays readable in a storm: each report first, then each doubling', () => {
    const run = openedRun()
    for (let total = 1; total <= 5_000; total += 1) {
      run.command(T0 + total, { type: 'attach-alerts', opened: 1, resolved: 0, firing: total, total, sample: [] })
    }
    expect(run.events.filter((event) => event.type === 'incident.alerts-changed').length).toBeLessThan(60)
  })
})

test('a plan asked twice gives the same answer', () => {
  const run = openedRun()
  run.handOver(T0)
  const now = T0 + 2 * MINUTE_MS
  expect(plan(run.incident, run.playbook, run.roster, now)).toEqual(plan(run.incident, run.playbook, run.roster, now))
})

test('triage names the type, its first step and its severity', () => {
  const run = openedRun('amber')
  expect(run.command(T0 + 1, { type: 'triage', by: byAnn, incidentType: 'spike', severity: null, reason: '' })).toContain(
    'triaged severity-changed',
  )
  expect(run.incident).toMatchObject({ phase: 'triaged', incidentType: 'spike', severity: 'red', firstStep: 'Go back one version.' })
  expect(cyd).toBe(run.incident.pages.at(-1)?.personId)
})
