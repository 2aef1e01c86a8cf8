/** The judge itself is judged: each planted fault must be seen, and a clean run must pass. */
import { expect, test } from 'vitest'
import { referenceOf } from '../../src/shell/outbox/render.ts'
import { findViolations, type Evidence } from './checker.ts'
import type { VendorRequest } from './fake-vendor.ts'
import type { StoredAttempt, StoredEffect, StoredRecord } from './record-store.ts'

const START = Date.parse('2026-11-20T03:00:00Z')
const at = (ms: number): Date => new Date(START + ms)
const PAGE = 'i1/SEV-1.1/ops/0.0/p1'
const KEY = `page/${PAGE}/webhook:ops`

const effect: StoredEffect = {
  key: KEY,
  kind: 'page',
  incident_id: 'i1',
  person_id: 'p1',
  channel: 'webhook:ops',
  page_keys: [PAGE],
  state: 'delivered',
  created_at: at(0),
  due_at: at(0),
  delivered_at: at(40),
}
const attempt: StoredAttempt = {
  effect_key: KEY,
  number: 1,
  server_id: 's1',
  repeat: false,
  started_at: at(10),
  finished_at: at(40),
  outcome: 'delivered',
  reason: null,
}
const request: VendorRequest = {
  channel: 'webhook',
  at: START + 30,
  path: '/page',
  headers: {},
  text: '',
  reference: referenceOf(KEY),
  repeat: false,
  fault: 'ok',
  taken: true,
  answered: true,
}
const record: StoredRecord = {
  receipts: [{ id: '1', door: 'pagerduty-v2', refused: null, text: 'token-1' }],
  alerts: [{ id: 'a1', dedup_key: 'k1', title: 't', labels: {}, count: 1, resolved_at: null, incident_id: 'i1' }],
  incidents: [{ id: 'i1', open: true, group_key: 'g1', severity: 'SEV-1', title: 't', opened_at: at(0), wake_at: at(60_000) }],
  pages: [{ key: PAGE, incident_id: 'i1', person_id: 'p1', role: 'ops', state: 'paging', created_at: at(0) }],
  effects: [effect],
  attempts: [attempt],
  unapplied: 0,
  events: [{ stream_id: 'i1', version: 1, type: 'incident.opened', data: {}, recorded_at: at(0) }],
}
const clean: Evidence = {
  record,
  accepted: [{ token: 'token-1', dedupKey: 'k1', status: 'firing', at: START }],
  acknowledged: [],
  vendorRequests: [request],
  restartedAt: null,
  channels: ['webhook:ops'],
}
const withRecord = (changes: Partial<StoredRecord>): Evidence => ({ ...clean, record: { ...record, ...changes } })

test('a run that kept its promises has no violations', () => {
  expect(findViolations(clean)).toEqual([])
})

const planted: readonly [string, Evidence, RegExp][] = [
  ['a lost receipt', withRecord({ receipts: [] }), /has no receipt/u],
  ['a signal that was not applied', withRecord({ alerts: [] }), /was not applied/u],
  ['an alert without an incident', withRecord({ alerts: record.alerts.map((alert) => ({ ...alert, incident_id: null })) }), /no incident/u],
  ['an alert left resolved', withRecord({ alerts: record.alerts.map((alert) => ({ ...alert, resolved_at: at(1) })) }), /should fire/u],
  [
    'two open incidents of one group',
    withRecord({ incidents: record.incidents.flatMap((one) => [one, { ...one, id: 'i2' }]) }),
    /second open/u,
  ],
  ['a page that never left', { ...clean, vendorRequests: [] }, /never reached/u],
  ['a page that left late', { ...clean, vendorRequests: [{ ...request, at: START + 25_000 }] }, /25000 ms/u],
  ['a request that no attempt explains', { ...clean, vendorRequests: [request, { ...request, repeat: true }] }, /knows 1 attempts/u],
  [
    'an attempt after a delivered one',
    withRecord({ attempts: [attempt, { ...attempt, number: 2, repeat: false }] }),
    /follows a delivered one/u,
  ],
  [
    'a silent repeat after a crash',
    withRecord({
      attempts: [
        { ...attempt, outcome: 'unknown' },
        { ...attempt, number: 2 },
      ],
    }),
    /not marked as a repeat/u,
  ],
  [
    'a false mark of a repeat',
    withRecord({
      attempts: [
        { ...attempt, outcome: 'retry' },
        { ...attempt, number: 2, repeat: true },
      ],
    }),
    /without an unknown outcome/u,
  ],
  [
    'a message taken twice without saying so',
    {
      ...withRecord({
        attempts: [
          { ...attempt, outcome: 'unknown' },
          { ...attempt, number: 2, repeat: true },
        ],
      }),
      vendorRequests: [request, request],
    },
    /does not say "repeat"/u,
  ],
  [
    'a send after the acknowledgement',
    {
      ...withRecord({
        events: [
          ...record.events,
          { stream_id: 'i1', version: 2, type: 'incident.acknowledged', data: { pages: [PAGE] }, recorded_at: at(1) },
        ],
      }),
      acknowledged: [{ incidentId: 'i1', answeredAt: START + 5 }],
    },
    /after the acknowledgement/u,
  ],
  [
    'an incident that nobody will look at again',
    withRecord({ incidents: record.incidents.map((one) => ({ ...one, wake_at: null })) }),
    /no next step/u,
  ],
  ['a hole in the events', withRecord({ events: record.events.map((event) => ({ ...event, version: 2 })) }), /jumps from 0 to 2/u],
]

test.each(planted)('the judge sees %s', (_name, evidence, words) => {
  expect(findViolations(evidence).join('\n')).toMatch(words)
})
