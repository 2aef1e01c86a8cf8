/** What most fault tests need: vendors, a playbook that pages through them, a database, one or more servers, and an end to it all. */
import { openTestDatabase } from './database.ts'
import { startFakeSmtp, startFakeWebhook, type FakeVendor, type VendorRequest } from './fake-vendor.ts'
import { makePlaybookFolder, PAGED_ALARM, type PlaybookFolder, type PlaybookFolderOptions } from './playbook-folder.ts'
import { sendUntilAccepted, type DoorName } from './sender.ts'
import { startServer, type RunningServer, type ServerOptions } from './server.ts'
import { waitFor } from './wait.ts'

export interface Scene {
  readonly webhook: FakeVendor & { readonly url: string }
  readonly smtp: FakeVendor & { readonly url: string }
  readonly folder: PlaybookFolder
  readonly start: (options?: ServerOptions) => Promise<RunningServer>
  readonly close: () => Promise<void>
}

export interface SceneOptions extends PlaybookFolderOptions {
  readonly timing?: string
}

/** A scene on a database of its own, cloned from the migrated one: for whatever does not end the Postgres below it. */
export async function setClonedScene(options: SceneOptions = {}): Promise<Scene & { readonly databaseUrl: string }> {
  const database = await openTestDatabase()
  const scene = await setScene(database.url, options)
  return {
    ...scene,
    databaseUrl: database.url,
    close: async () => {
      await scene.close()
      await database.close()
    },
  }
}

/** @param databaseUrl null: each server has its own embedded Postgres */
export async function setScene(databaseUrl: string | null, options: SceneOptions = {}): Promise<Scene> {
  const webhook = await startFakeWebhook()
  const smtp = await startFakeSmtp()
  const folder = makePlaybookFolder({ webhookUrl: webhook.url, ...options })
  const servers: RunningServer[] = []
  return {
    webhook,
    smtp,
    folder,
    start: async (more = {}) => {
      const server = await startServer({
        ...(databaseUrl === null ? {} : { databaseUrl }),
        playbookFolder: folder.path,
        ...more,
        environment: {
          TOCSIN_MAIL_URL: smtp.url,
          TOCSIN_MAIL_FROM: 'tocsin@example.org',
          ...folder.environment,
          ...(options.timing === undefined ? {} : { TOCSIN_TEST_TIMING: options.timing }),
          ...more.environment,
        },
      })
      servers.push(server)
      return server
    },
    close: async () => {
      for (const server of servers) await server.cleanUp()
      await webhook.close()
      await smtp.close()
      folder.remove()
    },
  }
}

/** Fires the alarm that pages both people, as one alert of its own. */
export async function fire(server: RunningServer, name: string, door: DoorName = 'pagerduty', patienceMs = 20_000): Promise<void> {
  await sendUntilAccepted(
    server.url,
    {
      door,
      alarm: PAGED_ALARM,
      dedupKey: name,
      token: `token-${name}`,
      status: 'firing',
      startsAt: new Date().toISOString(),
      labels: { service: name },
    },
    patienceMs,
  )
}

export async function resolveAlert(server: RunningServer, name: string): Promise<void> {
  await sendUntilAccepted(
    server.url,
    { door: 'pagerduty', alarm: PAGED_ALARM, dedupKey: name, token: `end-${name}`, status: 'resolved', startsAt: new Date().toISOString() },
    20_000,
  )
}

/** Requests about that alert, by its name in the text of the page. */
export function requestsAbout(vendor: FakeVendor, name: string): VendorRequest[] {
  return vendor.requests.filter((request) => request.text.includes(name))
}

/** Waits until the vendor has taken that many pages about that alert. */
export function waitForPages(
  vendor: FakeVendor,
  name: string,
  count: number,
  timeoutMs: number,
  server?: RunningServer,
): Promise<VendorRequest[]> {
  return waitFor(
    `${count} pages about ${name}`,
    () => {
      const taken = requestsAbout(vendor, name).filter((request) => request.taken)
      return taken.length >= count ? taken : undefined
    },
    { timeoutMs, everyMs: 20, explain: () => server?.log().slice(-4_000) ?? '' },
  )
}

export interface IncidentItem {
  readonly id: string
  readonly number: number
  readonly title: string
  readonly severity: string
  readonly phase: string
  readonly open: boolean
  readonly acknowledged_at: string | null
}

export async function listIncidents(server: RunningServer, query = ''): Promise<IncidentItem[]> {
  const answer = await server.api('GET', `/api/v1/incidents?limit=200${query}`)
  if (answer.status !== 200) throw new Error(`the list answers ${answer.status}: ${answer.text}`)
  return (answer.json as { items: IncidentItem[] }).items
}
