/** What channels may carry: the lesser of what the playbook and the connection say, and nothing of an incident beyond it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { GOOD_PLAYBOOK } from '../../../test/support/bad-folders.ts'
import type { PageMessage } from '../../integration.ts'
import { parseConnections } from '../oncall/connections.ts'
import { lintFolder } from '../oncall/lint.ts'
import { ceilingOf, withinCeiling } from './ceiling.ts'
import { linesOf, subjectOf, textOf } from './message.ts'

const connections =
  parseConnections(
    stringify({
      connections: [
        { name: 'eu', kind: 'ntfy', url: 'https://ntfy.example.com', carries: 'title' },
        { name: 'ops', kind: 'webhook', url: 'https://ops.example.com', secret_env: 'S', carries: 'number-and-severity' },
        { name: 'own', kind: 'webhook', url: 'https://own.example.com', secret_env: 'S', carries: 'all' },
      ],
    }),
  ).connections ?? []

test('the lesser of the kind and the connection counts; the console shows what its reader may see', () => {
  expect(connections).toHaveLength(3)
  const playbook = { carries: { ntfy: 'number-and-severity', email: 'title' } } as const
  const of = (channel: string): string => ceilingOf(channel, playbook, connections)
  expect(['email', 'ntfy', 'ntfy:eu', 'sms', 'webhook:ops', 'webhook:own', 'webhook:gone', 'push:1', 'console'].map(of)).toEqual([
    'title',
    'number-and-severity',
    'number-and-severity',
    'all',
    'number-and-severity',
    'all',
    'all',
    'all',
    'all',
  ])
  expect(ceilingOf('ntfy:eu', {}, connections)).toBe('title')
})

test('the playbook says it by kind, and a kind that is none is refused', () => {
  const read = (carries: string) =>
    lintFolder({ playbook: `${GOOD_PLAYBOOK}limits:\n  carries: ${carries}\n`, onCall: null, connections: null })
  expect(read('{ sms: number-and-severity, push: title, email: all }').playbook?.playbook?.carries).toEqual({
    sms: 'number-and-severity',
    push: 'title',
  })
  expect(read('{ fax: title }').playbook?.playbook).toBeNull()
  expect(read('{ sms: nothing }').playbook?.playbook).toBeNull()
})

const SECRET = 'patient'
const secret = fc.string({ maxLength: 20 }).map((text) => `${SECRET} ${text}`)
const message = fc.record({
  incident: fc.record({
    id: fc.constant('i'),
    number: fc.nat(9_999),
    severity: fc.constant('SEV-2'),
    title: secret,
    summary: secret,
    firstStep: secret,
    service: fc.option(
      fc.record({ name: secret, tier: fc.constant(1), links: fc.constant([{ title: SECRET, url: `https://x.example.com/${SECRET}` }]) }),
    ),
    openedAt: fc.constant(0),
  }),
  others: fc.array(fc.record({ number: fc.nat(9_999), severity: fc.constant('SEV-3'), title: secret }), { maxLength: 3 }),
})
const whole = (part: Pick<PageMessage, 'incident' | 'others'>): PageMessage => ({
  reference: 'r',
  repeat: false,
  roles: ['Ops'],
  person: { name: 'Ann', zone: 'UTC' },
  acknowledgeUrl: 'https://t.example.com/a/x',
  incidentUrl: 'https://t.example.com/incidents/i',
  purpose: 'page',
  escalatesAt: null,
  notice: '',
  ...part,
})

test('below its ceiling a message holds nothing that could tell more, in any field that a channel could render', () => {
  fc.assert(
    fc.property(message, (part) => {
      const least = withinCeiling(whole(part), 'number-and-severity')
      for (const said of [JSON.stringify(least), subjectOf(least), textOf(least), JSON.stringify(linesOf(least))])
        expect(said).not.toContain(SECRET)
      expect(subjectOf(least)).toContain(`[SEV-2] Incident #${part.incident.number}`)
      const titled = withinCeiling(whole(part), 'title')
      expect([titled.incident.title, titled.incident.summary, titled.incident.firstStep, titled.incident.service]).toEqual([
        part.incident.title,
        '',
        '',
        null,
      ])
      expect(titled.others).toEqual(part.others)
      expect(withinCeiling(whole(part), 'all')).toEqual(whole(part))
      // What answers a page stays.
      expect(least.acknowledgeUrl).toBe(whole(part).acknowledgeUrl)
    }),
  )
})
