/** The description is held against what the routes really answer: every operation is asked, and its answer must fit. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type ApiScene, openApiScene } from '../../../test/support/api.ts'
import { CERTIFICATE_URL, makeAuthority } from '../../../test/support/sns-signer.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { ann, own } from '../../../test/support/playbook.ts'
import { readConfig } from '../../config.ts'
import { digestOf } from '../playbook/folder.ts'

type Json = Record<string, unknown>
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: Json }> }>
}
interface Document {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, Json> }
}

const shipped = readFileSync('playbook/playbook.yaml', 'utf8')
const SHIPPED_DIGEST = digestOf(shipped)

let scene: ApiScene
let intake: TestIntake
let document: Document
beforeAll(async () => {
  // What is sealed is sealed with a secret of this test's own.
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-openapi-'))
  scene = await openApiScene({ ports: { config: { ...readConfig({ NODE_ENV: 'test' }), dataDir } } })
  await seedSource(scene.database.database)
  intake = await startTestIntake(scene.database.database)
  document = (await scene.inject({ url: '/api/v1/openapi.json' })).json<Document>()
})
afterAll(async () => {
  await intake.close()
  await scene.close()
})

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

test('the document is OpenAPI 3.1, names every operation once, and every reference leads somewhere', () => {
  expect(document.openapi).toBe('3.1.0')
  const ids = operations().map(({ operation }) => operation.operationId)
  expect(ids.every((id) => typeof id === 'string')).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
  const text = JSON.stringify(document)
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    expect(document.components.schemas).toHaveProperty([name ?? ''])
  for (const name of ['Incident', 'Page', 'Clock', 'Alert', 'Signal', 'Problem']) expect(document.components.schemas).toHaveProperty(name)
  for (const { path, method, operation } of operations()) {
    for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
      expect(
        operation.parameters?.some((parameter) => parameter.name === name && parameter.in === 'path'),
        `${method} ${path}`,
      ).toBe(true)
    }
    if (method === 'post' && !['signIn', 'signOut'].includes(operation.operationId)) {
      expect(
        operation.parameters?.some(({ name }) => name === 'idempotency-key'),
        `${method} ${path}`,
      ).toBe(true)
    }
  }
})

test('every route answers what the document says, well and badly', async () => {
  const key = { 'x-routing-key': KEY }
  await intake.post(
    '/v2/enqueue',
    {
      routing_key: KEY,
      event_action: 'trigger',
      payload: { summary: 'Spike', source: 'x', severity: 'critical', custom_details: { alertname: 'Spike' } },
    },
    key,
  )
  await intake.post('/v2/change/enqueue', { routing_key: KEY, payload: { summary: 'Deployed', source: 'ci' } }, key)
  await intake.settled()
  const incident = (await scene.ask(own, 'POST', '/incidents', { title: 'x', severity: 'red', type: 'spike' })).body
  const ended = (await scene.ask(own, 'POST', '/incidents', { title: 'x', severity: 'blue' })).body
  await scene.ask(own, 'POST', `/incidents/${ended.id}/resolve`, { reason: 'r' })
  await scene.database.database.query(`insert into playbook_version (digest, source) values ('d2', '')`)
  await scene.database.database.query('insert into playbook_version (digest, source) values ($1, $2)', [SHIPPED_DIGEST, shipped])
  const signal = (await scene.ask(ann, 'GET', '/signals')).body.items[0]
  const alert = (await scene.ask(ann, 'GET', '/alerts')).body.items[0]
  const page = (await scene.ask(ann, 'GET', `/incidents/${incident.id}/pages`)).body.items.find(
    (item: { person: { id: string } }) => item.person.id === ann,
  )
  const source = (await scene.ask(own, 'POST', '/sources', { name: 'second' })).body
  const apiKey = (await scene.ask(own, 'POST', '/keys', { name: 'second' })).body
  const cookie = `tocsin=${await scene.signIn(own)}`
  const session = (await scene.inject({ url: '/api/v1/me/sessions', headers: { cookie } })).json().items[0]
  const double = (await scene.ask(own, 'POST', '/incidents', { title: 'x', severity: 'blue' })).body
  for (const event_action of ['trigger', 'resolve']) {
    const payload = { summary: 'Calm', source: 'x', severity: 'info' }
    await intake.post('/v2/enqueue', { routing_key: KEY, event_action, dedup_key: 'calm', payload }, key)
  }
  await intake.settled()
  const calm = (await scene.ask(own, 'GET', '/incidents?open=true&q=Calm')).body.items[0]
  const heartbeat = (await scene.ask(own, 'POST', '/heartbeats', { name: 'first', interval_seconds: 60 })).body
  const SOON = new Date(Date.now() + 3_600_000).toISOString()
  const override = (await scene.ask(own, 'POST', '/overrides', { schedule: 'ops', person: 'bob@example.com', until: SOON })).body
  const cover = { schedule: 'ops', person: 'ann@example.com', from: SOON, until: new Date(Date.now() + 7_200_000).toISOString() }
  const swaps: string[] = []
  for (let count = 0; count < 3; count += 1) swaps.push((await scene.ask(own, 'POST', '/swaps', cover)).body.id)
  const feed = (await scene.ask(own, 'POST', '/calendar_feeds', {})).body
  const absence = (await scene.ask(own, 'POST', '/absences', { until: SOON })).body
  const id = incident.id as string
  const calls: Record<string, readonly [path: string, body?: object]> = {
    signIn: ['/sign-in', { email: 'owner@example.com', password: 'a long password' }],
    signOut: ['/sign-out'],
    listIncidents: ['/incidents'],
    declareIncident: ['/incidents', { title: 'y' }],
    getIncident: [`/incidents/${id}`],
    getTimeline: [`/incidents/${id}/timeline`],
    listPages: [`/incidents/${id}/pages`],
    listClocks: [`/incidents/${id}/clocks`],
    listRoles: [`/incidents/${id}/roles`],
    listMitigations: [`/incidents/${id}/mitigations`],
    listUpdates: [`/incidents/${id}/updates`],
    listIncidentAlerts: [`/incidents/${id}/alerts`],
    getPostmortem: [`/incidents/${id}/postmortem`],
    acknowledge: [`/incidents/${id}/acknowledge`],
    release: [`/incidents/${id}/release`, {}],
    callIn: [`/incidents/${id}/page`, { who: 'boss' }],
    rebuildViews: ['/views/rebuild', {}],
    triage: [`/incidents/${id}/triage`, { type: 'spike' }],
    changeSeverity: [`/incidents/${id}/severity`, { severity: 'amber' }],
    recordImpact: [`/incidents/${id}/impact`, { measure: 'users_affected', value: '3 %' }],
    mitigate: [`/incidents/${id}/mitigate`],
    movePlaybook: [`/incidents/${id}/playbook`, { digest: 'd2', reason: 'r' }],
    nameService: [`/incidents/${id}/service`, { service: null }],
    listIncidentSlas: [`/incidents/${id}/slas`],
    linkIncident: [`/incidents/${id}/link`, { to: ended.id }],
    unlinkIncident: [`/incidents/${id}/unlink`, { to: ended.id }],
    mergeIncident: [`/incidents/${double.id}/merge`, { into: id }],
    unmergeIncident: [`/incidents/${double.id}/unmerge`, {}],
    listServices: ['/services'],
    getGrouping: [`/incidents/${id}/grouping`],
    goBack: [`/incidents/${id}/back`],
    keepOpen: [`/incidents/${calm.id}/keep-open`, { reason: 'r' }],
    getTriage: [`/incidents/${id}/triage`],
    snoozeIncident: [`/incidents/${id}/snooze`, { duration_seconds: 60, reason: 'r' }],
    addNote: [`/incidents/${id}/note`, { text: 'n' }],
    recordFact: [`/incidents/${id}/facts`, { fact: 'aware_at', at: '2026-01-01T00:00:00Z' }],
    assignRole: [`/incidents/${id}/roles`, { role: 'scribe' }],
    resolve: [`/incidents/${id}/resolve`, { reason: 'r' }],
    reopen: [`/incidents/${id}/reopen`],
    close: [`/incidents/${ended.id}/close`],
    listAlerts: ['/alerts'],
    listSignals: ['/signals'],
    getSignal: [`/signals/${signal.id}`],
    getSignalRaw: [`/signals/${signal.id}/raw`],
    replaySignal: [`/signals/${signal.id}/replay`],
    getAlert: [`/alerts/${alert.id}`],
    why: [`/why?signal=${signal.id}&person=me`],
    listSources: ['/sources'],
    createSource: ['/sources', { name: 'third' }],
    listSourceKinds: ['/source_kinds'],
    getSource: [`/sources/${source.id}`],
    changeSource: [`/sources/${source.id}`, { observe: true }],
    createSourceKey: [`/sources/${source.id}/keys`, { label: 'another' }],
    rotateSource: [`/sources/${source.id}/rotate`, {}],
    revokeSourceKey: [`/sources/${source.id}/keys/${source.keys[0].id}`],
    listSubscriptions: [`/sources/${source.id}/subscriptions`],
    listSignerCertificates: [`/sources/${source.id}/certificates`],
    giveSignerCertificate: [
      `/sources/${source.id}/certificates`,
      { url: CERTIFICATE_URL, pem: (await (await makeAuthority()).issue(['sns.amazonaws.com'])).pem },
    ],
    listAskedSources: ['/sources/asked'],
    putMapping: [`/sources/${source.id}/mapping`, { mapping: { alarm: 'body.name' } }],
    getMapping: [`/sources/${source.id}/mapping`],
    tryMapping: ['/mappings/try', { sample: '{"name":"x"}', mapping: { alarm: 'body.name' } }],
    suggestMapping: ['/mappings/suggest', { sample: '{"name":"x"}' }],
    revokeSource: [`/sources/${source.id}`],
    getPlaybook: ['/playbook'],
    listPlaybookVersions: ['/playbook/versions'],
    getPlaybookVersion: [`/playbook/versions/${SHIPPED_DIGEST}`],
    diffPlaybookVersions: [`/playbook/versions/${SHIPPED_DIGEST}/diff?to=${SHIPPED_DIGEST}`],
    getPlaybookSource: ['/playbook/source'],
    checkPlaybook: ['/playbook/check', { source: shipped }],
    patchPlaybook: ['/playbook/patch', { source: shipped }],
    explain: ['/explain?alarm=Spike&label=a=b'],
    explainBody: ['/explain', { door: 'json', body: '{"title":"x"}' }],
    getPlaybookSchema: ['/playbook/schema?file=oncall'],
    listOncall: ['/oncall?at=2026-01-01T00:00:00Z'],
    listSchedules: ['/schedules'],
    getOncallCalendar: ['/oncall/calendar?from=2026-01-01T00:00:00Z&until=2026-01-08T00:00:00Z&layers=true'],
    takePager: ['/oncall/take', { schedule: 'ops' }],
    listOverrides: ['/overrides'],
    createOverride: ['/overrides', { schedule: 'ops', person: 'bob@example.com', until: SOON }],
    endOverride: [`/overrides/${override.id}`],
    listSwaps: ['/swaps'],
    askForSwap: ['/swaps', cover],
    acceptSwap: [`/swaps/${swaps[0]}/accept`],
    declineSwap: [`/swaps/${swaps[1]}/decline`],
    withdrawSwap: [`/swaps/${swaps[2]}/withdraw`],
    listAbsences: ['/absences'],
    createAbsence: ['/absences', { until: SOON, ask_for_cover: false }],
    endAbsence: [`/absences/${absence.id}`],
    listCalendarFeeds: ['/calendar_feeds'],
    createCalendarFeed: ['/calendar_feeds', { schedule: 'ops' }],
    revokeCalendarFeed: [`/calendar_feeds/${feed.id}`],
    listChanges: ['/changes'],
    listAudit: ['/audit'],
    listSilences: ['/silences?state=active'],
    createSilence: ['/silences', { match: ['alertname="Quiet"'], duration_seconds: 60, reason: 'r' }],
    previewSilence: ['/silences/preview', { match: ['alertname="Spike"'] }],
    listMaintenance: ['/maintenance'],
    createMaintenance: [
      '/maintenance',
      { title: 'M', reason: 'r', schedule: { kind: 'once', from: '2040-01-01T00:00', to: '2040-01-01T01:00' }, sources: ['test'] },
    ],
    previewMaintenance: ['/maintenance/preview', { sources: ['test'] }],
    listHeartbeats: ['/heartbeats?state=waiting'],
    createHeartbeat: ['/heartbeats', { name: 'second', interval_seconds: 60 }],
    getHeartbeat: [`/heartbeats/${heartbeat.id}`],
    changeHeartbeat: [`/heartbeats/${heartbeat.id}`, { paused: true }],
    pingHeartbeat: [`/heartbeats/${heartbeat.id}/ping`, {}],
    removeHeartbeat: [`/heartbeats/${heartbeat.id}`],
    listActionItems: ['/action_items'],
    listPostmortems: ['/postmortems'],
    listPeople: ['/people'],
    getPerson: [`/people/${ann}`],
    createPerson: ['/people', { email: 'new@example.com', name: 'New' }],
    changePerson: [`/people/${ann}`, { name: 'Ann' }],
    createSignInLink: [`/people/${ann}/sign_in_link`],
    getMe: ['/me'],
    changeMe: ['/me', { zone: 'Europe/Berlin' }],
    endSession: [`/me/sessions/${session.id}`],
    setPassword: ['/me/password', { password: 'a long password' }],
    listSessions: ['/me/sessions'],
    pageMe: ['/me/page'],
    getPush: ['/me/push'],
    subscribePush: [
      '/me/push',
      {
        name: 'Phone',
        endpoint: 'https://push.example.net/send/one',
        keys: {
          // of the example of RFC 8291
          p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
          auth: 'BTBZMqHH6r4Tts7J_aSIgg',
        },
      },
    ],
    listKeys: ['/keys'],
    createKey: ['/keys', { name: 'third' }],
    revokeKey: [`/keys/${apiKey.id}`],
  }
  // The last three are held by the tests of the doctor and of the feed; saving and documents by their own.
  const MUTES = [
    'getSilence',
    'changeSilence',
    'expireSilence',
    'getMaintenance',
    'changeMaintenance',
    'endMaintenance',
    'snoozeAlert',
    'wakeAlert',
    'wakeIncident',
  ]
  const others = [
    'testSource',
    'savePlaybook',
    'getPlaybookDocument',
    'markPageSeen',
    'decline',
    'stream',
    'getDoctorReport',
    'pageForTest',
    // by the test of push messages
    'removePush',
    'testPush',
    'tellPushShown',
    ...MUTES,
  ]
  const ask = async (operationId: string, who: typeof own, path: string, body?: object) => {
    const found = operations().find(({ operation }) => operation.operationId === operationId)
    expect(found, operationId).toBeDefined()
    const method = (found?.method.toUpperCase() ?? 'GET') as 'GET' | 'POST'
    const answer = await scene.ask(who, method, path, body, operationId === 'signOut' ? { 'sec-fetch-site': 'same-origin' } : {})
    const described = found?.operation.responses[String(answer.status)]
    expect(described, `${operationId} answers ${answer.status}: ${JSON.stringify(answer.body)}`).toBeDefined()
    const type = (answer.headers['content-type'] ?? '').split(';', 1)[0] ?? ''
    const schema = described?.content?.[type]?.schema
    if (answer.status !== 204) {
      expect(schema, `${operationId} ${answer.status} ${type}`).toBeDefined()
      const read = validator(schema ?? {}).safeParse(answer.body)
      expect(read.error?.issues ?? [], operationId).toEqual([])
    }
    return answer.status
  }
  for (const [operationId, [path, body]] of [
    ...Object.entries(calls).filter(([name]) => name !== 'signIn'),
    ['signIn', calls['signIn'] ?? ['']] as const,
  ]) {
    expect(await ask(operationId, own, path, body), operationId).toBeLessThan(300)
  }
  expect(await ask('markPageSeen', ann, `/pages/${page.id}/seen`)).toBe(200)
  const declined = (await scene.ask(own, 'POST', '/incidents', { title: 'z', severity: 'red' })).body
  expect(await ask('decline', ann, `/incidents/${declined.id}/decline`)).toBe(200)
  expect([...Object.keys(calls), ...others].sort()).toEqual(
    operations()
      .map(({ operation }) => operation.operationId)
      .sort(),
  )
  for (const [operationId, [path]] of Object.entries(calls)) {
    if (!/\/[0-9a-f-]{8,}/.test(path)) continue
    expect(await ask(operationId, own, path.replace(/[0-9a-f-]{8,}/, 'nothing-here'), calls[operationId]?.[1]), operationId).toBe(404)
  }
})

/** The document's own JSON Schema, references followed, as something that checks. */
function validator(schema: Json): z.ZodType {
  const follow = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(follow)
    if (typeof value !== 'object' || value === null) return value
    const reference = (value as Json)['$ref']
    if (typeof reference === 'string') return follow(document.components.schemas[reference.split('/').at(-1) ?? ''])
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, follow(part)]))
  }
  return z.fromJSONSchema(follow(schema) as Parameters<typeof z.fromJSONSchema>[0])
}
