import { expect, test } from 'vitest'
import { isStale, keys, staleAfter } from './keys.ts'

const change = (type: string) => ({ incident_id: 'abc', number: 12, type, version: 3, at: '2026-11-24T00:00:00Z' })
const touched = (type: string, cached: readonly unknown[]) => staleAfter(change(type)).some((stale) => isStale(cached, stale))

test('a note makes the incident and its timeline stale, by number and by id, but not its pages or alerts', () => {
  expect(touched('incident.noted', keys.incident('12'))).toBe(true)
  expect(touched('incident.noted', keys.part('abc', 'timeline'))).toBe(true)
  expect(touched('incident.noted', keys.part('12', 'pages'))).toBe(false)
  expect(touched('incident.noted', keys.part('12', 'alerts'))).toBe(false)
})

test('another incident is left alone', () => {
  expect(touched('incident.paged', keys.incident('13'))).toBe(false)
  expect(touched('incident.paged', keys.part('13', 'pages'))).toBe(false)
})

test('every list of incidents is stale after any change, whatever its filter', () => {
  expect(touched('incident.noted', [...keys.incidents, { open: 'true', severity: 'SEV-1' }])).toBe(true)
})

test('what pages or ends pages makes the ledger and the reader stale', () => {
  for (const type of [
    'incident.paged',
    'incident.acknowledged',
    'incident.page-failed',
    'incident.resolved',
    'incident.severity-changed',
  ]) {
    expect(touched(type, keys.part('12', 'pages')), type).toBe(true)
    expect(touched(type, keys.me), type).toBe(true)
  }
})

test('the playbook and the on-call list stay fresh through it all', () => {
  expect(touched('incident.paged', keys.playbook)).toBe(false)
  expect(touched('incident.paged', keys.oncall(null))).toBe(false)
})
