/** Opsgenie's own `opsgenie-sdk`, unchanged but for host and key: every call that it has for alerts and heartbeats. */
import sdk from 'opsgenie-sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PAGED_ALARM } from '../../support/playbook-folder.ts'
import { setClonedScene, waitForPages, type Scene } from '../../support/scene.ts'
import { INGEST_KEY, type RunningServer } from '../../support/server.ts'
import { waitFor } from '../../support/wait.ts'

let scene: Scene
let server: RunningServer

beforeAll(async () => {
  scene = await setClonedScene({ escalationWait: '5 min' })
  server = await scene.start()
  sdk.configure({ host: server.url, api_key: INGEST_KEY })
})
afterAll(async () => {
  await scene?.close()
})

interface Answer {
  readonly result?: string
  readonly requestId: string
  readonly took: number
  // oxlint-disable-next-line typescript/no-explicit-any -- the test looks into whatever comes back
  readonly data: any
}

/** @throws what the client calls back with */
function call(group: 'alertV2' | 'heartbeat', name: string, ...given: readonly unknown[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const failed = sdk[group][name]?.call(sdk[group], ...given, (error: unknown, answer: unknown) => {
      if (error !== null) reject(new Error(JSON.stringify(error)))
      else resolve(answer as Answer)
    })
    if (failed instanceof Error) reject(failed)
  })
}

const alert = (name: string, ...given: readonly unknown[]) => call('alertV2', name, ...given)

/** Waits for what became of it, by the client's own call. */
async function fateOf(asked: Promise<Answer>): Promise<{ isSuccess: boolean; alertId: string; status: string; action: string }> {
  const { requestId, result, took } = await asked
  expect(result).toBe('Request will be processed')
  expect(took).toBeGreaterThanOrEqual(0)
  const status = await waitFor(
    'the request to be processed',
    async () => {
      try {
        return (await alert('getRequestStatus', requestId)).data
      } catch {
        return undefined
      }
    },
    { timeoutMs: 30_000 },
  )
  return status
}

test('the life of an alert, call by call', { timeout: 120_000 }, async () => {
  const alias = 'sdk-alert'
  const byAlias = { identifier: alias, identifierType: 'alias' }
  const created = await fateOf(
    alert('create', {
      message: 'The SDK says hello',
      alias,
      description: 'd',
      responders: [{ name: 'ops', type: 'team' }],
      priority: 'P1',
      tags: ['sev1'],
      details: { alertname: PAGED_ALARM, service: 'sdk' },
      entity: 'e',
    }),
  )
  expect(created).toMatchObject({ isSuccess: true, action: 'Create' })
  await waitForPages(scene.webhook, 'The SDK says hello', 2, 30_000, server)
  const byId = { identifier: created.alertId, identifierType: 'id' }
  expect((await alert('get', byAlias)).data).toMatchObject({ id: created.alertId, alias, status: 'open', priority: 'P1', tags: ['sev1'] })
  expect((await alert('get', byId)).data.message).toBe('The SDK says hello')
  // with a blank: its `requestretry` takes `alias:x` for an address elsewhere, and then leaves the key out
  expect((await alert('list', { query: `alias: ${alias}`, limit: 5, sort: 'createdAt', order: 'desc' })).data).toHaveLength(1)

  expect(await fateOf(alert('acknowledge', byAlias, { user: 'u', note: 'n' }))).toMatchObject({ isSuccess: true })
  await waitFor('it to be acknowledged', async () => (await alert('get', byAlias)).data.acknowledged === true, { timeoutMs: 30_000 })
  expect(await fateOf(alert('unacknowledge', byId, { user: 'u' }))).toMatchObject({ isSuccess: true })
  expect((await alert('get', byAlias)).data.acknowledged).toBe(false)
  expect(await fateOf(alert('addNote', byId, { note: 'a note' }))).toMatchObject({ isSuccess: true })
  expect((await alert('listAlertNotes', byId, { limit: 10 })).data.map((entry: { note: string }) => entry.note)).toEqual(['a note', 'n'])
  expect(await fateOf(alert('addTags', byId, { tags: ['x', 'y'] }))).toMatchObject({ isSuccess: true })
  expect(await fateOf(alert('removeTags', byId, { tags: 'sev1,x' }))).toMatchObject({ isSuccess: true })
  expect(await fateOf(alert('addDetails', byId, { details: { more: '1' } }))).toMatchObject({ isSuccess: true })
  expect(await fateOf(alert('removeDetails', byId, { keys: 'service' }))).toMatchObject({ isSuccess: true })
  const changed = (await alert('get', byId)).data
  expect(changed).toMatchObject({ tags: ['y'], details: { more: '1', alertname: PAGED_ALARM } })
  expect(changed.details).not.toHaveProperty('service')
  expect(await fateOf(alert('assign', byId, { owner: { username: 'someone@example.com' } }))).toMatchObject({ isSuccess: true })
  expect(await fateOf(alert('addTeam', byId, { team: { name: 'ops' } }))).toMatchObject({ isSuccess: true })
  expect(await fateOf(alert('escalateToNext', byId, { escalation: { name: 'ops_escalation' } }))).toMatchObject({ isSuccess: true })
  expect(await fateOf(alert('executeAction', byId, { action: 'restart' }))).toMatchObject({ isSuccess: false })
  expect((await alert('listAlertRecipients', byId)).data.length).toBeGreaterThan(0)
  expect((await alert('listAlertLogs', byId, { limit: 50 })).data.length).toBeGreaterThan(8)
  const endTime = new Date(Date.now() + 3_600_000).toISOString()
  expect(await fateOf(alert('snooze', byId, { endTime, note: 'later' }))).toMatchObject({ isSuccess: true })
  expect((await alert('get', byId)).data).toMatchObject({ snoozed: true, snoozedUntil: endTime })

  expect(await fateOf(alert('close', byAlias, { user: 'u', note: 'done' }))).toMatchObject({ isSuccess: true })
  await waitFor('it to be closed', async () => (await alert('get', byId)).data.status === 'closed', { timeoutMs: 30_000 })
  expect(await fateOf(alert('delete', byId))).toMatchObject({ isSuccess: true })
  await expect(alert('get', byId)).rejects.toThrow('404')
})

