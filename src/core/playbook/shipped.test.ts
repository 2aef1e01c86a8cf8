/** Every cell of the document that the shipped playbook was made from, and where the engine finds it. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { asId } from '../id.ts'
import { HOUR_MS, MINUTE_MS } from '../time.ts'
import { formatImpactThreshold } from './impact-threshold.ts'
import { parsePlaybook } from './parse.ts'
import { dutyRolesOf } from './playbook.ts'

const { playbook, findings } = parsePlaybook(readFileSync('playbook/playbook.yaml', 'utf8'), asId('d'))
if (playbook === null) throw new Error('the playbook that ships has errors')

test('it has no findings', () => expect(findings).toEqual([]))

test('1 metadata', () => {
  expect(playbook.metadata).toEqual({
    id: 'IRP-2025-06-06',
    maintainer: { name: 'Security', email: 'security@rejuve.ai' },
    lastReview: '2025-06-06',
    nextReviewDue: '2025-09-06',
  })
})

describe('2 severity matrix', () => {
  test.each([
    [
      'SEV-1',
      'Outage or major data breach; >25 % users impacted',
      'API 5xx > 50 % for 10 min',
      5 * MINUTE_MS,
      ['DevSecOps', 'CTO', 'Security Officer'],
    ],
    ['SEV-2', 'Degraded service; <25 % users; temporary workaround', 'Lambda p95 latency > 4 s', 15 * MINUTE_MS, ['DevSecOps', 'Product']],
    ['SEV-3', 'Minor bug, no SLA breach', 'Single user error', HOUR_MS, ['Product']],
    ['SEV-4', 'Informational', 'Log noise', 24 * HOUR_MS, []],
  ])('%s', (id, definition, example, responseMs, roles) => {
    const rank = Number(id.slice(-1)) - 1
    expect(playbook.severities[rank]).toMatchObject({ id, rank, definition, example, responseMs, roles, acknowledgement: 'each' })
  })

  test('what its definitions and examples say can be measured', () => {
    expect(playbook.severities.map((row) => row.thresholds.map((one) => `${one.measure} ${formatImpactThreshold(one)}`))).toEqual([
      ['users_affected > 25 %', 'error_rate > 50 % for 10 min'],
      ['users_affected > 0 % and <= 25 %', 'latency_p95 > 4 s'],
      [],
      [],
    ])
  })

  test('an unknown signal pages the on-call engineer', () => expect(playbook.defaultSeverity).toBe('SEV-2'))

  test('one round of the escalation fills the response time of each row', () => {
    for (const { escalation, responseMs } of playbook.severities) {
      expect(escalation.steps.reduce((sum, step) => sum + step.waitMs, 0)).toBe(responseMs)
      expect(escalation.steps.map((step) => step.page)).toEqual(['on-call', 'next', 'on-call', 'owners'])
    }
  })
})

test('3 lifecycle', () => {
  expect(playbook.lifecycle.map((step) => [step.title, step.description])).toEqual([
    ['Detection', 'Alert from Monitoring Dashboard, Sentry, or customer ticket.'],
    ['Triage', 'On-call engineer classifies severity.'],
    ['Mitigation', 'Run predefined mitigation steps (see Section 4).'],
    ['Communication', 'Stakeholders & customers updated per Section 5.'],
    ['Resolution', 'Service restored; monitors green.'],
    ['Post-Mortem', 'Filled within 48 h; action items owned.'],
  ])
})

describe('4 common incidents', () => {
  test.each([
    ['API 5xx Spike', 'SEV-1', ['Revert Lambda alias to previous version'], ['Investigate logs', 'Create bug ticket']],
    ['Model Drift', 'SEV-2', ['Switch to last stable model version'], ['Schedule retraining', 'Review feature pipeline']],
    [
      'Bias Threshold Breach',
      'SEV-2',
      ['Notify Data Science', 'Throttle responses with high variance'],
      ['Root-cause bias', 'Mitigation patch'],
    ],
    ['Mobile Crash Surge', 'SEV-1', ['Halt App Store rollout', 'Pull faulty build'], ['Hotfix & re-submit app']],
  ])('%s', (title, severity, mitigation, followUp) => {
    const type = playbook.incidentTypes.find((candidate) => candidate.title === title)
    expect(type).toMatchObject({ severity, followUp, firstStep: mitigation[0] })
    expect(type?.mitigation.map((step) => step.title)).toEqual(mitigation)
  })
})

test('5 communication plan', () => {
  expect(playbook.communication).toEqual([
    {
      audience: 'Internal Stakeholders',
      channels: ['Slack #ops'],
      severities: ['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4'],
      everyMs: null,
      content: 'Severity, impact, ETA',
    },
    {
      audience: 'Executives',
      channels: ['Email', 'Slack'],
      severities: ['SEV-1'],
      everyMs: HOUR_MS,
      content: 'Business impact, resolution steps',
    },
    {
      audience: 'Customers',
      channels: ['StatusPage.io'],
      severities: ['SEV-1', 'SEV-2'],
      everyMs: 30 * MINUTE_MS,
      content: 'Outage notice, progress, resolution',
    },
  ])
})

describe('6 roles and responsibilities', () => {
  test.each([
    ['incident-commander', 'Incident Commander', 'Assign roles, maintain timeline, decision-maker'],
    ['communications-lead', 'Communications Lead', 'Update StatusPage, draft customer comms'],
    ['operations-lead', 'Operations Lead', 'Execute mitigations, rollbacks'],
    ['security-lead', 'Security Lead', 'Assess data breach risk, coordinate GDPR/HIPAA notice'],
    ['scribe', 'Scribe', 'Document timeline, actions, post-mortem notes'],
  ])('%s', (id, title, responsibility) => expect(playbook.roles).toContainEqual(expect.objectContaining({ id, title, responsibility })))

  test('each can be held by somebody who is paged', () => {
    expect(dutyRolesOf(playbook)).toEqual(['DevSecOps', 'CTO', 'Security Officer', 'Product'])
    expect(playbook.roles.every((role) => role.heldBy.length > 0)).toBe(true)
  })
})

test('7 post-mortem template', () => {
  expect(playbook.postMortem).toEqual({
    withinMs: 48 * HOUR_MS,
    severities: ['SEV-1', 'SEV-2'],
    sections: [
      { title: 'Incident Summary', description: '1-sentence overview' },
      { title: 'Timeline', description: 'Bullet list of events with timestamps' },
      { title: 'Root Cause', description: 'Technical and process factors' },
      { title: 'Impact', description: 'Users affected, SLA metrics violated' },
      { title: 'Resolution', description: 'Actions taken' },
      { title: 'Lessons Learned', description: 'What worked, what didn’t' },
      { title: 'Action Items', description: 'Owner, due date, severity' },
    ],
  })
})

test('8 compliance, and the pass criteria', () => {
  expect(playbook.compliance.map(({ title, text }) => [title, text])).toEqual([
    ['GDPR / HIPAA Breach Notification', 'Security Lead files within 72 h if PII/PHI exposed.'],
    ['Change-Mgmt', 'Incident ticket linked to Change Log; follow-up fixes go through CCB.'],
    ['Audit Trail', 'All PagerDuty alerts, Slack channels, and StatusPage updates exported to archive.'],
  ])
  expect(playbook.passCriteria).toEqual([
    'Playbook reviewed quarterly; Severity Matrix reflects current SLA.',
    'All roles staffed and on-call schedule up to date.',
  ])
})
