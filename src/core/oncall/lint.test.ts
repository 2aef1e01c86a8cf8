import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { formatFinding } from '../playbook/finding.ts'
import { DAY_MS, HOUR_MS } from '../time.ts'
import { parseConnections } from './connections.ts'
import { type FolderTexts, lintFolder, type LintOptions } from './lint.ts'
import type { Surroundings } from './lint-reach.ts'
import { parseOnCall } from './parse.ts'
import { connectionsJsonSchema, onCallJsonSchema } from './schema.ts'

const shipped = (file: string): string => readFileSync(`playbook/${file}`, 'utf8')
const folder = { playbook: shipped('playbook.yaml'), onCall: shipped('oncall.yaml'), connections: shipped('connections.yaml') }

const ann = { name: 'Ann', email: 'Ann@Example.com', zone: 'Europe/Berlin', channels: ['email', { webhook: 'ops' }] }
const layer = { members: ['ann@example.com', 'owner'], turn: '1 week', start: '2026-01-05' }

/** A fresh installation: nothing of the environment is set. */
const bare: Surroundings = { hasMail: false, hasSecret: () => false }
const IN_TIME = Date.UTC(2025, 5, 7)
/** True of the folder alone: the plan names systems that nothing is set up for. */
const channels = ['channel-missing', 'channel-missing']
const codesOf = (given: FolderTexts, options: LintOptions = {}): string[] => lintFolder(given, options).findings.map(({ code }) => code)