test('a saved search is kept, changed, listed and found', async () => {
  const created = await alert('createSavedSearch', { name: 'mine', query: 'status: open', owner: { username: 'u@example.com' } })
  const { id } = created.data
  expect((await alert('getSavedSearch', { identifier: id, identifierType: 'id' })).data).toMatchObject({
    id,
    name: 'mine',
    query: 'status: open',
  })
  await alert(
    'updateSavedSearch',
    { identifier: 'mine', identifierType: 'name' },
    { name: 'ours', query: 'status: closed', owner: { username: 'u@example.com' } },
  )
  expect((await alert('listSavedSearches')).data).toEqual([{ id, name: 'ours' }])
  expect((await alert('getSavedSearch', { identifier: 'ours', identifierType: 'name' })).data.query).toBe('status: closed')
})

test('the client hears in its own shape what was refused', async () => {
  await expect(alert('create', { alias: 'no message' })).rejects.toThrow('Message can not be empty.')
  await expect(alert('get', { identifier: 'none', identifierType: 'alias' })).rejects.toThrow('does not exist')
  await expect(alert('list', { query: 'nonsense: x' })).rejects.toThrow('422')
})

test('heartbeats, call by call', async () => {
  const heartbeat = (name: string, ...given: readonly unknown[]) => call('heartbeat', name, ...given)
  const name = { identifier: 'sdk-backup' }
  const given = { name: 'sdk-backup', description: 'nightly', interval: 10, intervalUnit: 'minutes', enabled: true, alertPriority: 'P2' }
  expect((await heartbeat('create', given)).data).toMatchObject({ ...given, expired: false })
  expect((await heartbeat('list', {})).data.heartbeats).toMatchObject([{ name: 'sdk-backup' }])
  expect((await heartbeat('ping', name, {})).result).toBe('PONG - Heartbeat received')
  expect((await heartbeat('get', name)).data).toMatchObject({ name: 'sdk-backup', lastPingTime: expect.any(String), enabled: true })
  expect((await heartbeat('update', name, { interval: 2, intervalUnit: 'hours' })).data).toMatchObject({ name: 'sdk-backup' })
  expect((await heartbeat('get', name)).data).toMatchObject({ interval: 2, intervalUnit: 'hours', description: 'nightly' })
  expect((await heartbeat('disable', name)).data).toMatchObject({ enabled: false })
  expect((await heartbeat('enable', name)).data).toMatchObject({ enabled: true })
  await heartbeat('delete', name)
  await expect(heartbeat('get', name)).rejects.toThrow('404')
})
