/** Words as people write them in cells: times, severities, lists, dates, rhythms, signals. */
import { describe, expect, test } from 'vitest'
import { guessThresholds, closeGaps } from './guess-thresholds.ts'
import { addMonths, readDate } from './phrase-date.ts'
import { readDurationPhrase, unitOfHeader } from './phrase-duration.ts'
import { readFrequency } from './phrase-frequency.ts'
import { splitChannels, splitNames, splitSteps } from './phrase-list.ts'
import { readSeverityPhrase, writeSeverities } from './phrase-severity.ts'
import { hintCondition, readDetection } from './read-detection.ts'

describe('a time to respond', () => {
  test.each([
    ['5 min', '5 min'],
    ['5m', '5m'],
    ['1h', '1h'],
    ['within 1 hour', '1 hour'],
    ['< 15 minutes', '15 minutes'],
    ['≤ 4\u00a0h', '4 h'],
    ['30‑min', '30-min'],
    ['24 hours', '24 hours'],
    ['Acknowledge within 5 minutes of the page', '5 minutes'],
    ['half an hour', '30 min'],
    ['one hour', '1 hour'],
    ['PT15M', 'PT15M'],
    ['1h30', '1h30'],
    ['1 h 30 min', '1 h 30 min'],
    ['3 calendar days', '3 days'],
    ['15’', '15 min'],
  ])('%s', (text, written) => expect(readDurationPhrase(text)).toMatchObject({ kind: 'exact', written }))

  test.each([
    ['15-30 min', '30 min'],
    ['1 to 2 hours', '2 hours'],
    ['5 min ack, 1 h fix', '5 min'],
    ['Immediately', '5 min'],
    ['15 min, 24x7', '15 min'],
  ])('%s is a guess', (text, written) => expect(readDurationPhrase(text)).toMatchObject({ kind: 'guess', written }))

  test.each([
    'next business day',
    '8 business hours',
    'within 1 hour in business hours',
    'Best effort',
    '24:00',
    '1,5 h',
    '2 months',
    '30',
    '—',
    'N/A',
    '',
    '0 min',
    '400 days',
  ])('%s is none', (text) => {
    expect(readDurationPhrase(text)).toMatchObject({ kind: 'none', why: expect.stringMatching(/\w/) })
  })

  test('a bare number counts what its column says', () => {
    expect(unitOfHeader('Response (min)')).toBe('min')
    expect(unitOfHeader('Ack in hours')).toBe('hours')
    expect(unitOfHeader('Response (SLA)')).toBeNull()
    expect(readDurationPhrase('30', 'min')).toMatchObject({ kind: 'exact', written: '30 min' })
  })
})

describe('severities within words', () => {
  const ids = ['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4']
  test.each([
    ['SEV-1/2 30-min cadence', ['SEV-1', 'SEV-2'], '30-min cadence'],
    ['hourly for SEV1 and SEV2', ['SEV-1', 'SEV-2'], 'hourly'],
    ['Severity 2 and above', ['SEV-1', 'SEV-2'], ''],
    ['SEV-2+', ['SEV-1', 'SEV-2'], ''],
    ['SEV 2–4', ['SEV-2', 'SEV-3', 'SEV-4'], ''],
    ['SEV-3 and below', ['SEV-3', 'SEV-4'], ''],
    ['all severities', ids, ''],
    ['SEV-1, 30 min', ['SEV-1'], ', 30 min'],
    ['SEV-9', [], 'SEV-9'],
    ['every 30 min', [], 'every 30 min'],
  ])('%s', (text, found, rest) => expect(readSeverityPhrase(text, ids)).toEqual({ ids: found, rest }))

  test('in words of their own', () => {
    expect(readSeverityPhrase('Critical/High: hourly', ['Critical', 'High', 'Low']).ids).toEqual(['Critical', 'High'])
    expect(readSeverityPhrase('High and above', ['Critical', 'High', 'Low']).ids).toEqual(['Critical', 'High'])
    expect(readSeverityPhrase('Highly likely', ['Critical', 'High', 'Low']).ids).toEqual([])
  })

  test('are written as short as they can be read', () => {
    expect(writeSeverities(['SEV-1', 'SEV-2'], ids)).toBe('SEV-1/2')
    expect(writeSeverities(['P1', 'P3'], ['P1', 'P2', 'P3'])).toBe('P1/3')
    expect(writeSeverities(['Critical', 'Low'], ['Critical', 'Low'])).toBe('Critical, Low')
  })
})

describe('how often', () => {
  const ids = ['SEV-1', 'SEV-2']
  test.each([
    ['Real‑time', [[[], 'real-time']]],
    ['SEV‑1 hourly', [[['SEV-1'], 'hourly']]],
    ['SEV‑1/2 30‑min cadence', [[['SEV-1', 'SEV-2'], '30-min']]],
    ['Every 30 minutes', [[[], '30 minutes']]],
    ['once a day', [[[], 'daily']]],
    ['every hour', [[[], 'hourly']]],
    [
      'Every 30 min for SEV1, hourly for SEV2',
      [
        [['SEV-1'], '30 min'],
        [['SEV-2'], 'hourly'],
      ],
    ],
  ])('%s', (text, rows) => {
    expect(readFrequency(text, ids)).toEqual({
      kind: 'frequencies',
      rows: rows.map(([severities, frequency]) => ({ severities, frequency, why: '' })),
    })
  })

  test.each(['as needed', 'when it is over', 'at start and end', '—'])('%s is no rhythm', (text) =>
    expect(readFrequency(text, ids).kind).toBe('none'),
  )
})

