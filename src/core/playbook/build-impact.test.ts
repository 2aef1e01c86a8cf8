/** Thresholds, measures, SLAs, services and teams in the file: what is read, and what is found at its place. */
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { asId } from '../id.ts'
import { DAY_MS, MINUTE_MS } from '../time.ts'
import type { Finding } from './finding.ts'
import { parsePlaybook } from './parse.ts'
import type { Playbook } from './playbook.ts'

const row = (id: string, over: object = {}): object => ({ id, definition: 'd', response_time: '5 min', roles_paged: ['Ops'], ...over })

function parse(over: object): { playbook: Playbook | null; findings: readonly Finding[] } {
  return parsePlaybook(
    stringify({
      metadata: { id: 'IRP-1', maintainer: { email: 'm@example.com' }, last_review: '2026-01-01', next_review_due: '2026-04-01' },
      severities: [row('P1'), row('P2', { response_time: '1 h' }), row('P3', { response_time: '1 d', roles_paged: [] })],
      default_severity: 'P2',
      incident_types: [{ title: 'Spike', severity: 'P1', detection: [{ alarm: 'Spike' }] }],
      roles: [{ title: 'Incident Commander', responsibility: 'Decides', held_by: ['Ops'] }],
      ...over,
    }),
    asId('d'),
  )
}

const matrix = (...thresholds: object[]): object => ({
  severities: ['P1', 'P2', 'P3'].map((id, index) => row(id, thresholds[index] === undefined ? {} : { thresholds: thresholds[index] })),
})
const type = (over: object): object => ({ incident_types: [{ title: 'Spike', severity: 'P1', detection: [{ alarm: 'Spike' }], ...over }] })

describe('thresholds', () => {
  test('are read in the order of the file, one or many a measure, with where they stand', () => {
    const { playbook, findings } = parse(matrix({ users_affected: '> 25 %', error_rate: ['> 50 % for 10 min', '> 95 %'], queue: '> 10' }))
    expect(findings).toEqual([])
    expect(playbook?.severities[0]?.thresholds).toEqual([
      {
        measure: 'users_affected',
        unit: '%',
        bounds: [{ comparison: '>', bound: 25 }],
        forMs: 0,
        path: 'severities.0.thresholds.users_affected',
      },
      {
        measure: 'error_rate',
        unit: '%',
        bounds: [{ comparison: '>', bound: 50 }],
        forMs: 10 * MINUTE_MS,
        path: 'severities.0.thresholds.error_rate.0',
      },
      {
        measure: 'error_rate',
        unit: '%',
        bounds: [{ comparison: '>', bound: 95 }],
        forMs: 0,
        path: 'severities.0.thresholds.error_rate.1',
      },
      { measure: 'queue', unit: 'number', bounds: [{ comparison: '>', bound: 10 }], forMs: 0, path: 'severities.0.thresholds.queue' },
    ])
  })

  test.each([
    ['a share without its sign', { users_affected: '> 25' }, 'unclear-threshold', 'users_affected', 'Write "> 25 %".'],
    ['a share that may be of one', { error_rate: '> 0.25' }, 'unclear-threshold', 'error_rate', 'Write "> 0.25 %" or "> 25 %".'],
    ['a share by its name', { timeout_rate: '> 5' }, 'unclear-threshold', 'timeout_rate', 'Write "> 5 %".'],
    ['a time without its unit', { latency_p95: '> 4' }, 'unclear-threshold', 'latency_p95', 'Write "> 4 s" or "> 4 ms".'],
    ['a time for a share', { users_affected: '> 4 s' }, 'wrong-unit', 'users_affected', 'Write per cent.'],
    ['a share for a time', { latency_p95: '> 4 %' }, 'wrong-unit', 'latency_p95', 'Write a time, such as "> 4 s".'],
    ['more than all', { users_affected: '> 250 %' }, 'threshold-impossible', 'users_affected', 'Correct the numbers.'],
    ['less than nothing', { queue: '< -1' }, 'threshold-impossible', 'queue', 'Correct the numbers.'],
    ['nothing between', { queue: '> 5 and < 5' }, 'threshold-impossible', 'queue', 'Correct the numbers.'],
    ['no list', { queue: [] }, 'empty', 'queue.0', 'Write one, or remove the key.'],
    ['a name that is none', { 'Users affected': '> 25 %' }, 'unclear-measure', 'Users affected', 'Write "users_affected".'],
    ['a duration that is none', { error_rate: '> 5 % for 10' }, 'unclear-threshold', 'error_rate', 'Write the unit, such as "10 min".'],
  ])('%s is an error at its place', (_, thresholds, code, at, fix) => {
    const { playbook, findings } = parse(matrix(thresholds))
    expect(findings).toContainEqual(expect.objectContaining({ code, fix, severity: 'error', path: `severities.0.thresholds.${at}` }))
    expect(playbook).toBeNull()
  })

  test('a bare number says what to write', () => {
    const { findings } = parse(matrix({ users_affected: 25 }))
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'wrong-type',
        path: 'severities.0.thresholds.users_affected',
        fix: expect.stringContaining('"> 25 %"'),
      }),
    )
  })

  test('one measure has one unit in all rows', () => {
    const { findings } = parse(matrix({ queue: '> 10' }, { queue: '> 5 %' }))
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'wrong-unit', path: 'severities.1.thresholds.queue', severity: 'error' }),
    )
  })
})

