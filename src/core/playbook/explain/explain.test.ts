/** What the playbook that ships would do about signals, and by which of its lines. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { own, testRoster } from '../../../../test/support/playbook.ts'
import { signalOf } from '../../../../test/support/signal.ts'
import { toPlainSignal } from '../../alert/build.ts'
import type { Signal } from '../../alert/signal.ts'
import { asId, type PersonId, type PlaybookDigest } from '../../id.ts'
import type { Roster } from '../../oncall/roster.ts'
import { HOUR_MS, MINUTE_MS } from '../../time.ts'
import { parsePlaybook } from '../parse.ts'
import { type Clause, openClauses } from './clause.ts'
import { explain, type ExplainedIncident, type Explanation } from './explain.ts'

const shipped = readFileSync(new URL('../../../../playbook/playbook.yaml', import.meta.url), 'utf8')
const AT = Date.parse('2026-11-24T03:00:00Z')
const dev = asId<PersonId>('dev')
const eve = asId<PersonId>('eve')

/** Dev holds DevSecOps until half past three, then Eve does; the owners hold everything else. */
function rosterAt(at: number): Roster {
  const early = at < AT + 30 * MINUTE_MS
  const people = { ...testRoster().people, [dev]: { name: 'Dev', channels: ['email'] }, [eve]: { name: 'Eve', channels: [] } }
  const holders = early ? { current: [dev], next: [eve] } : { current: [eve], next: [dev] }
  const others = { current: [own], next: [] }
  return { at, owners: [own], people, roles: { DevSecOps: holders, CTO: others, 'Security Officer': others, Product: others } }
}

function ask(signal: Partial<Signal>, options: { sourceKind?: string; text?: string; plain?: boolean } = {}): Explanation {
  const { sourceKind = 'json', text = shipped, plain = false } = options
  const { playbook } = parsePlaybook(text, 'x' as PlaybookDigest)
  if (playbook === null) throw new Error('the playbook is not sound')
  return explain({
    playbook,
    clauses: openClauses(text),
    rosterAt,
    signal: signalOf(signal),
    sourceKind,
    sourceId: 'src',
    sourceTeam: null,
    at: AT,
    plain,
  })
}

function incidentOf(explanation: Explanation): ExplainedIncident {
  if (explanation.incident === null) throw new Error(`nothing is opened: ${explanation.sentence}`)
  return explanation.incident
}

function lineOf(wanted: string): number {
  return shipped.split('\n').findIndex((line) => line.includes(wanted)) + 1
}

test('channels that wait, and pages that quiet hours hold, say until when', () => {
  const text = shipped.replace('response_time: 15 min', 'response_time: 15 h\n    quiet_hours: respected')
  const { playbook } = parsePlaybook(text, 'x' as PlaybookDigest)
  if (playbook === null) throw new Error('the playbook is not sound')
  const morning = AT + 4 * HOUR_MS
  const roster = (at: number): Roster => {
    const known = rosterAt(AT)
    const quiet = at < morning ? { quietUntil: morning } : {}
    const ways = [{ channel: 'sms', afterMs: 2 * MINUTE_MS, urgency: null }]
    const people = Object.fromEntries(
      Object.keys(known.people).map((id) => [id, { name: id, channels: ['email', 'sms', 'console'], ways, ...quiet }]),
    )
    return { ...known, at, people }
  }
  const asked = { playbook, clauses: openClauses(text), sourceKind: 'json', sourceId: 'src', sourceTeam: null, at: AT, plain: false }
  const pagesOf = (severity: string, rosterOf: typeof roster) => {
    const alarm = playbook.incidentTypes.find((type) => type.severity === severity)?.detection[0]?.alarm ?? ''
    return incidentOf(explain({ ...asked, rosterAt: rosterOf, signal: signalOf({ alarm, value: null }) })).pages
  }
  const [held] = pagesOf('SEV-2', roster)
  expect([held?.heldUntil, held?.later.map(({ channel, at }) => [channel, at - morning])]).toEqual([
    morning,
    [
      ['email', 0],
      ['sms', 2 * MINUTE_MS],
      ['console', 0],
    ],
  ])
  // Two channels at once, whatever they say of themselves, and awake or not.
  const [grave, ...more] = pagesOf('SEV-1', roster)
  expect([grave?.heldUntil, grave?.later]).toEqual([null, []])
  expect(more.find(({ round, step }) => round === 1 && step === 2)?.later).toMatchObject([{ channel: 'sms' }])
  // The next step is waited for from the morning on.
  expect(pagesOf('SEV-2', roster).find(({ at }) => at > AT)?.at).toBeGreaterThan(morning)
})

