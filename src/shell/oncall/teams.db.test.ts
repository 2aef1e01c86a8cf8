/** Two teams, each with its own DevSecOps: an incident of a service pages the holder of its team, one of none the organisation's. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiScene, openApiScene, testParts } from '../../../test/support/api.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { own } from '../../../test/support/playbook.ts'
import { openTestDatabase } from '../../../test/support/database.ts'
import { examineIncidents } from '../auditor/examination.ts'
import { freshId } from '../fresh-id.ts'
import { releaseDue } from '../silence/release.ts'
import { openPlaybooks, type PlaybookService } from '../playbook/playbooks.ts'
import { openRosters, type RosterService } from './rosters.ts'

const PLAYBOOK = `
metadata: { id: IRP-1, maintainer: { email: m@example.com }, last_review: '2026-01-01', next_review_due: '2026-04-01' }
severities:
  - { id: SEV-1, definition: Down, response_time: 5 min, roles_paged: [DevSecOps, CTO] }
  - { id: SEV-2, definition: Slow, response_time: 15 min, roles_paged: [DevSecOps] }
default_severity: SEV-2
incident_types:
  - { title: Spike, severity: SEV-1, detection: [{ alarm: Spike }] }
  - { title: Crash, severity: SEV-2, detection: [{ alarm: Crash }], team: Apps }
roles: [{ title: Incident Commander, responsibility: Decides, held_by: DevSecOps }]
teams: [{ name: Payments }, { name: Apps }]
services:
  - { name: checkout, team: Payments, labels: { app: [checkout, cart] } }
  - { name: android, team: Apps }
  - { name: intranet }
`
const ONCALL = `
people:
  - { name: Org, email: org@example.com }
  - { name: Pay, email: pay@example.com }
  - { name: App, email: app@example.com }
  - { name: Boss, email: boss@example.com }
schedules:
  - { role: DevSecOps, on_call: org@example.com }
  - { role: CTO, on_call: boss@example.com }
  - { role: DevSecOps, team: Payments, on_call: pay@example.com }
  - { role: DevSecOps, team: Apps, on_call: app@example.com }
`

let scene: ApiScene
let intake: TestIntake
let folder: string
let playbooks: PlaybookService
let rosters: RosterService

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-teams-'))
  writeFileSync(join(folder, 'playbook.yaml'), PLAYBOOK)
  writeFileSync(join(folder, 'oncall.yaml'), ONCALL)
  const base = await openTestDatabase()
  playbooks = await openPlaybooks(base.database, folder, pino({ level: 'silent' }), { pollMs: 3_600_000 })
  rosters = openRosters({ folder: playbooks, mail: true, connections: () => [], freshId, monotonicMs: () => 0 })
  await base.database.inTransaction('main', rosters.syncPeople)
  const playbook = { ...testParts().playbook, rosterReader: rosters.reader }
  const oncall = { onCallItems: rosters.onCallItems, onCall: playbooks.onCall }
  scene = await openApiScene({ playbook: playbooks.current(), opened: base, ports: { playbooks, rosters }, parts: { oncall, playbook } })
  rosters.forget()
  await seedSource(base.database)
  intake = await startTestIntake(base.database, { playbook: playbooks.current(), ports: { playbooks, rosters } })
})
afterAll(async () => {
  await intake.close()
  playbooks.stop()
  await scene.close()
  rmSync(folder, { recursive: true, force: true })
})

const fire = async (alertname: string, labels: Record<string, string>, key = KEY): Promise<void> => {
  const alert = { labels: { alertname, ...labels }, annotations: {}, startsAt: '2026-11-24T00:00:00Z', endsAt: '2030-01-01T00:00:00Z' }
  await intake.post('/alertmanager/api/v2/alerts', [alert], { authorization: `Bearer ${key}` })
  await intake.settled()
}
type Item = { id: string; number: number; service: string | null; team: string | null; type: string | null }
const incidents = async (query = ''): Promise<Item[]> => (await scene.ask(own, 'GET', `/incidents?limit=200${query}`)).body.items
const paged = async (id: string): Promise<string[]> =>
  (await scene.ask(own, 'GET', `/incidents/${id}/pages`)).body.items
    .filter((page: { state: string }) => page.state === 'paging')
    .map((page: { role: string; person: { name: string } }) => `${page.role}:${page.person.name}`)
    .sort()

describe('a signal', () => {
  test('of a service pages the holder of its team, and for roles that the team has not the organisation’s', async () => {
    await fire('Spike', { app: 'cart' })
    const [incident] = await incidents('&service=checkout')
    expect(incident).toMatchObject({ service: 'checkout', team: 'Payments', type: 'spike' })
    expect(await paged(incident?.id ?? '')).toEqual(['CTO:Boss', 'DevSecOps:Pay'])
  })

  test('of another team’s service has an incident of its own, though the type is one', async () => {
    await fire('Spike', { service: 'android' })
    await fire('Spike', { app: 'checkout' })
    const all = await incidents('&type=spike')
    expect(new Set(all.map((incident) => incident.service))).toEqual(new Set(['android', 'checkout']))
    expect(all).toHaveLength(2)
    expect(await paged(all.find((incident) => incident.service === 'android')?.id ?? '')).toEqual(['CTO:Boss', 'DevSecOps:App'])
  })

  test('of no service pages the organisation’s, and of a type that a team owns that team’s', async () => {
    await fire('Spike', { service: 'nobody-knows' })
    await fire('Crash', {})
    await fire('Crash', { service: 'intranet' })
    const [unknown] = (await incidents('&type=spike')).filter((incident) => incident.service === null)
    expect(unknown?.team).toBeNull()
    expect(await paged(unknown?.id ?? '')).toEqual(['CTO:Boss', 'DevSecOps:Org'])
    const crashes = await incidents('&type=crash')
    expect(new Set(crashes.map((incident) => `${incident.service} ${incident.team}`))).toEqual(new Set(['null Apps', 'intranet Apps']))
    expect(await paged(crashes[0]?.id ?? '')).toEqual(['DevSecOps:App'])
  })

  test('that no type knows is triaged by the team of its service', async () => {
    await fire('Odd', { app: 'cart' })
    await fire('Odd', { service: 'android' })
    await fire('Odder', { app: 'checkout' })
    const triage = (await incidents()).filter((incident) => incident.type === null)
    expect(new Set(triage.map((incident) => incident.service))).toEqual(new Set(['android', 'checkout']))
    expect(triage).toHaveLength(2)
    expect(await paged(triage.find((incident) => incident.service === 'checkout')?.id ?? '')).toEqual(['DevSecOps:Pay'])
  })
})

describe('a signal by a team’s key', () => {
  const key = 'payments-key-'.padEnd(32, 'x')
  let sourceId = ''
  /** The doors read again twice a second. */
  const knownAtDoors = () => new Promise((done) => setTimeout(done, 700))
  const setTeam = async (team: string | null) => {
    await scene.database.database.query('update source set team = $2 where id = $1', [sourceId, team])
    await knownAtDoors()
  }
  beforeAll(async () => {
    const { body } = await scene.ask(own, 'POST', '/sources', { name: 'payments scripts', team: 'Payments' })
    sourceId = body.id
    await scene.ask(own, 'POST', `/sources/${sourceId}/keys`, { key })
  })
  const newest = async () => (await scene.ask(own, 'GET', '/signals?limit=1')).body.items[0]

  test('that no service claims is that team’s: its incident, its people, its own group, and why', async () => {
    await fire('Spike', { instance: 'pay' }, key)
    const signal = await newest()
    expect(signal.outcome).toMatch(/^Opened incident \d+\. .+ It came by a key of Payments, so it is theirs\.$/)
    const mine = (await incidents('&team=Payments&type=spike')).filter((incident) => incident.service === null)
    expect(mine).toHaveLength(1)
    expect(mine[0]).toMatchObject({
      id: signal.incident_id,
      team: 'Payments',
      team_reason: 'It came by a key of Payments, so it is theirs.',
    })
    expect(await paged(signal.incident_id)).toEqual(['CTO:Boss', 'DevSecOps:Pay'])
    expect((await incidents('&team=Apps')).some((incident) => incident.id === signal.incident_id)).toBe(false)
    await fire('Odd', { instance: 'pay' }, key)
    expect(await paged((await newest()).incident_id)).toEqual(['DevSecOps:Pay'])
  })

  test('counts before the type’s team, and gives way to the service of another', async () => {
    await fire('Crash', { instance: 'pay' }, key)
    const crash = await newest()
    expect(crash.outcome).toContain('so it is theirs, though the type is of Apps.')
    expect(await paged(crash.incident_id)).toEqual(['DevSecOps:Pay'])
    await fire('Odder still', { service: 'android' }, key)
    const odd = await newest()
    expect(odd.outcome).toContain('It came by a key of Payments, and android is of Apps: the service decides whose it is.')
    expect(await paged(odd.incident_id)).toEqual(['DevSecOps:App'])
  })

  test('is explained alike: asked of before, and of what has come', async () => {
    const asked = (await scene.ask(own, 'GET', '/explain?alarm=Odd&source=payments%20scripts')).body.items[0]
    expect(asked).toMatchObject({ team: { name: 'Payments' }, team_reason: 'It came by a key of Payments, so it is theirs.' })
    expect(asked.pages[0].person.name).toBe('Pay')
    const then = (await scene.ask(own, 'GET', '/explain?alarm=Odd&source=payments%20scripts&at=2020-01-01T00:00:00Z')).body
    expect(then.assumptions).toContain('Its source is of Payments, as it is now.')
    const why = (await scene.ask(own, 'GET', `/why?signal=${(await newest()).id}`)).body
    expect(why.steps.find((step: { kind: string }) => step.kind === 'team').sentence).toContain('android is of Apps')
  })

  test('that was held first is that team’s when it is let go', async () => {
    await scene.ask(own, 'PATCH', `/sources/${sourceId}`, { observe: true })
    await knownAtDoors()
    await fire('Held back', { instance: 'pay', app: 'nobody' }, key)
    expect((await newest()).outcome).toContain('It came by a key of Payments') // it would have joined its team's triage
    const { id, incident_id: none } = (await scene.ask(own, 'GET', '/alerts?limit=1')).body.items[0]
    expect(none).toBeNull()
    await scene.ask(own, 'PATCH', `/sources/${sourceId}`, { observe: false })
    await releaseDue(intake.ports)
    const alert = (await scene.ask(own, 'GET', `/alerts/${id}`)).body
    expect((await incidents('&team=Payments')).map((incident) => incident.id)).toContain(alert.incident_id)
  })

  test('of a team that the playbook does not name is the organisation’s, and its source’s page says so', async () => {
    await setTeam('Gone')
    const { notices } = (await scene.ask(own, 'GET', `/sources/${sourceId}`)).body
    expect(notices.map((notice: { code: string }) => notice.code)).toContain('team-unknown')
    await fire('Odd', { instance: 'gone' }, key)
    const signal = await newest()
    expect(signal.outcome).toContain('a team that the playbook does not name: that decides nothing.')
    expect(await paged(signal.incident_id)).toEqual(['DevSecOps:Org'])
    await setTeam(null)
    await fire('Odd', { instance: 'none' }, key)
    expect((await newest()).outcome).not.toContain('key of')
  })
})

