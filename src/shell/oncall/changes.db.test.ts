/** Overrides, swaps, covers and absences through the API, over a real folder: the next page goes to whoever stands in. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ical from 'node-ical'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiScene, aud, openApiScene, testParts } from '../../../test/support/api.ts'
import { openTestDatabase } from '../../../test/support/database.ts'
import { fakeChannels } from '../../../test/support/outbox-scene.ts'
import { ann, bob, own } from '../../../test/support/playbook.ts'
import { DAY_MS, HOUR_MS } from '../../core/time.ts'
import { freshId } from '../fresh-id.ts'
import { redactUrl } from '../http/redact.ts'
import { openPlaybooks, type PlaybookService } from '../playbook/playbooks.ts'
import { tellOncall } from './notices.ts'
import { openRosters } from './rosters.ts'

const PLAYBOOK = `
metadata: { id: IRP-1, maintainer: { email: m@example.com }, last_review: '2026-01-01', next_review_due: '2026-04-01' }
severities: [{ id: SEV-1, definition: Down, response_time: 5 min, roles_paged: [Ops] }]
default_severity: SEV-1
incident_types: [{ title: Spike, severity: SEV-1, detection: [{ alarm: Spike }] }]
roles: [{ title: Incident Commander, responsibility: Decides, held_by: Ops }]
`
const ONCALL = `
schedules:
  - { role: Ops, name: Operations, on_call: ann@example.com }
  - role: Night
    layers:
      - { members: [ann@example.com, bob@example.com], turn: 1 day, start: '2020-01-01', handoff: '00:00' }
      - { members: aud@example.com, shadow: true }
  - { role: Ghost, on_call: nobody@example.com }
`

let scene: ApiScene
let folder: string
let playbooks: PlaybookService

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-changes-'))
  writeFileSync(join(folder, 'playbook.yaml'), PLAYBOOK)
  writeFileSync(join(folder, 'oncall.yaml'), ONCALL)
  const base = await openTestDatabase()
  playbooks = await openPlaybooks(base.database, folder, pino({ level: 'silent' }), { pollMs: 3_600_000 })
  // Real time stands still for the cache of people: only being told makes it look again.
  const rosters = openRosters({ folder: playbooks, mail: true, connections: () => [], freshId, monotonicMs: () => 0 })
  const oncall = { onCallItems: rosters.onCallItems, onCall: playbooks.onCall, forget: rosters.forget }
  const playbook = { ...testParts().playbook, rosterReader: rosters.reader }
  scene = await openApiScene({ playbook: playbooks.current(), opened: base, ports: { playbooks, rosters }, parts: { oncall, playbook } })
  rosters.forget()
})
afterAll(async () => {
  playbooks.stop()
  await scene.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  for (const { id } of (await scene.ask(own, 'GET', '/overrides')).body.items) await scene.ask(own, 'DELETE', `/overrides/${id}`)
  for (const { id } of (await scene.ask(own, 'GET', '/absences')).body.items) await scene.ask(own, 'DELETE', `/absences/${id}`)
})

const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString()
/** A day of UTC so many days ahead: the turn of one person on "Night". */
const day = (ahead: number): { from: string; until: string; holder: string } => {
  const start = (Math.floor(Date.now() / DAY_MS) + ahead) * DAY_MS
  const turn = (start - Date.UTC(2020, 0, 1)) / DAY_MS
  return { from: new Date(start).toISOString(), until: new Date(start + DAY_MS).toISOString(), holder: turn % 2 === 0 ? 'Ann' : 'Bob' }
}
const holderOf = async (role: string, at?: string): Promise<string | null> => {
  const { items } = (await scene.ask(own, 'GET', `/oncall${at === undefined ? '' : `?at=${at}`}`)).body
  return items.find((item: { role: string }) => item.role === role)?.person?.name ?? null
}
const paged = async (): Promise<string[]> => {
  const { id } = (await scene.ask(own, 'POST', '/incidents', { title: 'x', severity: 'SEV-1', type: 'spike' })).body
  const { items } = (await scene.ask(own, 'GET', `/incidents/${id}/pages`)).body
  return items.map((page: { person: { name: string } }) => page.person.name)
}

