/** After a downtime: what CloudWatch says is compared with what is known here, through the shell's own look and its own way out. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { look } from '../../shell/ask/look.ts'

let base: TestDatabase
let it: TestIntake
let aws: Server
let url = ''
let answer: { status: number; body: object } = { status: 200, body: {} }

beforeAll(async () => {
  aws = createServer((request, response) => {
    request.resume()
    request.on('end', () =>
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer.body)),
    )
  })
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`
  base = await openTestDatabase()
  await seedSource(base.database, { name: 'AWS', kind: 'sns' })
  // As the asker does before its first look.
  await base.database.query("insert into asked_connection (name, state, detail) values ('aws', 'never', '')")
  it = await startTestIntake(base.database)
})

afterAll(async () => {
  await it.close()
  await base.close()
  aws.close()
})

const ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:'
const alarm = (name: string, StateValue: string) => ({
  AlarmName: name,
  AlarmArn: `${ARN}${name}`,
  StateValue,
  StateTransitionedTimestamp: 1_795_513_512,
})
const ask = async () => {
  const secret = 'AKIDEXAMPLE000000000:wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY'
  const result = await look(it.ports, it.intake, {
    name: 'aws',
    kind: 'cloudwatch',
    url,
    secret,
    secretMissing: false,
    source: 'AWS',
    everyMs: 300_000,
    settings: { region: 'us-east-1' },
  })
  await it.settled()
  return result
}
const bySns = (name: string, state: string, at: string) =>
  it.post(
    `/hooks/sns/${KEY}`,
    { AlarmName: name, AlarmArn: `${ARN}${name}`, NewStateValue: state, StateChangeTime: at },
    { 'x-amz-sns-rawdelivery': 'true' },
  )
const alerts = () => it.rows('select alarm, resolved_at is null as firing, count::int as count from alert order by alarm')

test('what fired meanwhile opens, what ended meanwhile ends, and what is known changes nothing', async () => {
  await bySns('Ended', 'ALARM', '2026-11-24T01:00:00.000+0000')
  await bySns('Fires', 'ALARM', '2026-11-24T01:00:00.000+0000')
  await bySns('Blind', 'ALARM', '2026-11-24T01:00:00.000+0000')
  await it.settled()
  const MetricAlarms = [
    alarm('Ended', 'OK'),
    alarm('Fires', 'ALARM'),
    alarm('Missed', 'ALARM'),
    alarm('Blind', 'INSUFFICIENT_DATA'),
    alarm('Calm', 'OK'),
  ]
  answer = { status: 200, body: { MetricAlarms } }
  expect(await ask()).toMatchObject({ state: 'answered', firing: 2, complete: true })
  const known = [
    { alarm: 'Blind', firing: true, count: 1 },
    { alarm: 'Ended', firing: false, count: 1 },
    { alarm: 'Fires', firing: true, count: 1 },
    { alarm: 'Missed', firing: true, count: 1 },
  ]
  expect(await alerts()).toEqual(known)
  expect(await ask()).toMatchObject({ state: 'answered' })
  expect(await alerts()).toEqual(known)
  // What SNS then delivers late is the same alert.
  await bySns('Missed', 'OK', '2026-11-24T23:00:00.000+0000')
  await it.settled()
  expect((await alerts())[3]).toEqual({ alarm: 'Missed', firing: false, count: 1 })
})

test('a refusal leaves everything as it was and says why', async () => {
  const before = await alerts()
  answer = { status: 400, body: { __type: 'AccessDenied', message: 'not authorized to perform: cloudwatch:DescribeAlarms' } }
  expect(await ask()).toMatchObject({ state: 'failed', detail: expect.stringMatching(/AccessDenied.*not authorized/) })
  expect(await alerts()).toEqual(before)
})