describe('a person', () => {
  test('declares for a service, and names one that was not known: its team is paged, the others are let go', async () => {
    const made = (await scene.ask(own, 'POST', '/incidents', { title: 'x', service: 'android' })).body
    expect(made).toMatchObject({ service: 'android', team: 'Apps' })
    expect(await paged(made.id)).toEqual(['DevSecOps:App'])
    const answer = await scene.ask(own, 'POST', `/incidents/${made.id}/service`, { service: 'checkout', reason: 'it is the payment page' })
    expect(answer.body).toMatchObject({ service: 'checkout', team: 'Payments' })
    expect(await paged(made.id)).toEqual(['DevSecOps:Pay'])
    const [latest] = (await scene.ask(own, 'GET', `/incidents/${made.id}/timeline?limit=2`)).body.items.slice(1)
    expect(latest.text).toBe('Owner said that checkout is hit: it is the payment page.')
  })

  test('is told which services there are when they name another', async () => {
    const declared = await scene.ask(own, 'POST', '/incidents', { title: 'x', service: 'chekout' })
    expect(declared.body).toMatchObject({
      status: 422,
      code: 'service-unknown',
      detail: expect.stringContaining('checkout, android, intranet'),
    })
    const { id } = (await scene.ask(own, 'POST', '/incidents', { title: 'x' })).body
    expect((await scene.ask(own, 'POST', `/incidents/${id}/service`, { service: 'chekout' })).body).toMatchObject({
      status: 422,
      code: 'service-unknown',
    })
  })
})

test('who is on call is listed for the organisation, then for each team that has its own', async () => {
  const { items } = (await scene.ask(own, 'GET', '/oncall')).body
  expect(
    items
      .filter((item: { kind: string }) => item.kind === 'duty')
      .map((item: { role: string; team: string | null; person: { name: string } }) => [item.team, item.role, item.person.name]),
  ).toEqual([
    [null, 'DevSecOps', 'Org'],
    [null, 'CTO', 'Boss'],
    ['Payments', 'DevSecOps', 'Pay'],
    ['Apps', 'DevSecOps', 'App'],
  ])
  const schedules = (await scene.ask(own, 'GET', '/schedules')).body.items
  expect(
    schedules.map((schedule: { team: string | null; role: string; current: { name: string }[] }) => [
      schedule.team,
      schedule.role,
      schedule.current[0]?.name,
    ]),
  ).toEqual([
    [null, 'DevSecOps', 'Org'],
    [null, 'CTO', 'Boss'],
    ['Payments', 'DevSecOps', 'Pay'],
    ['Apps', 'DevSecOps', 'App'],
  ])
})

test('the auditor judges each incident by its own team’s roster', async () => {
  expect((await examineIncidents(scene.ports, null, performance.now() + 10_000)).findings).toEqual([])
})
