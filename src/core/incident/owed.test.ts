/** What each phase still owes, going back, and the evidence beside the rows of the matrix. */
import { describe, expect, test } from 'vitest'
import { byAnn, IncidentRun, openedRun, source, T0 } from '../../../test/support/incident-run.ts'
import { ann, measuringPlaybook, testPlaybook } from '../../../test/support/playbook.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { HOUR_MS, MINUTE_MS } from '../time.ts'
import { evidenceOf } from './evidence.ts'
import { owedBy } from './owed.ts'

const base = measuringPlaybook()
const playbook: Playbook = {
  ...base,
  lifecycle: [
    { phase: 'detected', title: 'Detection', description: '' },
    { phase: 'triaged', title: 'Triage', description: '' },
    { phase: 'mitigating', title: 'Mitigation', description: '' },
    { phase: 'resolved', title: 'Resolution', description: '' },
  ],
  incidentTypes: base.incidentTypes.map((type) => ({
    ...type,
    mitigation: [{ title: 'Go back one version', action: null }],
    followUp: ['Investigate logs', 'Create bug ticket'],
  })),
  communication: [
    { audience: 'Executives', channels: ['Email', 'Slack'], severities: ['red'], everyMs: HOUR_MS, content: 'Business impact' },
    { audience: 'Everybody', channels: ['Chat'], severities: ['red', 'amber', 'blue'], everyMs: null, content: '' },
  ],
}
const run = (severity: string): IncidentRun => openedRun(severity, playbook)
const owed = (it: IncidentRun, now = T0) => owedBy(it.incident, it.playbook, now)
const codes = (it: IncidentRun, now = T0): string =>
  owed(it, now)
    .map((item) => item.code)
    .join(' ')