describe('a signal that a type detects', () => {
  const found = ask({ alarm: 'API5xxAlarm' })
  const incident = incidentOf(found)

  test('type and severity stand with the lines that say so', () => {
    expect(found).toMatchObject({ verdict: 'type', sentence: 'Incident type "API 5xx Spike", detected by API5xxAlarm.' })
    expect(incident.type).toMatchObject({ type: { id: 'api-5xx-spike' }, clause: { line: lineOf('id: api-5xx-spike') } })
    expect(incident.severity).toMatchObject({
      row: { id: 'SEV-1' },
      clause: { path: 'incident_types.0.severity', quote: 'severity: SEV-1' },
    })
    expect(found.considered[0]).toMatchObject({
      verdict: 'met',
      detections: [{ checks: [{ part: 'alarm', ok: true, clause: { line: lineOf('alarm: API5xxAlarm') } }] }],
    })
  })

  test('everybody of the row is paged at once, on their channels, by the line of the row', () => {
    const first = incident.pages.filter((page) => page.afterMs === 0)
    expect(first.map(({ role, person, because }) => [role, person.name, because])).toEqual([
      ['DevSecOps', 'Dev', 'On call for DevSecOps.'],
      ['CTO', 'Owner', 'On call for CTO.'],
      ['Security Officer', 'Owner', 'On call for Security Officer.'],
    ])
    expect(first[0]).toMatchObject({ at: AT, person: { channels: ['email'] }, clause: { line: lineOf('roles_paged: [DevSecOps, CTO') } })
  })

  test('the next steps follow at the shares of the response time, by the lines of the escalation', () => {
    const ofDev = incident.pages.filter((page) => page.role === 'DevSecOps' && page.round === 1)
    expect(ofDev.map(({ afterMs, person, step, clause }) => [afterMs / MINUTE_MS, person.name, step, clause.line])).toEqual([
      [0, 'Dev', 1, lineOf('roles_paged: [DevSecOps, CTO')],
      [2, 'Eve', 2, lineOf('page: [on-call, next]')],
      [2, 'Dev', 2, lineOf('page: [on-call, next]')],
      [4, 'Owner', 3, lineOf('page: owners')],
    ])
  })

  test('the end of the escalation is told with what happens then', () => {
    expect(incident.end).toMatchObject({ afterMs: 15 * MINUTE_MS, clause: { quote: 'rounds: 3' } })
    expect(incident.end?.sentence).toContain('the incident stays open')
    expect(incident.notices.map(({ about }) => about)).toEqual(['exhausted', 'exhausted', 'exhausted'])
  })

  test('clocks, updates, mitigation and follow-ups are those of the document', () => {
    expect(incident.clocks.map(({ kind, dueAfterMs, clause }) => [kind, dueAfterMs, clause.quote])).toEqual([
      ['response', 5 * MINUTE_MS, 'response_time: 5 min'],
      ['post-mortem', null, 'within: 48 h'],
    ])
    expect(incident.updates.map(({ audience, firstDueAt }) => [audience, firstDueAt - AT])).toEqual([
      ['Internal Stakeholders', 0],
      ['Executives', HOUR_MS],
      ['Customers', 30 * MINUTE_MS],
    ])
    expect(incident.firstStep?.text).toBe('Revert Lambda alias to previous version')
    expect(incident.mitigation).toMatchObject([{ title: 'Revert Lambda alias to previous version' }])
    expect(incident.followUps.map(({ title, clause }) => [title, clause.quote])).toEqual([
      ['Investigate logs', '- Investigate logs'],
      ['Create bug ticket', '- Create bug ticket'],
    ])
  })

  test('who is on call is looked up at the instant of each page', () => {
    const text = shipped.replace('response_time: 5 min', 'response_time: 100 min')
    const slow = incidentOf(ask({ alarm: 'API5xxAlarm' }, { text }))
    const next = slow.pages.find((page) => page.role === 'DevSecOps' && page.because.startsWith('Next'))
    expect(next).toMatchObject({ afterMs: 40 * MINUTE_MS, person: { name: 'Dev' } })
  })
})

