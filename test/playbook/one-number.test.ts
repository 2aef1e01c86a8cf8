/** Changing the file changes what the engine does, and nothing else needs to: each test edits the text that ships, and only that. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clocksOf } from '../../src/core/incident/clock.ts'
import { asId, type PersonId, type PlaybookDigest } from '../../src/core/id.ts'
import { lintFolder } from '../../src/core/oncall/lint.ts'
import { matcherOf } from '../../src/core/playbook/match.ts'
import { parsePlaybook } from '../../src/core/playbook/parse.ts'
import { dutyRolesOf, type Playbook } from '../../src/core/playbook/playbook.ts'
import { MINUTE_MS } from '../../src/core/time.ts'
import { openPlaybooks, type PlaybookService } from '../../src/shell/playbook/playbooks.ts'
import { type ApiScene, openApiScene } from '../support/api.ts'
import { openTestDatabase } from '../support/database.ts'
import { byAnn, IncidentRun, T0 } from '../support/incident-run.ts'
import { ann, own, testRoster } from '../support/playbook.ts'
import { signalOf } from '../support/signal.ts'

const shipped = readFileSync('playbook/playbook.yaml', 'utf8')

function edit(text: string, from: string | RegExp, to: string): string {
  const edited = text.replace(from, to)
  if (edited === text) throw new Error(`there is nothing to change: ${String(from)}`)
  return edited
}

function parse(text: string, digest = 'd'): Playbook {
  const { playbook, findings } = parsePlaybook(text, asId<PlaybookDigest>(digest))
  if (playbook === null) throw new Error(findings.map((finding) => finding.message).join(' '))
  return playbook
}

/** Somebody holds every duty role that the playbook names, each another. */
function run(playbook: Playbook, severity: string | null = null, incidentType: string | null = null): IncidentRun {
  const holders = dutyRolesOf(playbook).map((role) => [role, { current: [asId<PersonId>(`holder of ${role}`)], next: [] }] as const)
  const it = new IncidentRun(playbook)
  it.roster = testRoster({ roles: Object.fromEntries(holders) })
  it.open({ severity, incidentType })
  return it
}
const paged = (it: IncidentRun): string[] =>
  it.incident.pages.filter((page) => page.state === 'paging').map((page) => `${page.role}: ${page.personId}`)

describe('SEV-1 must be answered in 3 min instead of 5', () => {
  const faster = parse(edit(shipped, 'response_time: 5 min', 'response_time: 3 min'))

  test('the clock runs out then, and the escalation keeps its shares of it', () => {
    const [before, after] = [run(parse(shipped), 'SEV-1'), run(faster, 'SEV-1')]
    const due = (it: IncidentRun) => clocksOf(it.incident, it.playbook, T0)[0]?.dueAt
    expect([due(before), due(after)]).toEqual([T0 + 5 * MINUTE_MS, T0 + 3 * MINUTE_MS])
    for (const it of [before, after]) it.handOver(T0)
    expect([before.wakeAt, after.wakeAt]).toEqual([T0 + 2 * MINUTE_MS, T0 + 1.2 * MINUTE_MS])
    expect(after.command(T0 + 3 * MINUTE_MS, { type: 'wake' })).toContain('response-breached')
    expect(before.command(T0 + 3 * MINUTE_MS, { type: 'wake' })).not.toContain('response-breached')
  })
})

describe('a row SEV-0 above all', () => {
  const row = `  - id: SEV-0
    definition: The company is down
    thresholds: { users_affected: '> 90 %' }
    response_time: 1 min
    roles_paged: [CTO, Chief Executive]

`
  const playbook = parse(edit(shipped, '  - id: SEV-1\n', `${row}  - id: SEV-1\n`))

  test('ranks first, pages its own roles, and is what a measured impact rises to', () => {
    const it = run(playbook, 'SEV-2')
    expect(it.command(T0 + 1, { type: 'record-impact', by: byAnn, measure: 'users_affected', value: 95, unit: '%', reason: '' })).toContain(
      'severity-changed',
    )
    expect(it.incident).toMatchObject({ severity: 'SEV-0', severityClause: 'severities.0.thresholds.users_affected' })
    expect(paged(it)).toEqual(['CTO: holder of CTO', 'Chief Executive: holder of Chief Executive'])
    expect(clocksOf(it.incident, playbook, T0 + 1).at(-1)).toMatchObject({ dueAt: T0 + 1 + MINUTE_MS, state: 'running' })
    expect(playbook.severities.map((severity) => severity.rank)).toEqual([0, 1, 2, 3, 4])
  })
})

