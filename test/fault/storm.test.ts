/** Ten thousand alerts in ten seconds: nothing is dropped, people are not flooded, and the one page that matters is not late. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLoad } from '../bench/load.ts'
import { readRssBytes } from '../bench/process.ts'
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts'
import { openConnection } from '../support/record-store.ts'
import { fire, listIncidents, setScene, waitForPages } from '../support/scene.ts'
import { INGEST_KEY } from '../support/server.ts'
import { NOISY_ALARM } from '../support/playbook-folder.ts'
import { sleep, waitFor } from '../support/wait.ts'

let postgres: OwnPostgres
beforeAll(async () => {
  postgres = await startOwnPostgres()
})
afterAll(async () => postgres.close())

const STORM_SECONDS = 10
const UNMATCHED_PER_SECOND = 800
const MATCHED_PER_SECOND = 200
/** What the playbook of this test allows one source to open in a minute. */
const NEW_INCIDENTS_MAX = 20
const PAGE_MS_MAX = 3_000
const RSS_BYTES_MAX = 400e6

test('10,000 alerts in 10 s are all kept and applied in few incidents, and a page in the middle leaves at once', {
  timeout: 300_000,
}, async () => {
  const databaseUrl = await postgres.createDatabase()
  const scene = await setScene(databaseUrl, { newIncidentsPerMinuteMax: NEW_INCIDENTS_MAX, escalationWait: '5 min' })
  try {
    const server = await scene.start()
    const order = {
      url: `${server.url}/alertmanager/api/v2/alerts`,
      headers: { authorization: `Bearer ${INGEST_KEY}` },
      kind: 'new-64',
      seconds: STORM_SECONDS,
      connections: 32,
    } as const
    const loads = [
      startLoad({ ...order, run: 'unmatched', alertsPerSecond: UNMATCHED_PER_SECOND }),
      startLoad({ ...order, run: 'matched', alarm: NOISY_ALARM, alertsPerSecond: MATCHED_PER_SECOND }),
    ]
    await sleep((STORM_SECONDS * 1_000) / 2)
    // a person declares: that is no source, so no bound of a source holds it back
    const firedAt = Date.now()
    const declared = await server.api('POST', '/api/v1/incidents', { title: 'the one that matters', severity: 'SEV-1', reason: 'seen' })
    expect(declared.status, declared.text).toBeLessThan(300)
    const [page] = await waitForPages(scene.webhook, 'the one that matters', 2, PAGE_MS_MAX * 3, server)
    expect((page?.at ?? 0) - firedAt).toBeLessThan(PAGE_MS_MAX)
    const results = await Promise.all(loads.map((load) => load.done))
    expect(results.map((result) => result.failed)).toEqual([0, 0])
    const sent = results.reduce((sum, result) => sum + result.alerts, 0)
    expect(sent).toBeGreaterThan(9_500)
    expect(readRssBytes(server.pid)).toBeLessThan(RSS_BYTES_MAX)

    const client = await openConnection(databaseUrl)
    const counts = await waitFor(
      'every alert to be applied',
      async () => {
        const found = await client.query<{ alerts: number; orphans: number }>(
          `select count(*)::int as alerts, count(*) filter (where incident_id is null)::int as orphans from alert where labels->>'run' in ('matched', 'unmatched')`,
        )
        const row = found.rows[0]
        return row !== undefined && row.alerts >= sent && row
      },
      { timeoutMs: 30_000, everyMs: 200 },
    )
    await client.end()
    expect(counts).toEqual({ alerts: sent, orphans: 0 })
    // triage, the storm, the declared one, and what the minute allows (a run may touch two minutes)
    const incidents = await listIncidents(server)
    expect(incidents.length).toBeLessThanOrEqual(2 * NEW_INCIDENTS_MAX + 3)
    expect(incidents.length).toBeGreaterThan(2)
    // one page a person, role and channel for each incident at most
    expect(scene.webhook.requests.length).toBeLessThanOrEqual(incidents.length * 2)
    await fire(server, 'after the storm')
    await server.stop()
  } finally {
    await scene.close()
  }
})

const PAGES_MAX = 8
const SMALL_STORM = 60

test('a storm of incidents reaches each person in as many messages as the playbook allows, and not one of them is left out', {
  timeout: 300_000,
}, async () => {
  const scene = await setScene(await postgres.createDatabase(), { pagesPerPerson: PAGES_MAX, escalationWait: '20 min' })
  try {
    const server = await scene.start()
    const posted = await Promise.all(
      Array.from({ length: SMALL_STORM }, (_, index) =>
        fetch(`${server.url}/hooks/json/${INGEST_KEY}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ alarm: NOISY_ALARM, title: `Storm ${index}`, dedup_key: `s${index}`, labels: { instance: `i${index}` } }),
        }),
      ),
    )
    expect(posted.every((answer) => answer.ok)).toBe(true)
    await waitFor('an incident each', async () => (await listIncidents(server)).length === SMALL_STORM, { timeoutMs: 20_000, everyMs: 200 })
    const told = () => {
      const bodies = scene.webhook.requests.filter((request) => request.taken).map((request) => JSON.parse(request.text) as Told)
      return ['Ann', 'Ben'].map((name) => bodies.filter((body) => body.person.name === name))
    }
    const incidentsOf = (bodies: readonly Told[]) =>
      new Set(bodies.flatMap(({ incident, others }) => [incident, ...others].map(({ number }) => number)))
    await waitFor('everybody to be told of all', () => told().every((bodies) => incidentsOf(bodies).size === SMALL_STORM), {
      timeoutMs: 40_000,
      everyMs: 200,
    })
    for (const bodies of told()) expect(bodies.length).toBeLessThanOrEqual(PAGES_MAX)
    await server.stop()
  } finally {
    await scene.close()
  }
})

interface Told {
  readonly person: { readonly name: string }
  readonly incident: { readonly number: number }
  readonly others: readonly { readonly number: number }[]
}
