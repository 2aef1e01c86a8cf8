/** What "Connect a source" shows: every sample is understood by the door that it is sent to, and every address is one of ours. */
import { describe, expect, test } from 'vitest'
import { findRoute } from '../shell/http/ingest-router.ts'
import { integrations } from './index.ts'

const KEY = 'c0ffee00c0ffee00c0ffee00c0ffee00'
const URL_TEXT = 'https://tocsin.example.com'
const fill = (text: string) => text.replaceAll('{{url}}', URL_TEXT).replaceAll('{{host}}', 'tocsin.example.com').replaceAll('{{key}}', KEY)

const withSetup = integrations.flatMap((integration) =>
  // Mail has no door of HTTP: its sample goes by another way.
  integration.setup === undefined || integration.doors.length === 0
    ? []
    : [[integration.id, { ...integration, setup: integration.setup }] as const],
)

describe.each(withSetup)('the setup of %s', (_id, { doors, setup }) => {
  test('has a sample that its first door makes a signal of', () => {
    const [door] = doors
    if (door === undefined) throw new Error('it has no door')
    const headers = Object.fromEntries(Object.entries(setup.sample.headers).map(([name, value]) => [name, fill(value)]))
    const body = Buffer.from(fill(setup.sample.body))
    const message = {
      method: door.method,
      path: door.path,
      query: new URLSearchParams(),
      headers,
      body,
      receivedAt: Date.UTC(2026, 10, 24),
    }
    const received = door.receive(message, { params: {}, signingSecret: null, freshId: 'f'.repeat(32) })
    expect(received).toMatchObject({ kind: 'signals', signals: [{ status: 'firing', title: expect.stringMatching(/\S/) }] })
    expect(received.reply.status).toBeLessThan(300)
  })

  test('names no address here that leads nowhere', () => {
    const texts = [...setup.steps, ...setup.snippets.map(({ text }) => text)].map(fill)
    const paths = texts.flatMap((text) =>
      [...text.matchAll(/https:\/\/tocsin\.example\.com(\/hooks\/[\w./-]*[\w/-])/g)].map((found) => found[1] ?? ''),
    )
    for (const path of paths) expect(findRoute(path)?.entry.door.path, path).toBeDefined()
  })

  test('says what it is for, what to do, and how it is signed, in plain words', () => {
    expect(setup.purpose).toMatch(/^[A-Z].*\.$/)
    expect(setup.steps.length).toBeGreaterThan(0)
    for (const step of setup.steps) expect(step).toMatch(/^[A-Z].*\.$/s)
    if (setup.signing !== null) expect(setup.signing.secretFrom).toMatch(/\.$/)
  })
})
