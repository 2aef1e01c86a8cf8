/** The rows of the playbook that AWS must trigger, by the doors of SNS and EventBridge, with the playbook that ships. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { asId } from '../../core/id.ts'
import { parsePlaybook } from '../../core/playbook/parse.ts'
import { integrations } from '../../integrations/index.ts'

function playbookOf() {
  const { playbook, findings } = parsePlaybook(readFileSync('playbook/playbook.yaml', 'utf8'), asId('shipped'))
  if (playbook === null) throw new Error(JSON.stringify(findings))
  return playbook
}

let base: TestDatabase
let it: TestIntake

beforeAll(async () => {
  base = await openTestDatabase()
  await seedSource(base.database)
  it = await startTestIntake(base.database, { playbook: playbookOf() })
})

afterAll(async () => {
  await it.close()
  await base.close()
})

const ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:'
const published = (name: string) => JSON.parse(readFileSync(join('src/integrations/eventbridge/fixtures', name), 'utf8'))
let number = 0
const stateOf = (name: string, value: string, at: string, configuration: object = {}) => ({
  id: `event-${(number += 1)}`,
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '123456789012',
  region: 'us-east-1',
  resources: [`${ARN}${name}`],
  detail: { alarmName: name, configuration, state: { value, timestamp: at } },
})
const send = (event: object) => it.post(`/hooks/eventbridge/${KEY}`, event)
const alert = async (alarm: string) =>
  (
    await it.rows<{ firing: boolean; count: number; severity: string; incident_type: string | null }>(
      `select a.resolved_at is null as firing, a.count::int as count, i.severity, i.incident_type
       from alert a left join incident i on i.id = a.incident_id where a.alarm = $1 order by a.first_at`,
      [alarm],
    )
  ).at(-1)

test('API5xxAlarm by EventBridge opens a SEV-1, and its end leaves it green', async () => {
  expect((await send(stateOf('API5xxAlarm', 'ALARM', '2026-11-24T09:45:12.345+0000'))).status).toBe(200)
  await it.settled()
  expect(await alert('API5xxAlarm')).toEqual({ firing: true, count: 1, severity: 'SEV-1', incident_type: 'api-5xx-spike' })
  await send(stateOf('API5xxAlarm', 'INSUFFICIENT_DATA', '2026-11-24T09:50:00.000+0000'))
  await it.settled()
  expect(await alert('API5xxAlarm')).toMatchObject({ firing: true })
  await send(stateOf('API5xxAlarm', 'OK', '2026-11-24T09:55:00.000+0000'))
  await it.settled()
  expect(await alert('API5xxAlarm')).toMatchObject({ firing: false })
})

test('the same alarm by both ways of one source is one alert', async () => {
  const message = { AlarmName: 'Twice', AlarmArn: `${ARN}Twice`, NewStateValue: 'ALARM', StateChangeTime: '2026-11-24T09:45:12.345+0000' }
  await send(stateOf('Twice', 'ALARM', '2026-11-24T09:45:12.345+0000'))
  await it.post(`/hooks/sns/${KEY}`, message, { 'x-amz-sns-rawdelivery': 'true' })
  await it.settled()
  expect(await it.rows("select count::int as count, dedup_key from alert where alarm = 'Twice'")).toEqual([
    { count: 2, dedup_key: `${ARN}Twice` },
  ])
})

test('an end that was overtaken by a newer alarm ends nothing', async () => {
  await send(stateOf('Late', 'ALARM', '2026-11-24T10:00:00.000+0000'))
  await send(stateOf('Late', 'OK', '2026-11-24T09:59:00.000+0000'))
  await it.settled()
  expect(await alert('Late')).toMatchObject({ firing: true })
})

test('a latency alarm of one metric, of metric math, and composite lands at SEV-2', async () => {
  const metric = { metric: { dimensions: { FunctionName: 'orders' }, name: 'Duration', namespace: 'AWS/Lambda' }, period: 60, stat: 'p95' }
  await send(stateOf('P95', 'ALARM', '2026-11-24T09:45:12.345+0000', { metrics: [{ id: 'm1', metricStat: metric, returnData: true }] }))
  const math = {
    metrics: [
      { id: 'e1', expression: 'm1 / 1000', returnData: true },
      { id: 'm1', metricStat: metric, returnData: false },
    ],
  }
  await send(stateOf('P95Math', 'ALARM', '2026-11-24T09:45:12.345+0000', math))
  await send(stateOf('P95Composite', 'ALARM', '2026-11-24T09:45:12.345+0000', { alarmRule: 'ALARM(P95)' }))
  await it.settled()
  for (const name of ['P95', 'P95Math', 'P95Composite'])
    expect(await alert(name)).toMatchObject({ firing: true, severity: 'SEV-2', incident_type: null })
})

const finding = (severity: number) => ({
  id: `finding-${(number += 1)}`,
  'detail-type': 'GuardDuty Finding',
  source: 'aws.guardduty',
  detail: { id: `f-${severity}`, type: 'Exfiltration:S3/ObjectRead.Unusual', severity, title: `Finding of ${severity}` },
})

test('a grave GuardDuty finding opens the major data breach of the matrix, private; a lesser one opens nothing', async () => {
  await send(finding(3))
  await send(finding(8))
  await it.settled()
  const rows = await it.rows(
    "select a.title, i.severity, i.incident_type, i.private from alert a left join incident i on i.id = a.incident_id where a.alarm = 'GuardDutyFinding' order by a.title",
  )
  expect(rows).toEqual([
    { title: 'Finding of 3', severity: null, incident_type: null, private: null },
    { title: 'Finding of 8', severity: 'SEV-1', incident_type: 'data-breach', private: true },
  ])
})

test('deployments and changed alarms are changes; the same event again is applied no second time', async () => {
  for (const name of ['codedeploy-deployment-event.json', '07.update-of-a-metric-alarm.json', '07.update-of-a-metric-alarm.json'])
    expect((await send(published(name))).status).toBe(200)
  await it.settled()
  expect(await it.rows('select title from change_report order by title collate "C"')).toEqual([
    { title: 'CloudWatch Alarm Configuration Change: ServerCpuTooHigh: update' },
    { title: 'CloudWatch alarm API5xxAlarm has insufficient data' },
    { title: 'CodeDeploy Deployment State-change Notification: myApplication / myDeploymentGroup: SUCCESS' },
  ])
})

test('the key in a header opens the door as well, and stands in nothing that is kept', async () => {
  const event = stateOf('ByHeader', 'ALARM', '2026-11-24T09:45:12.345+0000')
  expect((await it.post('/hooks/eventbridge', event, { 'x-api-key': KEY })).status).toBe(200)
  expect((await it.post('/hooks/eventbridge', event, { 'x-api-key': 'f'.repeat(32) })).status).toBe(401)
  await it.settled()
  expect(await alert('ByHeader')).toMatchObject({ firing: true })
  expect(JSON.stringify(await it.rows('select path, headers from receipt'))).not.toContain(KEY)
})

test('what the setup pages send as a test arrives', async () => {
  for (const id of ['sns', 'eventbridge']) {
    const sample = integrations.find((one) => one.id === id)?.setup?.sample
    const body = sample?.body.replaceAll('API5xxAlarm', `SampleOf-${id}`) ?? ''
    expect((await it.post(`/hooks/${id}/${KEY}`, body, sample?.headers)).status).toBe(200)
    await it.settled()
    expect(await alert(`SampleOf-${id}`)).toMatchObject({ firing: true, severity: 'SEV-2' })
  }
})

test('what is no message of AWS is kept, refused, and told to people plainly', async () => {
  for (const id of ['sns', 'eventbridge']) expect((await it.post(`/hooks/${id}/${KEY}`, '{"half":')).status).toBe(400)
  await it.settled()
  expect((await it.rows("select 1 from alert where alarm = 'TocsinMessageNotUnderstood'")).length).toBe(2)
})