describe('an override', () => {
  test('made a second ago receives the page, and once ended the schedule is as before', async () => {
    expect(await paged()).toEqual(['Ann'])
    const made = await scene.ask(own, 'POST', '/overrides', {
      schedule: 'operations',
      person: 'bob@example.com',
      until: inHours(2),
      reason: 'r',
    })
    expect(made).toMatchObject({ status: 201, body: { state: 'active', role: 'Ops', person: { name: 'Bob' }, instead_of: null } })
    expect(await paged()).toEqual(['Bob'])
    expect((await scene.ask(own, 'GET', '/oncall')).body.items[0]).toMatchObject({
      stand_in: true,
      until: made.body.until,
      next: { name: 'Ann' },
    })
    const ended = await scene.ask(own, 'DELETE', `/overrides/${made.body.id}`)
    expect(ended.body).toMatchObject({ state: 'over', ended_by: { name: 'Owner' } })
    expect(await paged()).toEqual(['Ann'])
  })

  test('needs an end, and a time that is not over', async () => {
    expect(await scene.ask(own, 'POST', '/overrides', { schedule: 'operations' })).toMatchObject({ status: 400 })
    const asked = { schedule: 'operations', person: 'me' }
    for (const until of [inHours(-1), inHours(24 * 200)])
      expect(await scene.ask(own, 'POST', '/overrides', { ...asked, until })).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'until' }] },
      })
  })

  test('of a schedule that is none, or by somebody who is nobody, is refused', async () => {
    const until = inHours(1)
    expect((await scene.ask(ann, 'POST', '/overrides', { schedule: 'opps', until })).body).toMatchObject({ code: 'schedule-unknown' })
    expect((await scene.ask(ann, 'POST', '/overrides', { schedule: 'Ops', person: 'x@example.com', until })).body.code).toBe(
      'person-unknown',
    )
    expect((await scene.ask(aud, 'POST', '/overrides', { schedule: 'Ops', until })).status).toBe(403)
  })

  test('is kept as it was made: the app may not rewrite it', async () => {
    await scene.ask(own, 'POST', '/overrides', { schedule: 'operations', person: 'bob@example.com', until: inHours(2) })
    await expect(scene.database.database.query(`update oncall_override set ends_at = now()`)).rejects.toThrow(/permission denied/)
    await expect(scene.database.database.query(`delete from oncall_override`)).rejects.toThrow(/permission denied/)
  })
})

test('the pager is taken to the end of the shift, or for 12 hours where there is none', async () => {
  const taken = await scene.ask(bob, 'POST', '/oncall/take', { schedule: 'Ops' })
  expect(taken).toMatchObject({ status: 201, body: { kind: 'take', person: { name: 'Bob' } } })
  expect(Date.parse(taken.body.until) - Date.parse(taken.body.from)).toBe(12 * HOUR_MS)
  expect(await paged()).toEqual(['Bob'])
  expect((await scene.ask(bob, 'POST', '/oncall/take', { schedule: 'Ops' })).body.code).toBe('already-on-call')
  const today = day(0)
  const other = today.holder === 'Ann' ? bob : ann
  expect((await scene.ask(other, 'POST', '/oncall/take', { schedule: 'night' })).body.until).toBe(today.until)
})

