import { expect, test } from 'vitest'
import { asId, type DutyId, type IncidentId, type PageKey, type PersonId, type PlaybookDigest } from '../id.ts'
import type { Actor, IncidentEvent } from '../incident/event.ts'
import { type Names, sentenceOf, spanOf } from './sentence.ts'

const mara: Actor = { kind: 'person', id: asId<PersonId>('m'), name: 'Mara Klein' }
const names: Names = {
  person: (id) => ({ m: 'Mara Klein', r: 'Ravi Patel' })[id as string] ?? 'somebody',
  role: (id) => (id === 'scribe' ? 'Scribe' : id),
  type: (id) => (id === 'api-5xx-spike' ? 'API 5xx Spike' : id),
}
const duty = asId<DutyId>('i/SEV-1.1/Dev/Ops')
const page = (person: string) => asId<PageKey>(`${duty}/1.0/${person}`)
const at = Date.UTC(2026, 5, 6, 14, 2, 11)

const cases: readonly (readonly [IncidentEvent, string])[] = [
  [
    {
      type: 'incident.opened',
      at,
      by: { kind: 'source', id: null, name: 'CloudWatch' },
      id: asId<IncidentId>('i'),
      title: 't',
      summary: '',
      firstStep: '',
      incidentType: null,
      severity: 'SEV-1',
      severityReason: 'API5xxAlarm matched "API 5xx Spike".',
      responseMs: 1,
      roles: [],
      playbook: asId<PlaybookDigest>('d'),
      private: false,
    },
    'CloudWatch opened it as SEV-1: API5xxAlarm matched "API 5xx Spike".',
  ],
  [
    { type: 'incident.alerts-changed', at, opened: 1, resolved: 2, firing: 3, total: 5, sample: ['a', 'b'] },
    '1 alert began to fire, 2 alerts cleared: a; b (3 of 5 firing).',
  ],
  [
    {
      type: 'incident.paged',
      at,
      channels: {},
      held: { [asId<PersonId>('r')]: at },
      pages: [
        { page: page('m'), duty, role: 'DevSecOps', personId: asId('m'), personName: 'Mara Klein', round: 1, step: 0, because: '' },
        {
          page: page('r'),
          duty,
          role: 'CTO',
          personId: asId('r'),
          personName: 'Ravi Patel',
          round: 1,
          step: 0,
          because: 'nobody holds CTO',
        },
      ],
    },
    'Paged Mara Klein (DevSecOps) and Ravi Patel (CTO; nobody holds CTO; held by quiet hours).',
  ],
  [
    { type: 'incident.page-handed-over', at, pages: [page('m'), page('r')], channel: 'email' },
    'Page to Mara Klein and Ravi Patel handed to email.',
  ],
  [
    { type: 'incident.page-failed', at, pages: [page('m')], channel: 'email', reason: 'status 550', final: true },
    'Page to Mara Klein by email failed for good: status 550.',
  ],
  [
    { type: 'incident.acknowledged', at, by: mara, via: 'link', personId: asId('m'), others: 37, pages: [], duties: [duty] },
    'Mara Klein acknowledged for Dev/Ops by link, with 37 more incidents of the same message.',
  ],
  [
    { type: 'incident.role-assigned', at, by: mara, role: 'scribe', personId: asId('m'), personName: 'Mara Klein' },
    'Mara Klein took the role Scribe.',
  ],
  [
    { type: 'incident.role-assigned', at, by: mara, role: 'scribe', personId: asId('r'), personName: 'Ravi Patel' },
    'Mara Klein gave the role Scribe to Ravi Patel.',
  ],
  [{ type: 'incident.triaged', at, by: mara, incidentType: 'api-5xx-spike', firstStep: '' }, 'Mara Klein triaged it as API 5xx Spike.'],
  [
    { type: 'incident.fact-recorded', at, by: mara, fact: 'personal_data', factAt: at, reason: '' },
    'Mara Klein recorded personal data as of 2026-06-06T14:02:11.000Z.',
  ],
  [
    { type: 'incident.notified', at, key: 'k', about: 'green', people: [asId('m')] },
    'Told Mara Klein: all alerts are clear, it can be resolved.',
  ],
]

test.each(cases)('says in words what happened: %o', (event, text) => {
  expect(sentenceOf(event, names)).toBe(text)
})

test('spans are said in the two largest units', () => {
  expect([0, 221_000, 60_000, 48 * 3_600_000, 5_400_000].map(spanOf)).toEqual(['0 s', '3 min 41 s', '1 min', '48 h', '1 h 30 min'])
})
