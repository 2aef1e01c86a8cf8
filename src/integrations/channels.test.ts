/** The book of channels, and the page that tells of them: what it shows is what Tocsin takes. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { carrier } from '../../test/support/carrier-fake.ts'
import { CARRIED_CHANNELS, findCarrier } from '../core/oncall/carriers.ts'
import { parseConnections } from '../core/oncall/connections.ts'
import { parseOnCall } from '../core/oncall/parse.ts'
import { CARRIER_KINDS } from '../core/oncall/schema.ts'
import type { CarrierConnection } from '../integration.ts'
import { openChannels } from './channels.ts'

function book(...connections: readonly CarrierConnection[]) {
  return openChannels({
    mailUrl: null,
    mailFrom: 'tocsin@example.com',
    connections: { find: () => undefined, ids: () => [] },
    carriers: {
      find: (channelId) => findCarrier(channelId, connections),
      named: (name) => connections.find((connection) => connection.name === name),
      list: () => connections,
    },
    publicUrl: 'https://tocsin.test',
    now: () => 0,
  })
}

describe('a channel that a vendor carries', () => {
  const all = CARRIER_KINDS.map((kind) =>
    carrier({
      kind,
      url: `https://${kind}.test`,
      name: `my-${kind}`,
      secret: 's',
      settings: kind === 'twilio' ? { from: '+1', voice_from: '+1' } : {},
    }),
  )

  test.each(Object.keys(CARRIED_CHANNELS))('%s is found with its connection and the address of the person', (kind) => {
    expect(book(...all).find(kind, 'address')).toMatchObject({
      kind: 'found',
      channel: { kind },
      address: { to: 'address', carrier: { kind: CARRIED_CHANNELS[kind]?.carrier } },
    })
  })

  test.each(Object.keys(CARRIED_CHANNELS))('%s without a connection, or without an address, says what is missing', (kind) => {
    expect(book().find(kind, 'address')).toMatchObject({ kind: 'missing', reason: expect.stringContaining('connections.yaml') })
    expect(book(...all).find(kind, null)).toMatchObject({ kind: 'missing', reason: expect.stringContaining('oncall.yaml') })
  })

  test('a connection without what a channel needs does not carry it, and is not listed for it', () => {
    const texts = book(carrier({ kind: 'twilio', url: 'https://twilio.test', secret: 's', settings: { from: '+1' } }))
    expect(texts.find('voice', 'address').kind).toBe('missing')
    expect(texts.list().map(({ id }) => id)).toEqual(['sms:main', 'console'])
  })

  test('each connection is listed once for each channel that it carries, for the doctor', () => {
    expect(
      book(...all)
        .list()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...Object.entries(CARRIED_CHANNELS).map(([kind, { carrier: by }]) => `${kind}:my-${by}`), 'console'].sort())
  })
})

describe('docs/channels.md', () => {
  const page = readFileSync('docs/channels.md', 'utf8')
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/gu)].map(([, text = '']) => text)

  test.each(blocks.filter((text) => text.includes('\nconnections:')))('shows connections that are taken: %s', (text) => {
    expect(parseConnections(text).findings).toEqual([])
  })

  test.each(blocks.filter((text) => text.includes('\npeople:')))('shows people that are taken: %s', (text) => {
    expect(parseOnCall(text).findings).toEqual([])
  })

  test('tells of every channel and every vendor', () => {
    for (const name of [...Object.keys(CARRIED_CHANNELS), ...CARRIER_KINDS]) expect(page).toContain(name)
  })
})