describe('a swap', () => {
  const annsDay = (): ReturnType<typeof day> => [day(2), day(3)].find(({ holder }) => holder === 'Ann') ?? day(2)
  const bobsDay = (): ReturnType<typeof day> => [day(2), day(3)].find(({ holder }) => holder === 'Bob') ?? day(3)
  const noon = (from: string): string => new Date(Date.parse(from) + 12 * HOUR_MS).toISOString()
  const ask = (over: object = {}) => {
    const [mine, theirs] = [annsDay(), bobsDay()]
    const inReturn = { from: theirs.from, until: theirs.until }
    return scene.ask(ann, 'POST', '/swaps', {
      schedule: 'night',
      from: mine.from,
      until: mine.until,
      of: ['bob@example.com'],
      in_return: inReturn,
      ...over,
    })
  }

  test('that is accepted lets both shifts change hands, and others’ stay', async () => {
    const asked = await ask({ note: 'dentist' })
    expect(asked).toMatchObject({ status: 201, body: { kind: 'swap', state: 'open', may: ['withdraw'], expires_at: expect.any(String) } })
    expect(await holderOf('Night', noon(annsDay().from))).toBe('Ann')
    expect((await scene.ask(bob, 'GET', '/swaps')).body.items[0].may).toEqual(['accept', 'decline'])
    const accepted = await scene.ask(bob, 'POST', `/swaps/${asked.body.id}/accept`)
    expect(accepted).toMatchObject({ status: 200, body: { state: 'accepted', accepted_by: { name: 'Bob' } } })
    expect(await holderOf('Night', noon(annsDay().from))).toBe('Bob')
    expect(await holderOf('Night', noon(bobsDay().from))).toBe('Ann')
    expect((await scene.ask(bob, 'POST', `/swaps/${asked.body.id}/decline`)).body.code).toBe('oncall-change-over')
  })

  test('that is declined or taken back changes nothing', async () => {
    const declined = await ask()
    expect((await scene.ask(bob, 'POST', `/swaps/${declined.body.id}/decline`)).body.state).toBe('declined')
    expect((await scene.ask(bob, 'POST', `/swaps/${declined.body.id}/accept`)).status).toBe(409)
    const back = await ask()
    expect((await scene.ask(bob, 'POST', `/swaps/${back.body.id}/withdraw`)).status).toBe(403)
    expect((await scene.ask(ann, 'POST', `/swaps/${back.body.id}/withdraw`)).body.state).toBe('withdrawn')
    expect(await holderOf('Night', noon(annsDay().from))).toBe('Ann')
  })

  test('of a shift that somebody does not hold is refused, and so is an answer of somebody who was not asked', async () => {
    const theirs = bobsDay()
    expect((await ask({ from: theirs.from, until: theirs.until })).body.code).toBe('not-on-call')
    expect((await ask({ in_return: { from: annsDay().from, until: annsDay().until } })).body.code).toBe('not-on-call')
    const asked = await ask()
    expect((await scene.ask(own, 'POST', `/swaps/${asked.body.id}/accept`)).status).toBe(403)
    // Who manages people answers for somebody who cannot.
    expect((await scene.ask(own, 'POST', `/swaps/${asked.body.id}/accept`, { person: 'bob@example.com' })).body.state).toBe('accepted')
  })

  test('that nobody answers in time is over', async () => {
    const asked = await ask({ expires_at: new Date(Date.now() + 1_200).toISOString() })
    await new Promise((done) => setTimeout(done, 1_500))
    const { items } = (await scene.ask(bob, 'GET', '/swaps')).body
    expect(items.find(({ id }: { id: string }) => id === asked.body.id)).toMatchObject({ state: 'expired', may: [] })
    expect((await scene.ask(bob, 'POST', `/swaps/${asked.body.id}/accept`)).body).toMatchObject({
      code: 'oncall-change-over',
      detail: 'The time to answer is over.',
    })
  })

  test('two who accept a cover at once: one has it, the other is told', async () => {
    const mine = annsDay()
    const asked = await scene.ask(ann, 'POST', '/swaps', { schedule: 'night', from: mine.from, until: mine.until })
    expect(asked.body).toMatchObject({ kind: 'cover', of: [] })
    const answered = await Promise.all([bob, own].map((who) => scene.ask(who, 'POST', `/swaps/${asked.body.id}/accept`)))
    expect(new Set(answered.map(({ status }) => status))).toEqual(new Set([200, 409]))
    const winner = answered.find(({ status }) => status === 200)
    expect(await holderOf('Night', noon(mine.from))).toBe(winner?.body.accepted_by.name)
  })
})