describe('the folder that ships', () => {
  test('has what is true of a fresh installation, each once, as warnings', () => {
    const { findings } = lintFolder(folder, { now: Date.UTC(2026, 10, 24), surroundings: bare })
    expect(findings.map((finding) => `${finding.file} ${finding.severity} ${finding.code} ${finding.path}`)).toEqual([
      'playbook.yaml warning review-overdue metadata.next_review_due',
      'playbook.yaml warning channel-missing communication.0.channels',
      'playbook.yaml warning channel-missing communication.1.channels.0',
      'playbook.yaml warning channel-missing communication.2.channels',
      'oncall.yaml warning no-channel people',
    ])
    expect(findings.map(formatFinding)[0]).toMatch(
      /^playbook\.yaml:11:20 review-overdue warning: The review of the playbook was due on 2025-09-06\. /,
    )
  })

  test('each system of the communication plan is named once, with all whom it leaves untold', () => {
    const { findings } = lintFolder(folder, { surroundings: bare })
    expect(findings.filter(({ code }) => code === 'channel-missing').map(({ message }) => message)).toEqual([
      'No connection is there for Slack, so "Internal Stakeholders" and "Executives" are not told by it.',
      'No connection is there for Email, so "Executives" is not told by it.',
      'No connection is there for StatusPage.io, so "Customers" is not told by it.',
    ])
  })

  test('an audience that has two channels of a system is named once', () => {
    const playbook = folder.playbook.replace("'Slack #ops'", "['Slack #ops', 'Slack #help']")
    expect(lintFolder({ ...folder, playbook }).findings.map(({ message }) => message)[0]).toContain(
      'so "Internal Stakeholders" and "Executives" are',
    )
  })

  test('nothing is said of mail and secrets where the environment is not known', () => {
    expect(codesOf(folder, { now: IN_TIME })).toEqual(channels)
    expect(codesOf(folder, { now: IN_TIME, surroundings: { ...bare, hasMail: true } })).toEqual(channels)
  })

  test('has no finding once what they ask for is done', () => {
    const connections = stringify({
      connections: ['slack', 'statuspage', 'email'].map((name) => ({ name, kind: 'webhook', url: 'https://x.example', secret_env: 'S' })),
    })
    const people = 'people: [{ name: Ada, email: ada@example.com, channels: [email] }]'
    const surroundings = { hasMail: true, hasSecret: () => true }
    const done = { ...folder, onCall: folder.onCall.replace('people: []', people), connections }
    expect(codesOf(done, { now: IN_TIME, surroundings })).toEqual([])
  })

  test('is not overdue on the day itself', () => {
    expect(codesOf(folder, { now: Date.UTC(2025, 8, 6, 23) })).not.toContain('review-overdue')
    expect(codesOf(folder, { now: Date.UTC(2025, 8, 7) })).toContain('review-overdue')
  })

  test('the review is announced two weeks before', () => {
    expect(codesOf(folder, { now: Date.UTC(2025, 7, 22, 23) })).not.toContain('review-due-soon')
    expect(codesOf(folder, { now: Date.UTC(2025, 7, 23) })).toContain('review-due-soon')
  })

  test('has a schedule for each duty role, held by the owner', () => {
    expect(lintFolder(folder).onCall.onCall?.schedules.map(({ role, layers }) => [role, layers])).toEqual(
      ['DevSecOps', 'CTO', 'Security Officer', 'Product'].map((role) => [role, [{ members: ['owner'], rotation: null }]]),
    )
  })

  test('its commented examples are right: uncommented, they are read', () => {
    const uncomment = (text: string): string => text.replace(/^(people|connections): \[\]$/m, '$1:').replace(/^#(?=  )/gm, '')
    const rotation = uncomment(folder.onCall).replace('    on_call: owner\n', '')
    const connections = uncomment(folder.connections)
    const { findings, onCall } = lintFolder({ ...folder, onCall: rotation, connections })
    expect(findings.map(({ code }) => code)).toEqual(channels)
    expect(onCall.onCall?.people.map((person) => person.channels)).toEqual([
      ['email', 'webhook:ops-pager'],
      ['email', 'webhook:ops-pager'],
    ])
    expect(onCall.onCall?.schedules[0]?.layers[0]).toMatchObject({
      members: ['ada@example.com', 'ben@example.com'],
      rotation: { turn: { kind: 'cycle', wallMs: [7 * DAY_MS] } },
    })
  })

  test('playbook.yaml alone makes a valid folder', () => {
    const { findings, playbook } = lintFolder({ ...folder, onCall: null, connections: null })
    expect(playbook?.playbook).not.toBeNull()
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  test('without a playbook.yaml there is none', () => {
    expect(lintFolder({ ...folder, playbook: null }).findings).toContainEqual(
      expect.objectContaining({ file: 'playbook.yaml', code: 'file-missing', severity: 'error' }),
    )
  })
})

describe('who is on call in the coming weeks', () => {
  const NOW = Date.UTC(2026, 10, 24, 12)
  const gapOf = (layers: readonly object[], options: LintOptions = {}) => {
    const onCall = stringify({ people: [ann], schedules: [{ role: 'CTO', zone: 'Europe/Berlin', layers }] })
    return lintFolder({ ...folder, onCall }, { now: NOW, ...options }).findings.find(({ code }) => code === 'staffing-gap')
  }
  const layerAt = (start: string, until?: string): object => ({ ...layer, start, ...(until === undefined ? {} : { until }) })

  test('a rotation without an end leaves no gap, whoever takes turns', () => expect(gapOf([layerAt('2026-01-05')])).toBeUndefined())

  test('the first gap is told in the local time of the schedule, with all hours that nobody holds', () => {
    const found = gapOf([layerAt('2026-01-05', '2026-12-07'), layerAt('2026-12-14')])
    expect(found).toMatchObject({ file: 'oncall.yaml', severity: 'warning', path: 'schedules.0' })
    expect(found?.message).toBe(
      'Nobody holds "CTO" from Mon 2026-12-07 09:00 to Mon 2026-12-14 09:00 (Europe/Berlin): 168 h of the next 90 days, in which the owners stand in.',
    )
  })

  test('gaps are counted together, and one that does not end is told so', () => {
    expect(gapOf([layerAt('2026-12-01', '2026-12-02')], { days: 14 })?.message).toBe(
      'Nobody holds "CTO" from Tue 2026-11-24 13:00 to Tue 2026-12-01 09:00 (Europe/Berlin), the first of 2 gaps: 312 h of the next 14 days, in which the owners stand in.',
    )
    expect(gapOf([layerAt('2026-01-05', '2026-12-01')], { days: 14 })?.message).toContain('from Tue 2026-12-01 09:00 on (Europe/Berlin): ')
  })

  test('layers that follow each other, and one that begins at this moment, leave none', () => {
    expect(gapOf([layerAt('2026-01-05', '2026-12-07'), layerAt('2026-12-07')])).toBeUndefined()
    expect(gapOf([layerAt('2026-11-24')], { now: Date.UTC(2026, 10, 24, 8) })).toBeUndefined()
  })

  test('whose gap it is is told, where a team has the schedule', () => {
    const schedules = [{ role: 'CTO', team: 'Payments', layers: [layerAt('2027-01-04')] }]
    const { findings } = lintFolder({ ...folder, onCall: stringify({ people: [ann], schedules }) }, { now: NOW })
    expect(findings.find(({ code }) => code === 'staffing-gap')?.message).toContain('Nobody holds "CTO" of Payments from')
  })

  test('a gap beyond the days that are looked at is none', () => {
    expect(gapOf([layerAt('2026-01-05', '2026-12-25')], { days: 30 })).toBeUndefined()
    expect(gapOf([layerAt('2026-01-05', '2026-12-25')], { days: 31 })).toBeDefined()
  })
})

describe('oncall.yaml is read', () => {
  test('people, a rotation, and roles in short', () => {
    const { onCall, findings } = parseOnCall(
      stringify({
        people: [ann],
        schedules: [{ role: 'Ops', zone: 'europe/berlin', layers: [{ ...layer, handoff: '08:30', until: '2026-06-01' }] }],
        roles: { CTO: 'owner', 'Security\u00a0Officer': ['ann@example.com', 'owner'] },
      }),
    )
    expect(findings).toEqual([])
    expect(onCall?.people).toEqual([{ name: 'Ann', email: 'ann@example.com', zone: 'Europe/Berlin', channels: ['email', 'webhook:ops'] }])
    const half = Date.UTC(1970, 0, 1, 8, 30)
    expect(onCall?.schedules).toEqual([
      {
        id: 'ops',
        name: 'Ops',
        role: 'Ops',
        team: null,
        zone: 'Europe/Berlin',
        layers: [
          {
            members: ['ann@example.com', 'owner'],
            rotation: {
              startWallMs: Date.UTC(2026, 0, 5) + half,
              untilWallMs: Date.UTC(2026, 5, 1) + half,
              turn: { kind: 'cycle', wallMs: [7 * DAY_MS] },
            },
          },
        ],
      },
      { id: 'cto', name: 'CTO', role: 'CTO', team: null, zone: 'UTC', layers: [{ members: ['owner'], rotation: null }] },
      {
        id: 'security-officer',
        name: 'Security Officer',
        role: 'Security Officer',
        team: null,
        zone: 'UTC',
        layers: [{ members: ['ann@example.com', 'owner'], rotation: null }],
      },
    ])
  })

  test('the schedules of teams beside that of the organisation', () => {
    const ops = { role: 'Ops', on_call: 'owner' }
    const { onCall, findings } = parseOnCall(
      stringify({ schedules: [ops, { ...ops, team: 'Payments' }, { ...ops, team: 'Apps', name: 'Night' }] }),
    )
    expect(findings).toEqual([])
    expect(onCall?.schedules.map(({ id, name, role, team }) => [id, name, role, team])).toEqual([
      ['ops', 'Ops', 'Ops', null],
      ['payments-ops', 'Payments Ops', 'Ops', 'Payments'],
      ['night', 'Night', 'Ops', 'Apps'],
    ])
  })

  test('a file of comments says nothing', () => {
    expect(parseOnCall('# later\n')).toMatchObject({ onCall: { people: [], schedules: [] }, findings: [] })
  })

  const readLayer = (over: object) =>
    parseOnCall(stringify({ people: [ann], schedules: [{ role: 'Ops', layers: [{ ...layer, ...over }] }] })).onCall?.schedules[0]?.layers[0]

  test.each([
    ['1 day', [DAY_MS]],
    ['12 hours', [12 * HOUR_MS]],
    ['2-weeks', [14 * DAY_MS]],
    ['weekly', [7 * DAY_MS]],
    [
      ['5 days', '2 days'],
      [5 * DAY_MS, 2 * DAY_MS],
    ],
    // The layer starts on a Monday.
    [
      ['Mon', 'fri'],
      [4 * DAY_MS, 3 * DAY_MS],
    ],
  ])('a turn of %s', (turn, wallMs) => expect(readLayer({ turn })?.rotation?.turn).toEqual({ kind: 'cycle', wallMs }))

  test.each([
    ['monthly', 1],
    ['3 months', 3],
  ])('a turn of %s', (turn, months) => expect(readLayer({ turn })?.rotation?.turn).toEqual({ kind: 'months', months }))

  test('without a turn all members hold together, always or from the start on', () => {
    expect(readLayer({ turn: undefined })?.rotation).toMatchObject({ turn: { kind: 'together' } })
    expect(readLayer({ turn: undefined, start: undefined })?.rotation).toBeNull()
  })

  test('a start may bring its own time', () => {
    expect(readLayer({ start: '2026-01-05 07:30', until: '2026-02-01T18:00' })?.rotation).toMatchObject({
      startWallMs: Date.UTC(2026, 0, 5, 7, 30),
      untilWallMs: Date.UTC(2026, 1, 1, 18),
    })
  })

  test.each([
    ['hours of days', { days: 'weekdays', from: '09:00', to: '17:00' }, [0, 1, 2, 3, 4].map((day) => [day * 24 + 9, day * 24 + 17])],
    ['a night, which ends on the next day', { days: ['sun'], from: '22:00', to: '06:00' }, [[6 * 24 + 22, 7 * 24 + 6]]],
    ['whole days', { days: 'sat' }, [[5 * 24, 6 * 24]]],
    ['from a day to a day', { from: 'Fri 17:00', to: 'Mon 09:00' }, [[4 * 24 + 17, 7 * 24 + 9]]],
    ['until midnight', { days: ['tue'], from: '20:00', to: '24:00' }, [[24 + 20, 48]]],
  ])('restrictions: %s', (_, window, hours) => {
    expect(readLayer({ only: [window] })?.only).toEqual(
      hours.map(([from = 0, to = 0]) => ({ startMs: from * HOUR_MS, endMs: to * HOUR_MS })),
    )
  })

  test("restrictions can be read on each member's own clock, which the people of the file have", () => {
    const only = [{ days: 'weekdays', from: '09:00', to: '17:00' }]
    expect(readLayer({ only, clock: 'person', zone: 'Asia/Tokyo' })).toMatchObject({
      zone: 'Asia/Tokyo',
      memberZones: ['Europe/Berlin', 'Asia/Tokyo'],
    })
    expect(readLayer({ only })).not.toHaveProperty('memberZones')
  })

  test('days on which a schedule is replaced are days of its wall clock', () => {
    const replace = [{ from: '2026-12-24 18:00', until: '2026-12-27', reason: 'Christmas', on_call: 'owner' }]
    const { onCall } = parseOnCall(stringify({ people: [ann], schedules: [{ role: 'Ops', on_call: 'ann@example.com', replace }] }))
    expect(onCall?.schedules[0]?.replacements).toEqual([
      {
        fromWallMs: Date.UTC(2026, 11, 24, 18),
        untilWallMs: Date.UTC(2026, 11, 27),
        layers: [{ members: ['owner'], rotation: null }],
        reason: 'Christmas',
      },
    ])
  })
})

describe('what is wrong with oncall.yaml is found at its place', () => {
  const withLayer = (over: object): object => ({ people: [ann], schedules: [{ role: 'Ops', layers: [{ ...layer, ...over }] }] })
  const withSchedule = (over: object): object => ({ people: [ann], schedules: [{ role: 'Ops', on_call: 'owner', ...over }] })
  test.each([
    ['bad-email', { people: [{ ...ann, email: 'ann' }] }, 'people.0.email', 'error'],
    ['duplicate-person', { people: [ann, { ...ann, email: 'ANN@example.com' }] }, 'people.1.email', 'error'],
    ['unknown-zone', { people: [{ ...ann, zone: 'Europe/Berln' }] }, 'people.0.zone', 'error'],
    ['unknown-zone', { people: [{ ...ann, zone: '+02:00' }] }, 'people.0.zone', 'error'],
    ['unknown-channel', { people: [{ ...ann, channels: ['fax'] }] }, 'people.0.channels.0', 'error'],
    ['no-channel', { people: [{ ...ann, channels: [] }] }, 'people.0', 'warning'],
    ['unclear-time', withLayer({ turn: '1 year' }), 'schedules.0.layers.0.turn', 'error'],
    ['unclear-time', withLayer({ turn: '0 days' }), 'schedules.0.layers.0.turn', 'error'],
    ['unclear-time', withLayer({ handoff: '24:00' }), 'schedules.0.layers.0.handoff', 'error'],
    ['unclear-time', withLayer({ start: '2026-02-30' }), 'schedules.0.layers.0.start', 'error'],
    ['layer-ends-first', withLayer({ until: '2026-01-05' }), 'schedules.0.layers.0.until', 'error'],
    ['empty', withLayer({ members: [] }), 'schedules.0.layers.0.members', 'error'],
    ['unknown-person', withLayer({ members: ['Ann'] }), 'schedules.0.layers.0.members.0', 'error'],
    ['unknown-person', withLayer({ members: ['anm@example.com'] }), 'schedules.0.layers.0.members.0', 'warning'],
    ['schedule-members', withSchedule({ on_call: undefined }), 'schedules.0', 'error'],
    ['schedule-members', withSchedule({ layers: [layer] }), 'schedules.0', 'error'],
    ['duplicate-schedule', { ...withSchedule({}), roles: { OPS: 'owner' } }, 'roles.OPS', 'error'],
    [
      'duplicate-schedule',
      { ...withSchedule({ team: 'A' }), schedules: ['A', 'a'].map((team) => ({ role: 'Ops', on_call: 'owner', team })) },
      'schedules.1',
      'error',
    ],
    ['unknown-key', withSchedule({ rotaton: 1 }), 'schedules.0.rotaton', 'error'],
  ])('%s', (code, file, path, severity) => {
    const { findings, onCall } = parseOnCall(stringify(file))
    expect(findings).toContainEqual(expect.objectContaining({ code, path, severity }))
    expect(onCall === null).toBe(severity === 'error')
  })
})

describe('connections.yaml', () => {
  const hook = { name: 'ops', kind: 'webhook', url: 'https://hooks.example.com/x', secret_env: 'OPS_SECRET' }

  test('names a connection and where its secret is', () => {
    expect(
      parseConnections(
        stringify({ connections: [hook, { ...hook, name: 'two', secret_env: undefined, secret_file: '/run/secrets/two' }] }),
      ),
    ).toMatchObject({
      findings: [],
      connections: [
        { name: 'ops', url: hook.url, secret: { kind: 'environment', name: 'OPS_SECRET' } },
        { name: 'two', secret: { kind: 'file', name: '/run/secrets/two' } },
      ],
    })
  })

  test.each([
    ['bad-url', { url: 'ftp://x' }, 'connections.0.url', 'error'],
    ['secret-in-file', { url: 'https://user:pass@x.example' }, 'connections.0.url', 'error'],
    ['secret-in-file', { secret_env: 'whsec_c2VjcmV0+/=' }, 'connections.0.secret_env', 'error'],
    ['two-secrets', { secret_file: '/x' }, 'connections.0.secret_file', 'error'],
    ['connection-unsigned', { secret_env: undefined }, 'connections.0.name', 'warning'],
    ['unknown-key', { secret: 'x' }, 'connections.0.secret', 'error'],
  ])('%s', (code, over, path, severity) => {
    const { findings } = parseConnections(stringify({ connections: [{ ...hook, ...over }] }))
    expect(findings).toContainEqual(expect.objectContaining({ code, path, severity }))
  })

  test('what may be a secret is not repeated in a finding', () => {
    const text = stringify({ connections: [{ ...hook, url: 'https://u:hunter2@x', secret_env: 'hunter2 and more' }] })
    expect(JSON.stringify(parseConnections(text).findings)).not.toContain('hunter2')
  })

  test('two of one name are one too many', () => {
    expect(parseConnections(stringify({ connections: [hook, hook] })).findings).toContainEqual(
      expect.objectContaining({ code: 'duplicate-id' }),
    )
  })
})

describe('between the files', () => {
  const between = (over: object) => lintFolder({ ...folder, ...over }).findings.filter(({ code }) => code !== 'channel-missing')

  test('a role without a schedule is named with the schedule that may be meant, and the other way round', () => {
    expect(between({ onCall: folder.onCall.replace('role: CTO', 'role: CT0') })).toEqual([
      expect.objectContaining({ file: 'oncall.yaml', code: 'role-unstaffed', fix: expect.stringContaining('CT0') }),
      expect.objectContaining({ file: 'oncall.yaml', code: 'schedule-unused', fix: 'Did you mean CTO?' }),
    ])
  })

  test('a schedule of a team that the playbook has not, and a role that only a team staffs', () => {
    const playbook = `${folder.playbook}\nteams: [{ name: Payments }]\n`
    const onCall = `${folder.onCall}\n  - { role: CTO, team: Payment, on_call: owner }\n`.replace(
      'role: Product',
      'role: Product\n    team: Payments',
    )
    expect(lintFolder({ ...folder, playbook, onCall }).findings.filter((finding) => finding.file === 'oncall.yaml')).toEqual([
      expect.objectContaining({ code: 'role-unstaffed', message: expect.stringContaining('"Product"') }),
      expect.objectContaining({ code: 'unknown-team', fix: 'Did you mean Payments?' }),
    ])
  })

  test('a channel by a connection that is not there', () => {
    const onCall = stringify({
      people: [ann],
      roles: Object.fromEntries(['DevSecOps', 'CTO', 'Security Officer', 'Product'].map((role) => [role, 'owner'])),
    })
    expect(between({ onCall })).toEqual([expect.objectContaining({ code: 'unknown-connection', path: 'people.0.channels.1' })])
  })
})

test('both files have a JSON Schema for editors', () => {
  for (const schema of [onCallJsonSchema(), connectionsJsonSchema()])
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false })
})