describe('what signals of a type measure', () => {
  const rows = matrix({ error_rate: '> 50 %', latency_p95: '> 4 s', queue: '> 10' })

  test.each([
    ['error_rate in %', { measure: 'error_rate', unit: '%', factor: 1 }],
    ['error_rate as share', { measure: 'error_rate', unit: '%', factor: 100 }],
    ['error_rate as a share', { measure: 'error_rate', unit: '%', factor: 100 }],
    ['latency_p95 in s', { measure: 'latency_p95', unit: 'ms', factor: 1_000 }],
    ['queue', { measure: 'queue', unit: 'number', factor: 1 }],
  ])('%s', (measures, expected) => {
    const { playbook, findings } = parse({ ...rows, ...type({ measures }) })
    expect(findings).toEqual([])
    expect(playbook?.incidentTypes[0]?.measures).toEqual(expected)
  })

  test.each([
    ['error_rate', 'unclear-measure', 'error', 'Write "error_rate in %", or "error_rate as share" for 0 to 1.'],
    ['latency_p95', 'unclear-measure', 'error', 'Write "latency_p95 in ms" or "latency_p95 in s".'],
    ['error_rate in shares', 'unclear-measure', 'error', 'Did you mean share?'],
    ['error_rate in ms', 'wrong-unit', 'error', 'Correct one of the two.'],
    ['queue in %', 'wrong-unit', 'error', 'Write the unit of the signals after "in".'],
    ['Error rate!', 'unclear-measure', 'error', 'Write "error_rate in %", for example.'],
    ['error_rates in %', 'measure-unused', 'warning', 'Did you mean error_rate?'],
  ])('%s is found', (measures, code, severity, fix) => {
    const { findings } = parse({ ...rows, ...type({ measures }) })
    expect(findings).toEqual([expect.objectContaining({ code, severity, path: 'incident_types.0.measures', fix })])
  })
})

const owned = {
  teams: [{ name: 'Payments' }],
  services: [
    {
      name: 'checkout',
      team: 'Payments',
      tier: 1,
      labels: { app: ['checkout', 'cart'], env: 'prod' },
      links: [{ title: 'Runbook', url: 'https://wiki.example.com/x' }],
    },
    { name: 'search' },
  ],
}
const sla = (over: object): object => ({ ...owned, slas: [{ title: 'Shops', services: ['checkout'], objective: '99.9 %', ...over }] })