describe('one more incident type', () => {
  const type = `  - id: certificate-expiry
    title: Certificate Expiry
    severity: SEV-3
    detection: [{ alarm: CertAlarm, threshold: '< 7' }]
    immediate_mitigation: Renew the certificate
    follow_up: Automate the renewal

`
  const playbook = parse(edit(shipped, '# 5  Communication plan', `${type}# 5  Communication plan`))

  test('is detected, opened at its severity, offered and followed up', () => {
    const match = matcherOf(playbook).match(signalOf({ alarm: 'CertAlarm', value: 3 }), 'prometheus')
    expect(match).toMatchObject({ kind: 'type', severity: 'SEV-3' })
    expect(matcherOf(playbook).match(signalOf({ alarm: 'CertAlarm', value: 30 }), 'prometheus').kind).toBe('below')
    expect(matcherOf(parse(shipped)).match(signalOf({ alarm: 'CertAlarm', value: 3 }), 'prometheus').kind).toBe('none')
    const it = run(playbook, null, 'certificate-expiry')
    expect(it.incident).toMatchObject({
      severity: 'SEV-3',
      firstStep: 'Renew the certificate',
      severityClause: 'incident_types.5.severity',
    })
    expect(paged(it)).toEqual(['Product: holder of Product'])
  })
})

describe('a role renamed everywhere', () => {
  const renamed = shipped.replaceAll('DevSecOps', 'Platform')
  const oncall = readFileSync('playbook/oncall.yaml', 'utf8')

  test('is paged under its new name, by the schedule of that name', () => {
    expect(dutyRolesOf(parse(renamed))).toEqual(['Platform', 'CTO', 'Security Officer', 'Product'])
    expect(paged(run(parse(renamed), 'SEV-2'))).toEqual(['Platform: holder of Platform', 'Product: holder of Product'])
    const codes = (onCall: string) =>
      lintFolder({ playbook: renamed, onCall, connections: null }, { now: T0 }).findings.map((finding) => finding.code)
    expect(codes(oncall.replaceAll('DevSecOps', 'Platform'))).not.toContain('role-unstaffed')
    expect(codes(oncall)).toEqual(expect.arrayContaining(['role-unstaffed', 'schedule-unused']))
  })

  test('renamed in one place only is found', () => {
    const { findings } = parsePlaybook(edit(shipped, 'held_by: [DevSecOps]', 'held_by: [DevSecOp]'), asId('d'))
    expect(findings).toContainEqual(expect.objectContaining({ code: 'role-not-paged', fix: 'Did you mean DevSecOps?' }))
  })
})

describe('in a running server', () => {
  let folder: string
  let playbooks: PlaybookService
  let scene: ApiScene

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tocsin-one-number-'))
    cpSync('playbook', folder, { recursive: true })
    const opened = await openTestDatabase()
    playbooks = await openPlaybooks(opened.database, folder, pino({ level: 'silent' }), { pollMs: 3_600_000 })
    const rosters = { at: async () => testRoster({ roles: { DevSecOps: { current: [ann], next: [] } } }) }
    scene = await openApiScene({ playbook: playbooks.current(), opened, ports: { playbooks, rosters } })
  })
  afterAll(async () => {
    playbooks.stop()
    await scene.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const declare = async () => (await scene.ask(own, 'POST', '/incidents', { title: 'x', severity: 'SEV-1' })).body
  const minutes = (incident: { next_due: string; opened_at: string }) =>
    (Date.parse(incident.next_due) - Date.parse(incident.opened_at)) / MINUTE_MS

  test('a changed number counts for the next incident, an open one keeps the number that it opened under', async () => {
    const old = await declare()
    writeFileSync(join(folder, 'playbook.yaml'), edit(shipped, 'response_time: 5 min', 'response_time: 3 min'))
    await playbooks.reload()
    const young = await declare()
    expect([minutes(old), minutes(young)]).toEqual([5, 3])
    expect(young.playbook_version).toBeGreaterThan(old.playbook_version)
    expect(minutes((await scene.ask(own, 'GET', `/incidents/${old.id}`)).body)).toBe(5)
    const moved = await scene.ask(own, 'POST', `/incidents/${old.id}/playbook`, { reason: 'the number was wrong' })
    expect(minutes(moved.body)).toBe(3)
  })

  test('a broken number changes nothing', async () => {
    const before = await declare()
    writeFileSync(join(folder, 'playbook.yaml'), edit(shipped, 'response_time: 5 min', 'response_time: soon'))
    await playbooks.reload()
    expect(await declare()).toMatchObject({ playbook_digest: before.playbook_digest })
  })
})
