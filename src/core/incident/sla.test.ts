/** What an incident has done to the SLAs. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { byAnn, IncidentRun, T0 } from '../../../test/support/incident-run.ts'
import { ann, testPlaybook } from '../../../test/support/playbook.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts'
import type { Playbook, Service, Sla } from '../playbook/playbook.ts'
import { judgeSlas, type Span } from './sla.ts'

const service = (name: string): Service => ({ name, description: '', team: null, tier: null, labels: [], links: [] })
const sla = (over: Partial<Sla> = {}): Sla => ({
  id: 'shops',
  title: 'Shops',
  customer: 'Acme',
  services: [],
  // 43 min 12 s
  objective: { percent: 99.9, windowMs: 30 * DAY_MS },
  severities: ['red'],
  responses: [],
  ...over,
})

function opened(slas: readonly Sla[], over: object = {}): IncidentRun {
  const playbook: Playbook = testPlaybook({ slas, services: [service('checkout'), service('search')] })
  const run = new IncidentRun(playbook)
  run.open({ severity: 'red', ...over })
  return run
}
const judge = (run: IncidentRun, now: number, others: readonly Span[] = []) => judgeSlas(run.incident, run.playbook, now, () => others)

describe('an objective', () => {
  test('is at risk while the incident goes on, and says until when', () => {
    expect(judge(opened([sla()]), T0 + 10 * MINUTE_MS)).toEqual([
      expect.objectContaining({
        kind: 'availability',
        state: 'at_risk',
        allowedMs: 43.2 * MINUTE_MS,
        usedMs: 10 * MINUTE_MS,
        overMs: 0,
        violatedAt: T0 + 43.2 * MINUTE_MS,
        sentence: 'Shops: 99.9 % in 30 d allows 43 min 12 s; 10 min lost, 33 min 12 s left.',
      }),
    ])
  })

  test('is violated when more than allowed is lost, by how much, and since when', () => {
    const run = opened([sla()])
    expect(judge(run, T0 + HOUR_MS)[0]).toMatchObject({
      state: 'violated',
      overMs: 16.8 * MINUTE_MS,
      violatedAt: T0 + 43.2 * MINUTE_MS,
      sentence: 'Shops: 99.9 % in 30 d allows 43 min 12 s; 1 h lost, 16 min 48 s too much.',
    })
    run.command(T0 + HOUR_MS, { type: 'resolve', by: byAnn, reason: 'x' })
    expect(judge(run, T0 + 5 * HOUR_MS)[0]).toMatchObject({ state: 'violated', usedMs: HOUR_MS, violatedAt: T0 + 43.2 * MINUTE_MS })
  })

  test('is kept when it is over in time, exactly at what is allowed too', () => {
    const run = opened([sla()])
    run.command(T0 + 43.2 * MINUTE_MS, { type: 'resolve', by: byAnn, reason: 'x' })
    expect(judge(run, T0 + DAY_MS)[0]).toMatchObject({ state: 'kept', overMs: 0, violatedAt: null })
  })

  test('counts what else was down in the window, what overlaps once, and says so', () => {
    const others = [
      { from: T0 - 40 * DAY_MS, until: T0 - 30 * DAY_MS + 10 * MINUTE_MS }, // its last 20 min are in the window
      { from: T0 - HOUR_MS, until: T0 - 50 * MINUTE_MS },
      { from: T0 - 55 * MINUTE_MS, until: T0 - 45 * MINUTE_MS },
      { from: T0 - 2 * MINUTE_MS, until: null }, // covers all of this one
    ]
    const [verdict] = judge(opened([sla()]), T0 + 10 * MINUTE_MS, others)
    expect(verdict).toMatchObject({ state: 'at_risk', usedMs: 27 * MINUTE_MS })
    expect(verdict?.sentence).toContain('27 min lost with 4 other incidents')
    expect(verdict?.unknown).toContain('The others count by the severity they have now; those that you may not see are left out.')
  })

  test('is not touched by a severity that does not count, and is by one that it has had', () => {
    expect(judge(opened([sla()], { severity: 'amber' }), T0 + HOUR_MS)[0]).toMatchObject({
      state: 'not_counted',
      usedMs: 0,
      sentence: expect.stringContaining('amber does not count'),
    })
    const run = opened([sla()])
    run.command(T0 + MINUTE_MS, { type: 'change-severity', by: byAnn, severity: 'amber', reason: 'x' })
    const [verdict] = judge(run, T0 + HOUR_MS)
    expect(verdict).toMatchObject({ state: 'violated' })
    expect(verdict?.unknown).toContain('All of it counts, though it is amber now, which does not.')
  })

  test('says what it leaves out', () => {
    const run = opened([sla()])
    expect(judge(run, T0 + 1)[0]?.unknown).toEqual([
      'What was hit before it was opened is not known.',
      'How many users were hit is not known: all of the time counts in full.',
    ])
    run.command(T0 + 1, { type: 'record-impact', by: byAnn, measure: 'users_affected', value: 3, unit: '%', reason: '' })
    run.command(T0 + 2, { type: 'resolve', by: byAnn, reason: 'x' })
    run.command(T0 + HOUR_MS, { type: 'reopen', by: byAnn, reason: 'x' })
    run.command(T0 + 2 * HOUR_MS, { type: 'resolve', by: byAnn, reason: 'x' })
    expect(judge(run, T0 + 3 * HOUR_MS)[0]?.unknown).toEqual([
      'What was hit before it was opened is not known.',
      'All of the time counts in full, though 3 % of the users were measured as hit.',
      'It was reopened: the time in between counts too.',
    ])
  })

  test('never counts more than the time there was, nor less than the incident’s own', () => {
    const span = fc
      .tuple(fc.integer({ min: -40, max: 2 }), fc.nat(40))
      .map(([from, length]): Span => ({ from: T0 + from * DAY_MS, until: T0 + (from + length) * DAY_MS }))
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), fc.integer({ min: 1, max: 3 * 24 }), (others, hours) => {
        const [verdict] = judge(opened([sla()]), T0 + hours * HOUR_MS, others)
        expect(verdict?.usedMs).toBeGreaterThanOrEqual(hours * HOUR_MS)
        expect(verdict?.usedMs).toBeLessThanOrEqual(30 * DAY_MS)
      }),
    )
  })
})

describe('a promised answer', () => {
  const promised = sla({ objective: null, responses: [{ severity: 'red', withinMs: 2 * MINUTE_MS }] })

  test('is at risk until somebody answers, kept or violated after that', () => {
    const run = opened([promised])
    expect(judge(run, T0 + MINUTE_MS)[0]).toMatchObject({
      kind: 'response',
      severity: 'red',
      state: 'at_risk',
      violatedAt: T0 + 2 * MINUTE_MS,
      usedMs: MINUTE_MS,
    })
    run.command(T0 + MINUTE_MS, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    expect(judge(run, T0 + HOUR_MS)[0]).toMatchObject({
      state: 'kept',
      violatedAt: null,
      sentence: 'Shops: an answer to red within 2 min; it came after 1 min.',
    })
    const late = opened([promised])
    expect(judge(late, T0 + 3 * MINUTE_MS)[0]).toMatchObject({
      state: 'violated',
      overMs: MINUTE_MS,
      sentence: 'Shops: an answer to red within 2 min; none came for 3 min, 1 min too late.',
    })
    late.command(T0 + 5 * MINUTE_MS, { type: 'acknowledge', by: byAnn, personId: ann, via: 'link' })
    expect(judge(late, T0 + HOUR_MS)[0]).toMatchObject({ state: 'violated', overMs: 3 * MINUTE_MS, violatedAt: T0 + 2 * MINUTE_MS })
  })

  test('is not known where another severity came before an answer', () => {
    const run = opened([promised])
    run.command(T0 + MINUTE_MS, { type: 'change-severity', by: byAnn, severity: 'amber', reason: 'x' })
    expect(judge(run, T0 + HOUR_MS)[0]).toMatchObject({
      state: 'unknown',
      unknown: ['Another severity or the resolution came before an answer.'],
    })
  })

  test('at a severity that the incident never had says nothing', () => {
    expect(judge(opened([promised], { severity: 'amber' }), T0 + HOUR_MS)).toEqual([])
  })
})

describe('which SLAs are looked at', () => {
  const checkout = sla({ services: ['checkout'] })

  test('those about the service that is hit, and those about all', () => {
    const ids = (over: object): string[] =>
      judge(opened([checkout, sla({ id: 'all' })], over), T0 + 1).map((verdict) => `${verdict.sla.id} ${verdict.state}`)
    expect(ids({ service: 'checkout' })).toEqual(['shops at_risk', 'all at_risk'])
    expect(ids({ service: 'search' })).toEqual(['all at_risk'])
    // Nobody knows which service: then what it does to that SLA is unknown, and not nothing.
    expect(ids({})).toEqual(['shops unknown', 'all at_risk'])
  })

  test('what is unknown says what would have to be known', () => {
    expect(judge(opened([checkout]), T0 + HOUR_MS)[0]).toMatchObject({
      state: 'unknown',
      overMs: 16.8 * MINUTE_MS,
      unknown: expect.arrayContaining(['Nobody has said which service is hit; it is about checkout.']),
    })
    expect(judge(opened([checkout], { severity: 'amber' }), T0 + HOUR_MS)[0]?.state).toBe('not_counted')
  })
})
