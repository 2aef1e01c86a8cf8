/** Waits, urgencies and quiet hours as people write them, and what lint says where they do not go with the playbook. */
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { GOOD_CONNECTIONS, GOOD_PLAYBOOK } from '../../../test/support/bad-folders.ts'
import { testPlaybook } from '../../../test/support/playbook.ts'
import { asId, type PersonId } from '../id.ts'
import { lintFolder } from './lint.ts'
import { parseOnCall } from './parse.ts'
import { resolveRoster } from './resolve.ts'
import { quietUntil } from './way.ts'

const ann = { name: 'Ann', email: 'ann@example.com', zone: 'Europe/Berlin', phone: '+4915123456789' }
const parsed = (over: object) => parseOnCall(stringify({ people: [{ ...ann, ...over }] }))
const codes = (over: object) => parsed(over).findings.map(({ code, path }) => `${code} ${path}`)

test('a channel may wait, and be kept to an urgency, more than once', () => {
  const channels = [
    'email',
    { by: 'sms', urgency: 'high' },
    { by: 'sms', after: '5 min', urgency: 'low' },
    { webhook: 'ops', after: '90 s' },
  ]
  expect(parsed({ channels }).onCall?.people[0]).toMatchObject({
    channels: ['email', 'sms', 'webhook:ops'],
    ways: [
      { channel: 'email', afterMs: 0, urgency: null },
      { channel: 'sms', afterMs: 0, urgency: 'high' },
      { channel: 'sms', afterMs: 300_000, urgency: 'low' },
      { channel: 'webhook:ops', afterMs: 90_000, urgency: null },
    ],
  })
  expect(parsed({ channels: ['email', 'sms'] }).onCall?.people[0]?.ways).toBeUndefined()
})

test('what cannot be read, or waits too long, is refused where it stands', () => {
  expect(codes({ channels: [{ by: 'fax' }] })).toEqual(['unknown-channel people.0.channels.0'])
  expect(codes({ channels: ['email', { by: 'sms', after: 'soon' }] })).toEqual(['unclear-duration people.0.channels.1.after'])
  expect(codes({ channels: ['email', { by: 'sms', after: '2 h' }] })).toEqual(['too-big people.0.channels.1.after'])
  expect(codes({ quiet_hours: [{ from: 'noon' }] })).toEqual(['unclear-time people.0.quiet_hours.0.from'])
  expect(codes({ quiet_hours: [{ days: 'weekdays' }, { days: 'weekends' }] })).toEqual(['quiet-whole-week people.0.quiet_hours'])
})

test('quiet hours are on the person’s own clock, keep to it through clock changes, and joined ones are one night', () => {
  const person = parsed({
    quiet_hours: [
      { from: '22:00', to: '24:00' },
      { from: '00:00', to: '06:00' },
      { days: 'weekends', to: '09:00' },
    ],
  }).onCall?.people[0]
  if (person === undefined) throw new Error('nobody was read')
  const end = (at: string): string | null => {
    const until = quietUntil(person, Date.parse(at))
    return until === null ? null : new Date(until).toISOString()
  }
  expect(end('2026-03-26T22:30:00Z')).toBe('2026-03-27T05:00:00.000Z')
  expect(end('2026-03-26T20:59:00Z')).toBeNull()
  // Into the weekend, and over the change to summer time.
  expect(end('2026-03-28T22:30:00Z')).toBe('2026-03-29T07:00:00.000Z')
  expect(end('2026-03-29T07:00:00Z')).toBeNull()
})

const lint = (people: object, { playbook = GOOD_PLAYBOOK, connections = GOOD_CONNECTIONS } = {}): string[] =>
  lintFolder({
    playbook,
    connections,
    onCall: stringify({ people: [{ ...ann, ...people }], roles: { Ops: ann.email, Lead: ann.email } }),
  })
    .findings.filter(({ file }) => file === 'oncall.yaml')
    .map(({ code }) => code)

test('a first page by two channels asks for two that do not fall together; a failure domain tells apart and brings together', () => {
  const playbook = GOOD_PLAYBOOK.replace('definition: Down', 'definition: Down\n    first_page: two_channels')
  const two = (channels: readonly unknown[], connections = GOOD_CONNECTIONS) => lint({ channels }, { playbook, connections })
  expect(two(['email', 'webhook:pager'])).toEqual([])
  expect(two(['email'])).toEqual(['channels-fall-together'])
  expect(two(['webhook:pager', 'webhook:deploy'])).toEqual([])
  const aws = 'hook\n    failure_domain: aws-eu-west-1'
  const both = GOOD_CONNECTIONS.replace('pager.example.com/hook', `pager.example.com/${aws}`).replace(
    'deploy.example.com/hook',
    `deploy.example.com/${aws}`,
  )
  expect(two(['webhook:pager', 'webhook:deploy'], both)).toEqual(['channels-fall-together'])
  expect(two(['sms', 'voice'])).toContain('channels-fall-together')
})

test('a wait beyond the first of the escalation is told for the rows that it is too late for', () => {
  expect(lint({ channels: ['email', { webhook: 'pager', after: '3 min' }] })).toEqual(['channel-too-late'])
  expect(lint({ channels: ['email', { webhook: 'pager', after: '2 min' }] })).toEqual([])
  expect(lint({ channels: ['email', { webhook: 'pager', after: '30 min', urgency: 'low' }] })).toEqual([])
  expect(
    lint({
      channels: [
        { by: 'email', urgency: 'low' },
        { webhook: 'pager', after: '1 min', urgency: 'high' },
      ],
    }),
  ).toEqual(['channel-waits'])
})

test('the roster carries what the file says to whoever is paged, and nothing of it to others', () => {
  const { onCall } = parsed({
    channels: ['email', { by: 'sms', after: '2 min' }],
    quiet_hours: [{ from: '22:00', to: '06:00' }],
  })
  const said = new Map((onCall?.people ?? []).map((person) => [person.email, person]))
  const people = [ann, { ...ann, name: 'Ben', email: 'ben@example.com' }].map(({ name, email }, index) => ({
    id: asId<PersonId>(String(index)),
    name,
    email,
    role: 'owner',
    channels: ['email', 'sms', 'webhook:gone', 'push:1'],
  }))
  const roster = resolveRoster({
    playbook: testPlaybook(),
    schedules: [],
    people,
    instant: Date.parse('2026-01-05T23:00:00Z'),
    team: null,
    shiftsOf: () => {
      throw new Error('there is no schedule')
    },
    usable: (channel) => channel !== 'webhook:gone',
    said,
    domainOf: (channel) => (channel === 'sms' ? 'eu' : undefined),
  })
  const [first, second] = Object.values(roster.people)
  expect(first).toMatchObject({
    channels: ['email', 'sms', 'push:1', 'console'],
    ways: [{ channel: 'email' }, { channel: 'sms', afterMs: 120_000 }],
    domains: { sms: 'eu' },
    quietUntil: Date.parse('2026-01-06T05:00:00Z'),
  })
  expect([second?.ways, second?.quietUntil]).toEqual([undefined, undefined])
})