describe('services, teams and SLAs', () => {
  test('are read', () => {
    const { playbook, findings } = parse({ ...sla({ customer: 'Acme', response_times: { P1: '15 min' } }), ...type({ team: 'Payments' }) })
    expect(findings).toEqual([])
    expect(playbook?.teams).toEqual([{ name: 'Payments', description: '' }])
    expect(playbook?.incidentTypes[0]?.team).toBe('Payments')
    expect(playbook?.services).toMatchObject([
      {
        name: 'checkout',
        team: 'Payments',
        tier: 1,
        labels: [
          { name: 'app', values: ['checkout', 'cart'] },
          { name: 'env', values: ['prod'] },
        ],
      },
      { name: 'search', team: null, tier: null, labels: [{ name: 'service', values: ['search'] }] },
    ])
    expect(playbook?.slas).toEqual([
      {
        id: 'shops',
        title: 'Shops',
        customer: 'Acme',
        services: ['checkout'],
        objective: { percent: 99.9, windowMs: 30 * DAY_MS },
        severities: ['P1'],
        responses: [{ severity: 'P1', withinMs: 15 * MINUTE_MS }],
      },
    ])
  })

  test.each([
    ['a team that is not there', { ...owned, ...type({ team: 'Payment' }) }, 'unknown-team', 'incident_types.0.team', 'error'],
    ['a service of no team', { services: [{ name: 'x', team: 'Y' }] }, 'unknown-team', 'services.0.team', 'error'],
    ['two teams of one name', { teams: [{ name: 'A' }, { name: 'a' }] }, 'duplicate-id', 'teams.1.name', 'error'],
    ['two services of one name', { services: [{ name: 'A' }, { name: 'A' }] }, 'duplicate-id', 'services.1.name', 'error'],
    ['labels that match all', { services: [{ name: 'A', labels: {} }] }, 'empty', 'services.0.labels', 'error'],
    ['a label without values', { services: [{ name: 'A', labels: { app: [] } }] }, 'empty', 'services.0.labels', 'error'],
    [
      'a link that is none',
      { services: [{ name: 'A', links: [{ title: 'x', url: 'javascript:alert(1)' }] }] },
      'bad-url',
      'services.0.links.0.url',
      'error',
    ],
    ['a service that is not there', sla({ services: ['chekout'] }), 'unknown-service', 'slas.0.services.0', 'error'],
    ['a promise of nothing', sla({ objective: undefined }), 'sla-empty', 'slas.0', 'error'],
    ['an objective without its sign', sla({ objective: '99.9' }), 'unclear-objective', 'slas.0.objective', 'error'],
    ['an objective over all', sla({ objective: '101 %' }), 'unclear-objective', 'slas.0.objective', 'error'],
    ['an objective of nothing', sla({ objective: '0 %' }), 'unclear-objective', 'slas.0.objective', 'error'],
    ['an objective that is a time', sla({ objective: '99 s' }), 'unclear-objective', 'slas.0.objective', 'error'],
    ['a severity that is not there', sla({ severities: ['P9'] }), 'unknown-severity', 'slas.0.severities.0', 'error'],
    ['an answer at no severity', sla({ response_times: { P9: '5 min' } }), 'unknown-severity', 'slas.0.response_times.P9', 'error'],
    [
      'an answer sooner than asked for',
      sla({ response_times: { P2: '15 min' } }),
      'sla-response-shorter-than-row',
      'slas.0.response_times.P2',
      'warning',
    ],
    ['more nines than answers', sla({ objective: '99.999 %' }), 'sla-objective-shorter-than-response', 'slas.0.severities.0', 'warning'],
    ['a severity that pages nobody', sla({ severities: ['P3'], objective: '90 %' }), 'sla-pages-nobody', 'slas.0.severities.0', 'warning'],
  ])('%s is found at its place', (_, over, code, path, severity) => {
    const { findings, playbook } = parse(over)
    expect(findings).toContainEqual(expect.objectContaining({ code, path, severity }))
    expect(playbook === null).toBe(severity === 'error')
  })

  test('what an SLA may promise at the edge of the matrix is no finding', () => {
    expect(parse(sla({ response_times: { P1: '5 min', P2: '1 h' }, window: '1 d', objective: '99 %' })).findings).toEqual([])
  })
})