describe('a signal that no type detects', () => {
  test('it is triaged at the default severity, and each type says why it is not the one, the nearest first', () => {
    const found = ask({ alarm: 'Drift_PSI', value: 0.3 })
    expect(found.verdict).toBe('triage')
    expect(incidentOf(found)).toMatchObject({
      type: null,
      severity: { row: { id: 'SEV-2' }, clause: { path: 'default_severity' } },
      groupKey: 'triage:src',
    })
    expect(found.considered[0]?.sentence).toBe(
      '"Model Drift": it wants the alarm drift_psi; this one is Drift_PSI: almost the same name, and names are compared letter by letter',
    )
  })

  test('where nothing comes near, the types are listed with what they listen to', () => {
    expect(ask({ alarm: 'Unheard' }).considered.map(({ sentence }) => sentence)).toEqual([
      '"API 5xx Spike": it wants the alarm API5xxAlarm; this one is Unheard',
      '"Model Drift": it wants the alarm drift_psi; this one is Unheard',
      '"Bias Threshold Breach": it wants the alarm BiasAgeAlarm; this one is Unheard',
      '"Mobile Crash Surge": it listens to sentry; this comes by json',
      '"Major Data Breach": it wants the alarm GuardDutyFinding; this one is Unheard',
    ])
  })

  test('a value below the threshold opens nothing and says which line kept it', () => {
    const found = ask({ alarm: 'drift_psi', value: 0.1 })
    expect(found).toMatchObject({ verdict: 'below', incident: null })
    const check = found.considered[0]?.detections[0]?.checks.find((one) => one.part === 'threshold')
    expect(check).toMatchObject({ ok: false, sentence: 'It wants > 0.2; the value is 0.1', clause: { quote: "threshold: '> 0.2'" } })
  })

  test('a condition that does not hold is quoted with its line', () => {
    const [first] = ask({ alarm: 'x', severityHint: 'info' }, { sourceKind: 'sentry' }).considered
    expect(first?.type.id).toBe('mobile-crash-surge')
    expect(first?.sentence).toMatch(/^"Mobile Crash Surge": its condition does not hold: has\(signal\.severity_hint\)/)
  })

  test('a type that fits as well is told as the second', () => {
    const second =
      '  - { id: second, title: Second, severity: SEV-3, detection: [{ alarm: API5xxAlarm, when: "has(signal.value) && signal.value > 0.5" }] }\n'
    const text = shipped
      .replace('- alarm: API5xxAlarm', '- alarm: API5xxAlarm\n        when: has(signal.value)')
      .replace('# 5  Communication plan', `${second}\n# 5  Communication plan`)
    const found = ask({ alarm: 'API5xxAlarm', value: 1 }, { text })
    expect(found.considered.slice(0, 2).map(({ type, verdict }) => [type.id, verdict])).toEqual([
      ['api-5xx-spike', 'met'],
      ['second', 'later'],
    ])
  })

  test('a message that nobody understood is triaged past the rules', () => {
    const found = ask(toPlainSignal({ door: 'json', title: 'Broken', reason: 'no JSON' }))
    expect(found).toMatchObject({ verdict: 'triage', considered: [] })
    expect(ask({ alarm: 'API5xxAlarm' }, { plain: true }).verdict).toBe('triage')
  })

  test.each(['resolved', 'acknowledged'] as const)('a message that says %s opens nothing', (status) => {
    expect(ask({ alarm: 'API5xxAlarm', status })).toMatchObject({ verdict: 'nothing', incident: null })
  })
})

test('a measured impact raises the severity, by the line of the threshold', () => {
  const type = '  - { id: slow, title: Slow, severity: SEV-3, measures: users_affected in %, detection: [{ alarm: Slow }] }\n'
  const text = shipped.replace('# 5  Communication plan', `${type}\n# 5  Communication plan`)
  expect(incidentOf(ask({ alarm: 'Slow', value: 40 }, { text })).severity).toMatchObject({
    row: { id: 'SEV-1' },
    clause: { path: 'severities.0.thresholds.users_affected', quote: "users_affected: '> 25 %'" },
  })
  const unknown = incidentOf(ask({ alarm: 'Slow' }, { text })).severity
  expect(unknown).toMatchObject({ row: { id: 'SEV-2' }, clause: { path: 'default_severity' } })
  expect(unknown.reason).toContain('was not sent')
})

test('a row that pages nobody waits in the queue, and then somebody is told', () => {
  const text = shipped.replace('default_severity: SEV-2', 'default_severity: SEV-4')
  const incident = incidentOf(ask({ alarm: 'Unheard' }, { text }))
  expect(incident).toMatchObject({
    pages: [],
    end: null,
    notices: [{ about: 'queue-overdue', afterMs: 24 * HOUR_MS, people: [{ name: 'Owner' }] }],
  })
  expect(incident.notices[0]?.clause.quote).toBe(
    'response_time: 24 h # waits in the queue; when its time has run out, somebody is told'.slice(0, 19),
  )
})

test('a row with an escalation of its own is explained by its own lines', () => {
  const paged =
    'roles_paged: [Product]\n    escalation:\n      rounds: 1\n      steps:\n        - { page: on-call, wait: 10 min }\n        - { page: owners, wait: 10 min }\n'
  const text = shipped.replace('roles_paged: [Product]\n', paged).replace('default_severity: SEV-2', 'default_severity: SEV-3')
  const incident = incidentOf(ask({ alarm: 'Unheard' }, { text }))
  expect(incident.pages.map(({ clause }) => clause.path)).toEqual(['severities.2.roles_paged.0', 'severities.2.escalation.steps.1.page'])
})

test('what the file leaves out has a path and no line; without the text nothing has one', () => {
  const bare = `metadata: { id: X, maintainer: { email: a@b.c }, last_review: '2026-01-01', next_review_due: '2026-04-01' }
severities: [{ id: S1, definition: D, response_time: 5 min, roles_paged: [CTO] }]
default_severity: S1
incident_types: []
`
  const incident = incidentOf(ask({ alarm: 'x' }, { text: bare }))
  expect(incident.pages[1]?.clause).toEqual({ path: 'severities.0.escalation.steps.1.page', line: null, column: null, quote: '' })
  const unknown: Clause = openClauses(null).find(['default_severity'])
  expect(unknown).toEqual({ path: 'default_severity', line: null, column: null, quote: '' })
})
