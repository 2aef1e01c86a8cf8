/** Alertmanager's own mail notifier: what it sends when an alert fires and when it ends is one alert here, opened and closed. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MailListener, startMail } from '../../../src/shell/mail/smtp-listener.ts'
import { openTestDatabase, type TestDatabase } from '../../support/database.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../support/intake.ts'
import { type Peer, startAlertmanager } from '../../support/peer.ts'
import { findFreePort } from '../../support/port.ts'
import { send } from '../../support/server.ts'
import { waitFor } from '../../support/wait.ts'

let database: TestDatabase
let it: TestIntake
let listener: MailListener
let peer: Peer
beforeAll(async () => {
  database = await openTestDatabase()
  await seedSource(database.database)
  it = await startTestIntake(database.database)
  const smtpPort = await findFreePort()
  const started = await startMail({ ...it.ports, config: { ...it.ports.config, host: '127.0.0.1', smtpPort } }, it.intake)
  if (started === undefined) throw new Error('no listener')
  listener = started
  peer =
    await startAlertmanager(`route: { receiver: tocsin, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: tocsin
    email_configs:
      - to: alerts+${KEY}@tocsin.example
        from: alertmanager@example.com
        smarthost: 127.0.0.1:${smtpPort}
        require_tls: false
        send_resolved: true
`)
})
afterAll(async () => {
  await peer.stop()
  await listener.stop()
  await it.close()
  await database.close()
})

const push = (endsAt: string | undefined) =>
  send(
    peer.url,
    'POST',
    '/api/v2/alerts',
    [
      {
        labels: { alertname: 'Spike', instance: 'api-1' },
        annotations: { summary: 'Many errors <now> & then' },
        ...(endsAt === undefined ? {} : { endsAt }),
      },
    ],
    { 'content-type': 'application/json' },
  )
const alerts = () =>
  it.rows<{ alarm: string; title: string; labels: object; resolved_at: Date | null; incident_id: string | null }>(
    'select * from alert order by id',
  )

test('a mail that fires opens, and the mail that says it is resolved ends the same alert', async () => {
  expect((await push(undefined)).status).toBe(200)
  await waitFor('the alert to arrive by mail', async () => (await alerts()).length === 1, { timeoutMs: 20_000, explain: peer.log })
  expect(await alerts()).toMatchObject([
    { alarm: 'Spike', title: 'Many errors <now> & then', labels: { alertname: 'Spike', instance: 'api-1' }, resolved_at: null },
  ])
  expect((await alerts())[0]?.incident_id).not.toBeNull()
  expect((await push(new Date().toISOString())).status).toBe(200)
  await waitFor('it to end', async () => (await alerts()).every((alert) => alert.resolved_at !== null), {
    timeoutMs: 20_000,
    explain: peer.log,
  })
  expect(await alerts()).toHaveLength(1)
})