describe('an absence', () => {
  test('names what it leaves open, asks others, and pages the owners meanwhile', async () => {
    const made = await scene.ask(ann, 'POST', '/absences', { until: inHours(3), reason: 'ill' })
    expect(made).toMatchObject({ status: 201, body: { person: { name: 'Ann' } } })
    expect(made.body.gaps.map(({ role }: { role: string }) => role)).toContain('Ops')
    expect(await paged()).toEqual(['Owner'])
    const request = made.body.requests.find(({ shift }: { shift: { role: string } }) => shift.role === 'Ops')
    expect(request).toMatchObject({ kind: 'cover', state: 'open', note: 'Ann is away and nobody stands in.' })
    await scene.ask(bob, 'POST', `/swaps/${request.id}/accept`)
    expect(await paged()).toEqual(['Bob'])
    expect((await scene.ask(own, 'GET', '/absences')).body.items[0].gaps.map(({ role }: { role: string }) => role)).not.toContain('Ops')
  })

  test('ends when they are back', async () => {
    const made = await scene.ask(ann, 'POST', '/absences', { until: inHours(3), ask_for_cover: false })
    expect(made.body.requests).toEqual([])
    expect(await holderOf('Ops')).toBeNull()
    await scene.ask(ann, 'DELETE', `/absences/${made.body.id}`)
    expect(await paged()).toEqual(['Ann'])
  })

  test('of who stands in makes the override void, and it says so', async () => {
    const made = await scene.ask(own, 'POST', '/overrides', { schedule: 'Ops', person: 'bob@example.com', until: inHours(2) })
    await scene.ask(bob, 'POST', '/absences', { until: inHours(1), ask_for_cover: false })
    expect(await paged()).toEqual(['Ann'])
    const { items } = (await scene.ask(own, 'GET', '/overrides')).body
    expect(items.find(({ id }: { id: string }) => id === made.body.id).warnings[0]).toContain('Bob is away')
  })
})

test('the calendar shows who is paged, layers, shadows, overrides, gaps, and who does not exist', async () => {
  const [from, until] = [day(20).from, day(23).from]
  await scene.ask(own, 'POST', '/overrides', { schedule: 'night', person: 'me', from: day(21).from, until: day(22).from })
  const { status, body } = await scene.ask(aud, 'GET', `/oncall/calendar?from=${from}&until=${until}&layers=true`)
  expect(status).toBe(200)
  const night = body.items.find(({ schedule }: { schedule: { id: string } }) => schedule.id === 'night')
  expect(night.final.map(({ people, cause }: { people: { name: string }[]; cause: string }) => `${people[0]?.name} ${cause}`)).toEqual([
    `${day(20).holder} layer`,
    'Owner override',
    `${day(22).holder} layer`,
  ])
  expect(night.layers.map(({ shadow, shifts }: { shadow: boolean; shifts: unknown[] }) => [shadow, shifts.length])).toEqual([
    [false, 3],
    [true, 1],
  ])
  const ghost = body.items.find(({ schedule }: { schedule: { id: string } }) => schedule.id === 'ghost')
  expect(ghost).toMatchObject({ gaps: [{ from, until }], final: [{ people: [], cause: 'nobody', away: [{ name: 'nobody@example.com' }] }] })
  expect((await scene.ask(aud, 'GET', '/oncall')).body.items.find(({ role }: { role: string }) => role === 'Night').shadows).toMatchObject([
    { name: 'Aud' },
  ])
  expect((await scene.ask(aud, 'GET', `/oncall/calendar?from=${from}&until=2100-01-01T00:00:00Z`)).status).toBe(400)
})