describe('lists', () => {
  test('of roles', () => {
    expect(splitNames('DevSecOps, CTO, Security Officer')).toEqual(['DevSecOps', 'CTO', 'Security Officer'])
    expect(splitNames('Primary on-call + Team lead; CTO')).toEqual(['Primary on-call', 'Team lead', 'CTO'])
    expect(splitNames('Dana and Lee')).toEqual(['Dana', 'Lee'])
    expect(splitNames('Ops, ops')).toEqual(['Ops'])
    for (const nobody of ['—', '-', 'None', 'n/a', '', 'nobody']) expect(splitNames(nobody)).toEqual([])
  })

  test('of channels', () => {
    expect(splitChannels('Email + Slack')).toEqual(['Email', 'Slack'])
    expect(splitChannels('Email/Slack #ops')).toEqual(['Email/Slack #ops'])
    expect(splitChannels('StatusPage.io')).toEqual(['StatusPage.io'])
    expect(splitChannels('Slack #ops & SMS')).toEqual(['Slack #ops', 'SMS'])
  })

  test('of steps', () => {
    expect(splitSteps('Notify Data Science; throttle responses')).toEqual(['Notify Data Science', 'Throttle responses'])
    expect(splitSteps('Stop; look\nthen go')).toEqual(['Stop; look', 'Then go'])
    expect(splitSteps('1. one 2. two')).toEqual(['One', 'Two'])
    expect(splitSteps('kubectl-x delete; iPhone build')).toEqual(['kubectl-x delete', 'iPhone build'])
  })
})

test('dates are read where one day can be meant', () => {
  for (const text of ['2025-06-06', '2025/6/6', '6 June 2025', 'June 6th, 2025', '06.06.2025', '06/06/2025', 'last on 2025-06-06'])
    expect(readDate(text)).toBe('2025-06-06')
  expect([readDate('13/06/2025'), readDate('06/13/2025')]).toEqual(['2025-06-13', '2025-06-13'])
  for (const text of ['06/07/2025', 'Q3 2025', '2025-02-30', 'soon', '']) expect(readDate(text)).toBeNull()
  expect([addMonths('2025-11-30', 3), addMonths('2024-01-31', 1), addMonths('2025-06-06', -3)]).toEqual([
    '2026-02-28',
    '2024-02-29',
    '2025-03-06',
  ])
})

describe('detection signals', () => {
  const ids = ['SEV-1', 'SEV-2', 'SEV-3']
  const code = (text: string): string => text.replaceAll(/`([^`]*)`/g, '\ue000$1\ue001')
  test.each([
    ['`API5xxAlarm` SEV-1', [{ alarm: 'API5xxAlarm' }], 'SEV-1'],
    ['`drift_psi` > 0.2', [{ alarm: 'drift_psi', threshold: '> 0.2' }], null],
    ['`drift_psi > 0.2`', [{ alarm: 'drift_psi', threshold: '> 0.2' }], null],
    ['`A_x` or `B_x` from Grafana', [{ alarm: 'A_x' }, { alarm: 'B_x', sources: 'grafana' }], null],
    ['`A`, `B`', [{ alarm: 'A' }, { alarm: 'B' }], null],
    ['`A` from Prometheus + `my-checks`', [{ alarm: 'A', sources: ['prometheus', 'my-checks'] }], null],
    ['`A` when `signal.value > 3.0`', [{ alarm: 'A', when: 'signal.value > 3.0' }], null],
    ['HighErrorRate alert', [{ alarm: 'HighErrorRate' }], null],
    ['Sentry SEV-1', [{ sources: 'sentry', when: hintCondition('SEV-1', ids) }], 'SEV-1'],
    ['SEV-2', [], 'SEV-2'],
  ])('%s', (text, rules, severity) => expect(readDetection(code(text), ids)).toMatchObject({ rules, severity, problems: [] }))

  test.each([
    ['Customer calls', []],
    ['CPU above 90 %', []],
    ['`cpu` > 90 %', []],
    ['Sentry', []],
    ['`A` or customer calls', [{ alarm: 'A' }]],
  ])('%s cannot be run, or not wholly', (text, rules) => {
    const reading = readDetection(code(text), ids)
    expect(reading.rules).toEqual(rules)
    expect(reading.problems).toHaveLength(1)
  })

  test('what a source calls its worst goes by the place in the matrix', () => {
    expect(hintCondition('SEV-1', ids)).toContain('["fatal", "critical", "sev-1", "sev1", "p1"]')
    expect(hintCondition('SEV-2', ids)).toContain('["error", "high", "sev-2", "sev2", "p2"]')
  })
})

test('what can be measured is read from the words of a row', () => {
  expect(guessThresholds('Outage; >25 % users impacted; API 5xx > 50 % for 10 min')).toEqual({
    users_affected: '> 25 %',
    error_rate: '> 50 % for 10 min',
  })
  expect(guessThresholds('Lambda p95 latency > 4 s')).toEqual({ latency_p95: '> 4 s' })
  expect(guessThresholds('10-25% of users, error rate above 5 %')).toEqual({ users_affected: '> 10 % and <= 25 %', error_rate: '> 5 %' })
  expect(guessThresholds('more than half of the users')).toEqual({})
  expect(closeGaps([{ users_affected: '> 25 %' }, { users_affected: '< 25 %' }, { users_affected: '< 5 %' }])).toEqual([
    { users_affected: '> 25 %' },
    { users_affected: '> 0 % and <= 25 %' },
    { users_affected: '> 0 % and < 5 %' },
  ])
})
