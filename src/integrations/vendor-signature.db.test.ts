/** Signed messages of each vendor through the real intake: believed when good, kept and counted when not, once when repeated. */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSourceScene, type SourceScene } from '../../test/support/source-scene.ts'

const SECRET = 'the secret of both sides'

let it: SourceScene
beforeAll(async () => {
  it = await openSourceScene()
})
afterAll(() => it.close())

const hex = (...parts: (string | Buffer)[]) => parts.reduce((mac, part) => mac.update(part), createHmac('sha256', SECRET)).digest('hex')
const seconds = () => String(Math.floor(Date.now() / 1_000))

/** How each signs, now; and a header by which the same message is known again, where it has one. */
const VENDORS: readonly (readonly [
  kind: string,
  fixture: string,
  sign: (body: string) => Readonly<Record<string, string>>,
  alarms: number,
])[] = [
  [
    'sentry',
    'webhook.issue.created.json',
    (body) => ({
      'sentry-hook-resource': 'issue',
      'sentry-hook-signature': hex(body),
      'sentry-hook-timestamp': seconds(),
      'request-id': 'r1',
    }),
    1,
  ],
  [
    'grafana',
    'webhook.firing.json',
    (body) => {
      const at = seconds()
      return { 'x-our-own-name': hex(at, ':', body), 'x-our-own-clock': at }
    },
    2,
  ],
  [
    'zendesk',
    'event.ticket.created.json',
    (body) => {
      const at = new Date().toISOString()
      const mac = createHmac('sha256', SECRET).update(at).update(body).digest('base64')
      return { 'x-zendesk-webhook-signature': mac, 'x-zendesk-webhook-signature-timestamp': at }
    },
    1,
  ],
  [
    'github',
    'webhook.issues.labeled.json',
    (body) => ({ 'x-github-event': 'issues', 'x-hub-signature-256': `sha256=${hex(body)}`, 'x-github-delivery': 'd1' }),
    1,
  ],
  ['jira', 'webhook.issue_updated.json', (body) => ({ 'x-hub-signature': `sha256=${hex(body)}` }), 1],
]

function bodyOf(kind: string, fixture: string): string {
  const text = readFileSync(join(import.meta.dirname, kind, 'fixtures', fixture), 'utf8')
  if (kind === 'jira') return text.replace('jira:issue_updated', 'jira:issue_created')
  // The label that makes an issue of GitHub's an incident.
  return kind === 'github' ? text.replaceAll('"bug"', '"incident"') : text
}

test.each(VENDORS)('%s', async (kind, fixture, sign, alarms) => {
  const source = await it.addSource({ name: `signed ${kind}`, kind, signing: { secret: SECRET } })
  await it.heard()
  const body = bodyOf(kind, fixture)
  const send = (bytes: string, headers: Readonly<Record<string, string>>) =>
    it.post(`/hooks/${kind}/${source.key}`, bytes, { 'content-type': 'application/json', ...headers })
  const alerts = () => it.rows<{ count: number }>('select count from alert where source_id = $1', [source.id])

  const good = sign(body)
  expect((await send(`${body} `, good)).status).toBe(401)
  expect(
    (await send(body, Object.fromEntries(Object.entries(good).filter(([, value]) => !/^(sha256=)?[0-9a-f]{64}$|=$/.test(value))))).status,
  ).toBe(401)
  await it.settled()
  expect(await alerts()).toEqual([])
  expect((await it.detail(source.id)).today).toMatchObject({ messages: 2, distrusted: 2, signals: 0 })

  expect((await send(body, good)).status).toBe(200)
  expect((await send(body, good)).status).toBe(200)
  await it.settled()
  expect(await alerts()).toEqual(Array.from({ length: alarms }, () => ({ count: 1 })))
  expect((await it.detail(source.id)).today).toMatchObject({ messages: 4, distrusted: 2 })
})