test('a person who is disabled holds nothing at once: gaps are named, others are asked, and a stand-in of theirs is void', async () => {
  await scene.ask(own, 'POST', '/overrides', { schedule: 'Ops', person: 'bob@example.com', until: inHours(2) })
  expect(await paged()).toEqual(['Bob'])
  expect((await scene.ask(own, 'PATCH', `/people/${bob}`, { disabled: true })).status).toBe(200)
  expect(await paged()).toEqual(['Ann'])
  const { items } = (await scene.ask(own, 'GET', '/swaps')).body
  const asked = items.filter(({ note }: { note: string }) => note === 'Bob has left and nobody stands in.')
  // Every other day of the next four weeks.
  expect(asked.length).toBeGreaterThanOrEqual(13)
  expect(new Set(asked.map(({ shift }: { shift: { role: string } }) => shift.role))).toEqual(new Set(['Night']))
  const [last] = asked
  expect(await holderOf('Night', last.shift.from)).toBeNull()
  await scene.ask(ann, 'POST', `/swaps/${last.id}/accept`)
  expect(await holderOf('Night', last.shift.from)).toBe('Ann')
  await scene.database.database.query(`update person set disabled_at = null where id = $1`, [bob])
  for (const { id, state } of asked) if (state === 'open') await scene.ask(own, 'POST', `/swaps/${id}/withdraw`)
})

describe('a calendar to subscribe to', () => {
  const fetchIcal = (url: string) => scene.inject({ url: new URL(url).pathname })
  const eventsOf = (text: string) =>
    Object.values(ical.sync.parseICS(text)).flatMap((event) => (event?.type === 'VEVENT' ? [{ ...event, summary: event.summary }] : []))

  test('of one schedule has the shifts of the API’s calendar, also those that somebody stands in for', async () => {
    await scene.ask(own, 'POST', '/overrides', { schedule: 'night', person: 'me', from: day(5).from, until: day(6).from })
    const made = await scene.ask(ann, 'POST', '/calendar_feeds', { schedule: 'night' })
    expect(made.body.url).toMatch(/\/ical\/[\w-]{43}\.ics$/)
    const answer = await fetchIcal(made.body.url)
    expect(answer.headers['content-type']).toBe('text/calendar; charset=utf-8')
    const { body } = await scene.ask(ann, 'GET', `/oncall/calendar?from=${day(3).from}&until=${day(8).from}&schedule=night`)
    const wanted = body.items[0].final.map((shift: { from: string; until: string; people: { name: string }[] }) => [
      shift.from,
      shift.until,
      `Night: ${shift.people[0]?.name ?? 'NOBODY on call'}`,
    ])
    const found = eventsOf(answer.body).map(({ start, end, summary }) => [start.toISOString(), end?.toISOString(), summary])
    expect(found.filter(([from = '', until = '']) => until > day(3).from && from < day(8).from)).toEqual(wanted)
    expect(wanted.map(([, , summary]: string[]) => summary)).toContain('Night: Owner')
  })

  test('of a person has what they hold', async () => {
    const made = await scene.ask(ann, 'POST', '/calendar_feeds', {})
    const summaries = new Set(eventsOf((await fetchIcal(made.body.url)).body).map(({ summary }) => summary))
    expect(summaries).toEqual(new Set(['On call: Ops', 'On call: Night']))
  })

  test('is revoked by its maker only, ends with their account, and its secret is not kept', async () => {
    const { body: made } = await scene.ask(bob, 'POST', '/calendar_feeds', {})
    const token = /[\w-]{43}/.exec(made.url)?.[0] ?? ''
    const { rows } = await scene.database.database.query<{ row: string }>('select calendar_feed::text as row from calendar_feed')
    expect(rows.map(({ row }) => row).join()).not.toContain(token)
    expect((await scene.ask(ann, 'GET', '/calendar_feeds')).body.items.map(({ id }: { id: string }) => id)).not.toContain(made.id)
    expect((await scene.ask(ann, 'DELETE', `/calendar_feeds/${made.id}`)).status).toBe(404)
    await scene.database.database.query(`update person set disabled_at = now() where id = $1`, [bob])
    expect((await fetchIcal(made.url)).statusCode).toBe(404)
    await scene.database.database.query(`update person set disabled_at = null where id = $1`, [bob])
    expect((await fetchIcal(made.url)).statusCode).toBe(200)
    expect((await scene.ask(bob, 'DELETE', `/calendar_feeds/${made.id}`)).body.revoked_at).not.toBeNull()
    expect((await fetchIcal(made.url)).statusCode).toBe(404)
    expect((await fetchIcal('http://x/ical/nothing.ics')).statusCode).toBe(404)
    expect(redactUrl(`/ical/${token}.ics`)).toBe('/ical/:token')
  })
})