describe('what is owed', () => {
  test('when it is opened: answers with their time, a commander, what it is, how bad it is, and the rest', () => {
    expect(owed(run('red'))).toEqual([
      {
        code: 'acknowledge',
        text: 'Ops has not acknowledged.',
        due: T0 + 5 * MINUTE_MS,
        role: 'Ops',
        clause: 'severities.0.response_time',
      },
      {
        code: 'acknowledge',
        text: 'Boss has not acknowledged.',
        due: T0 + 5 * MINUTE_MS,
        role: 'Boss',
        clause: 'severities.0.response_time',
      },
      { code: 'take-command', text: 'Nobody is Incident Commander.', due: null, role: 'incident-commander', clause: 'roles.0' },
      { code: 'classify', text: 'Nobody has confirmed what it is.', due: null, role: 'incident-commander', clause: 'lifecycle.1' },
      {
        code: 'measure-impact',
        text: 'Nobody has measured how bad it is: users affected, error rate, latency p95.',
        due: null,
        role: 'incident-commander',
        clause: 'severities',
      },
      {
        code: 'start-mitigation',
        text: 'Mitigation has not begun: Go back one version.',
        due: null,
        role: 'incident-commander',
        clause: 'incident_types.0.immediate_mitigation',
      },
      {
        code: 'update',
        text: 'Tell Executives every 1 h by Email, Slack: Business impact.',
        due: null,
        role: 'incident-commander',
        clause: 'communication.0',
      },
      {
        code: 'update',
        text: 'Tell Everybody on every change by Chat.',
        due: null,
        role: 'incident-commander',
        clause: 'communication.1',
      },
      {
        code: 'resolve',
        text: 'Somebody says when the service is restored.',
        due: null,
        role: 'incident-commander',
        clause: 'lifecycle.3',
      },
    ])
  })

  test('shrinks as things are done', () => {
    const it = run('red')
    it.command(T0, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    expect(owed(it).filter((item) => item.code === 'acknowledge')).toEqual([expect.objectContaining({ role: 'Boss', due: null })])
    it.command(T0, { type: 'release', by: byAnn, role: null, reason: 'enough' })
    it.command(T0, { type: 'record-impact', by: byAnn, measure: 'users_affected', value: 60, unit: '%', reason: '' })
    it.command(T0, { type: 'mitigate', by: byAnn })
    expect(codes(it)).toBe('update update resolve')
  })

  test('by a task of Tocsin’s own is no more than that somebody takes it and does it', () => {
    const it = new IncidentRun(playbook)
    it.open({ severity: 'blue', chore: true })
    expect(codes(it)).toBe('acknowledge take-command resolve')
  })

  test('of a row that pages nobody is an answer by anybody', () => {
    expect(owed(run('blue'))[0]).toEqual({
      code: 'acknowledge',
      text: 'Nobody has acknowledged.',
      due: T0 + 60 * MINUTE_MS,
      role: null,
      clause: 'severities.2.response_time',
    })
  })

  test('names those for whom there is a role', () => {
    const roles = ['operations-lead', 'communications-lead'].map((id) => ({ id, title: id, responsibility: '', checklist: [], heldBy: [] }))
    const it = openedRun('red', { ...playbook, roles })
    expect(owed(it).map((item) => [item.code, item.role])).toEqual([
      ['acknowledge', 'Ops'],
      ['acknowledge', 'Boss'],
      ['classify', null],
      ['measure-impact', null],
      ['start-mitigation', 'operations-lead'],
      ['update', 'communications-lead'],
      ['update', 'communications-lead'],
      ['resolve', null],
    ])
  })

  test('says how many monitors are not green, by the exact count where it is known', () => {
    const it = run('red')
    it.command(T0, { type: 'attach-alerts', opened: 3, resolved: 0, firing: 3, total: 3, sample: [] })
    expect(codes(it)).toMatch(/ monitors-not-green$/)
    expect(owed(it).at(-1)?.text).toBe('3 of 3 alerts still fire.')
    expect(owedBy(it.incident, playbook, T0, { firing: 1, total: 7 }).at(-1)?.text).toBe('1 of 7 alerts still fires.')
    it.command(T0 + 1, { type: 'attach-alerts', opened: 0, resolved: 3, firing: 0, total: 3, sample: [] })
    expect(owed(it).at(-1)).toMatchObject({
      code: 'resolve',
      text: 'All alerts are clear: it can be resolved.',
      due: T0 + 1 + 5 * MINUTE_MS,
    })
  })

  test('asks to look at a severity that is only proposed', () => {
    const it = run('red')
    it.command(T0, { type: 'change-severity', by: byAnn, severity: 'blue', reason: 'a rehearsal' })
    expect(codes(it)).not.toContain('measure-impact')
    it.command(T0, { type: 'record-impact', by: byAnn, measure: 'users_affected', value: 60, unit: '%', reason: '' })
    expect(codes(it)).not.toContain('measure-impact')
    expect(owed(it).find((item) => item.code === 'consider-severity')).toMatchObject({
      text: 'Users affected: 60 %, and "> 25 %" is red.',
      clause: 'severities.0.thresholds.users_affected',
    })
  })

  test('after the resolution: the post-mortem with its time, what follows up, and closing', () => {
    const it = run('red')
    it.command(T0, { type: 'attach-alerts', opened: 2, resolved: 0, firing: 2, total: 2, sample: [] })
    it.command(T0 + 10, { type: 'resolve', by: byAnn, reason: 'done' })
    expect(owed(it)).toEqual([
      { code: 'monitors-not-green', text: '2 of 2 alerts still fire.', due: null, role: null, clause: 'lifecycle.3' },
      {
        code: 'post-mortem',
        text: 'The post-mortem is due 48 h after the resolution.',
        due: T0 + 10 + 48 * HOUR_MS,
        role: 'incident-commander',
        clause: 'post_mortem.within',
      },
      { code: 'follow-up', text: 'Investigate logs.', due: null, role: null, clause: 'incident_types.0.follow_up' },
      { code: 'follow-up', text: 'Create bug ticket.', due: null, role: null, clause: 'incident_types.0.follow_up' },
      { code: 'close', text: 'It is closed once the post-mortem is done.', due: null, role: 'incident-commander', clause: '' },
    ])
    it.command(T0 + 20, { type: 'close', by: byAnn, reason: '' })
    // Closing does not do away with what the playbook asks for.
    expect(codes(it)).toBe('post-mortem')
  })

  test('where no post-mortem is asked for, only closing', () => {
    const it = run('amber')
    it.command(T0, { type: 'resolve', by: byAnn, reason: 'done' })
    expect(owed(it).map((item) => item.text)).toEqual(['It can be closed.'])
    it.command(T0, { type: 'close', by: byAnn, reason: '' })
    expect(owed(it)).toEqual([])
  })
})

describe('going back', () => {
  test('from mitigating to triaged is recorded, and mitigation is owed again', () => {
    const it = run('red')
    it.command(T0, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    it.command(T0 + 1, { type: 'mitigate', by: byAnn })
    expect(codes(it)).not.toContain('start-mitigation')
    expect(it.command(T0 + 2, { type: 'go-back', by: byAnn, reason: '' })).toBe('reason-required')
    expect(it.command(T0 + 2, { type: 'go-back', by: byAnn, reason: 'that was the wrong service' })).toBe('went-back')
    expect(it.incident).toMatchObject({ phase: 'triaged', mitigatingAt: null })
    expect(codes(it)).toContain('start-mitigation')
    expect(it.command(T0 + 3, { type: 'go-back', by: byAnn, reason: 'x' })).toBe('nothing-to-go-back-to')
    it.command(T0 + 4, { type: 'mitigate', by: byAnn })
    expect(it.incident.mitigatingAt).toBe(T0 + 4)
  })

  test('on a resolution is reopening', () => {
    const it = run('red')
    it.command(T0, { type: 'mitigate', by: byAnn })
    it.command(T0 + 1, { type: 'resolve', by: byAnn, reason: 'done' })
    expect(it.command(T0 + 2, { type: 'go-back', by: byAnn, reason: 'x' })).toBe('incident-already-resolved')
    it.command(T0 + 3, { type: 'reopen', by: byAnn, reason: 'it is back' })
    expect(it.incident).toMatchObject({ phase: 'triaged', resolvedAt: null, firingAtResolution: null })
  })
})

test('a resolution says how many alerts still fired, by the exact count where it is known', () => {
  const it = run('red')
  it.command(T0, { type: 'attach-alerts', opened: 4, resolved: 0, firing: 4, total: 4, sample: [] })
  it.command(T0 + 1, { type: 'resolve', by: byAnn, reason: 'known noise' })
  expect(it.incident.firingAtResolution).toBe(4)
  it.command(T0 + 2, { type: 'reopen', by: byAnn, reason: 'x' })
  it.command(T0 + 3, { type: 'resolve', by: byAnn, reason: 'known noise', firing: 9 })
  expect(it.incident.firingAtResolution).toBe(9)
})

describe('the evidence beside each row', () => {
  const look = (it: IncidentRun, now: number) =>
    evidenceOf(it.incident, it.playbook, now).map(({ row, met, thresholds }) => [row.id, met, ...thresholds.map((one) => one.met)])

  test('is unknown while nothing is measured, and where nothing can be', () => {
    const it = run('amber')
    expect(look(it, T0)).toEqual([
      ['red', null, null, null],
      ['amber', null, null, null],
      ['blue', null],
    ])
    expect(evidenceOf(it.incident, playbook, T0).map((row) => [row.isCurrent, row.isOfType, row.isDefault])).toEqual([
      [false, false, false],
      [true, false, true],
      [false, false, false],
    ])
    expect(evidenceOf(run('red').incident, testPlaybook(), T0)[0]).toMatchObject({
      isCurrent: true,
      isOfType: true,
      thresholds: [],
      met: null,
    })
  })

  test('says what is met, what is not, and what will be', () => {
    const it = run('red')
    const measure = (name: string, value: number, unit: '%' | 'ms') =>
      it.command(T0, { type: 'record-impact', by: source, measure: name, value, unit, reason: '' })
    measure('users_affected', 5, '%')
    measure('error_rate', 60, '%')
    measure('latency_p95', 100, 'ms')
    expect(look(it, T0 + MINUTE_MS)).toEqual([
      ['red', false, false, false],
      ['amber', true, true, false],
      ['blue', null],
    ])
    expect(evidenceOf(it.incident, playbook, T0)[0]?.thresholds[1]).toMatchObject({
      within: true,
      heldAt: T0 + 10 * MINUTE_MS,
      met: false,
      measured: { value: 60 },
    })
    expect(look(it, T0 + 10 * MINUTE_MS)[0]).toEqual(['red', true, false, true])
    it.command(T0 + 11 * MINUTE_MS, { type: 'attach-alerts', opened: 1, resolved: 1, firing: 0, total: 1, sample: [] })
    expect(look(it, T0 + 12 * MINUTE_MS)[0]).toEqual(['red', null, null, null])
  })
})
