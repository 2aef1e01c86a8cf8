/** What sources measure, from the message to the incident: opened at its row, raised by a repeat, never lowered. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { measuringPlaybook } from '../../../test/support/playbook.ts'
import type { IncidentType } from '../../core/playbook/playbook.ts'

let base: TestDatabase
let it: TestIntake

const type = (id: string, alarm: string, over: Partial<IncidentType>): IncidentType => ({
  id,
  title: id,
  detection: [{ alarm, sources: [], when: null, threshold: null }],
  severity: 'blue',
  measures: null,
  team: null,
  groupBy: [],
  windowMs: null,
  firstStep: '',
  mitigation: [],
  followUp: [],
  ...over,
})

beforeAll(async () => {
  base = await openTestDatabase()
  await seedSource(base.database)
  const incidentTypes = [
    type('reach', 'Reach', { measures: { measure: 'users_affected', unit: '%', factor: 100 } }),
    type('unsaid', 'Unsaid', {}),
  ]
  it = await startTestIntake(base.database, { playbook: measuringPlaybook({ incidentTypes }) })
})
afterAll(async () => {
  await it.close()
  await base.close()
})

const send = async (alertname: string, instance: string, value: number | null, ended = false): Promise<void> => {
  const alert = {
    labels: { alertname, instance },
    annotations: value === null ? {} : { value: String(value) },
    startsAt: '2026-11-24T00:00:00Z',
    endsAt: ended ? '2026-11-24T00:01:00Z' : '2030-01-01T00:00:00Z',
  }
  await it.post('/alertmanager/api/v2/alerts', [alert], { authorization: `Bearer ${KEY}` })
  await it.settled()
}
const incident = async (id: string) =>
  (await it.rows(`select id, severity, state, version from incident where incident_type = '${id}'`))[0] as {
    id: string
    severity: string
    version: number
    state: { impact: object }
  }
const events = async (id: string) =>
  (await it.rows<{ type: string }>('select type from event where stream_id = $1 order by version', [id])).map((row) =>
    row.type.replace('incident.', ''),
  )

test('a signal that measures opens its incident at the row that this is of, in the measure’s unit', async () => {
  await send('Reach', 'a', 0.1)
  const opened = await incident('reach')
  expect(opened).toMatchObject({
    severity: 'amber',
    state: {
      severityClause: 'severities.1.thresholds.users_affected',
      impact: { users_affected: { value: 10, unit: '%', by: { kind: 'source', name: 'test' } } },
    },
  })
  expect(await events(opened.id)).toEqual(['opened', 'impact-measured', 'alerts-changed', 'paged'])
})

test('a repeat with another value is a measurement when it crosses a bound, and raises', async () => {
  const before = await incident('reach')
  await send('Reach', 'a', 0.12)
  expect((await incident('reach')).version).toBe(before.version)
  await send('Reach', 'a', 0.6)
  const raised = await incident('reach')
  expect(raised.severity).toBe('red')
  expect((await events(raised.id)).slice(before.version)).toEqual(['impact-measured', 'severity-changed', 'paged'])
})

test('a lower value of the source changes nothing but the record', async () => {
  await send('Reach', 'a', 0.01)
  expect(await incident('reach')).toMatchObject({ severity: 'red', state: { impact: { users_affected: { value: 1 } } } })
})

test('another alert of the incident measures too', async () => {
  await send('Reach', 'b', 0.9)
  const joined = await incident('reach')
  expect(joined).toMatchObject({ severity: 'red', state: { impact: { users_affected: { value: 90 } } } })
  expect((await events(joined.id)).slice(-2)).toEqual(['alerts-changed', 'impact-measured'])
})

test('a value of a type that measures nothing is no measurement', async () => {
  await send('Unsaid', 'a', 0.9)
  await send('Unsaid', 'a', 0.2)
  expect(await incident('unsaid')).toMatchObject({ severity: 'blue', state: { impact: {} } })
})

test('the view is what the events say', async () => {
  for (const id of ['reach', 'unsaid']) {
    const row = await incident(id)
    const { rows } = await base.database.query<{ count: string }>('select count(*) from event where stream_id = $1', [row.id])
    expect(Number(rows[0]?.count)).toBe(row.version)
  }
})