test('each act stands in the audit log without names', async () => {
  const { items } = (await scene.ask(aud, 'GET', '/audit?limit=200')).body
  const acts = new Set(items.map(({ leaf }: { leaf: { act: string } }) => leaf.act))
  for (const act of [
    'override.created',
    'override.ended',
    'swap.asked',
    'swap.accepted',
    'cover.accepted',
    'absence.created',
    'absence.ended',
  ])
    expect(acts).toContain(act)
})

describe('what people are told by mail, each once', () => {
  const told = async (): Promise<string[]> => {
    const channels = fakeChannels()
    await tellOncall({ ports: scene.ports, channels, onCall: playbooks.onCall })
    expect(channels.calls.every(({ message }) => message.purpose === 'notice')).toBe(true)
    return channels.calls.map(({ to, message }) => `${to}: ${message.incident.title.replace(/ from .+?\)/, '')}`).sort()
  }
  beforeEach(async () => {
    // All that the tests before have left to tell.
    for (let count = 0; count < 10 && (await told()).length > 0; count += 1);
  })

  test('who stands in by another’s hand, and who is relieved', async () => {
    await scene.ask(own, 'POST', '/overrides', { schedule: 'Ops', person: 'bob@example.com', until: inHours(2), reason: 'lunch' })
    expect(await told()).toEqual(['ann@example.com: Bob holds Ops instead of you', 'bob@example.com: You hold Ops'])
    expect(await told()).toEqual([])
  })

  test('who is asked, then who asked', async () => {
    const span = { schedule: 'Ops', from: inHours(30), until: inHours(31) }
    const asked = await scene.ask(ann, 'POST', '/swaps', { ...span, of: ['bob@example.com'], note: 'dentist' })
    expect(await told()).toEqual(['bob@example.com: Ann asks you to hold Ops'])
    await scene.ask(bob, 'POST', `/swaps/${asked.body.id}/accept`)
    expect(await told()).toEqual(['ann@example.com: Bob holds Ops instead of Ann'])
    expect(await told()).toEqual([])
  })

  test('who shadows, of what the role is paged about, and of nothing private', async () => {
    writeFileSync(
      join(folder, 'oncall.yaml'),
      ONCALL.replace('role: Ops, name: Operations', 'role: Day').replace('role: Night', 'role: Ops'),
    )
    await playbooks.reload()
    const { number } = (await scene.ask(own, 'POST', '/incidents', { title: 'Broken', severity: 'SEV-1', type: 'spike' })).body
    await scene.ask(own, 'POST', '/incidents', { title: 'Hidden', severity: 'SEV-1', type: 'spike', private: true })
    const mails = await told()
    expect(mails).toContain(`aud@example.com: You shadow Ops: INC-${number} SEV-1 Broken`)
    expect(mails.join()).not.toContain('Hidden')
  })
})

test('who is in quiet hours at that instant is told, and until when', async () => {
  const people = "people: [{ name: Ann, email: ann@example.com, quiet_hours: [{ from: '22:00', to: '07:00' }] }]"
  writeFileSync(join(folder, 'oncall.yaml'), `${people}\n${ONCALL}`)
  await playbooks.reload()
  const at = async (time: string) => {
    const { body } = await scene.ask(own, 'GET', `/oncall?at=${time}`)
    return body.items.find(({ role, kind }: { role: string; kind: string }) => role === 'Ops' && kind === 'duty').quiet
  }
  expect(await at('2031-12-24T03:00:00Z')).toEqual([{ id: ann, until: '2031-12-24T07:00:00.000Z' }])
  expect(await at('2031-12-24T12:00:00Z')).toEqual([])
})
