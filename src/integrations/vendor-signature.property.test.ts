/** Doors that verify, under whatever a forger may write: distrusted, never thrown at, and no word of it in the answer. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { hookContext, hookMessage, NOW } from '../../test/support/hook.ts'
import { integrations } from './index.ts'

const HEADERS: readonly (readonly [id: string, signature: string, stamp: string | null, prefix: string])[] = [
  ['sentry', 'sentry-hook-signature', 'sentry-hook-timestamp', ''],
  ['grafana', 'x-grafana-alerting-signature', 'x-grafana-alerting-timestamp', ''],
  ['zendesk', 'x-zendesk-webhook-signature', 'x-zendesk-webhook-signature-timestamp', ''],
  ['jira', 'x-hub-signature', null, 'sha256='],
  ['github', 'x-hub-signature-256', null, 'sha256='],
]

const given = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('base64')),
)
const stamp = fc.oneof(
  fc.string(),
  fc.constantFrom(String(NOW / 1_000), String(NOW), new Date(NOW).toISOString(), '0', '-1', '99999999999999', 'NaN'),
)

test.each(HEADERS)('%s believes no signature that is made up', (id, name, stampName, prefix) => {
  const door = integrations.find((one) => one.id === id)?.doors[0]
  if (door === undefined) throw new Error(`there is no door of ${id}`)
  fc.assert(
    fc.property(given, stamp, fc.uint8Array(), fc.boolean(), (signature, at, body, prefixed) => {
      const headers = { [name]: prefixed ? `${prefix}${signature}` : signature, ...(stampName === null ? {} : { [stampName]: at }) }
      const received = door.receive(hookMessage(Buffer.from(body), headers), hookContext('a secret that nobody guesses'))
      expect(received).toMatchObject({ kind: 'distrusted', reply: { status: 401 } })
      expect(received.reply.body).toBe('{"status":"error","error":"the signature is missing, wrong or too old"}')
    }),
  )
})

test('every integration that says how it is signed verifies, and none that says it cannot', () => {
  const signing = integrations.flatMap(({ id, setup }) => (setup !== undefined && setup.signing !== null ? [id] : []))
  for (const [id] of HEADERS) expect(signing).toContain(id)
  for (const id of ['datadog', 'cloudevents']) expect(signing).not.toContain(id)
})
