/** Detection in a real browser: a source is connected and tested, alerts are silenced, "why?" answers; phone and desktop. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { fire, listIncidents, setScene, type Scene } from '../support/scene.ts'
import { INGEST_KEY, type RunningServer } from '../support/server.ts'
import { waitFor } from '../support/wait.ts'
import { findBarriers, launchBrowser, visit, THEMES, type SizeName, type Visit } from './browser.ts'
import { buildConsole } from './build-console.ts'

const OWNER = 'owner@localhost'
const SIZE_NAMES = ['phone', 'desktop'] as const

let database: TestDatabase
let scene: Scene
let server: RunningServer
let browser: Browser

beforeAll(async () => {
  await buildConsole()
  database = await openTestDatabase()
  scene = await setScene(database.url, { escalationWait: '30 min' })
  server = await scene.start()
  browser = await launchBrowser()
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await scene?.close()
  await database?.close()
})

async function signedIn(size: SizeName): Promise<Visit> {
  const seen = await visit(browser, { size })
  const made = await server.api('POST', `/api/v1/people/${encodeURIComponent(OWNER)}/sign_in_link`)
  await seen.page.goto((made.json as { url: string }).url)
  await seen.page.getByRole('button', { name: /sign in/iu }).click()
  await seen.page.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor()
  return seen
}

async function send(alarm: string, dedupKey: string, labels: Record<string, string> = {}, title = `${alarm} ${dedupKey}`): Promise<void> {
  const answer = await server.api('POST', '/v2/enqueue', {
    routing_key: INGEST_KEY,
    event_action: 'trigger',
    dedup_key: dedupKey,
    payload: { summary: title, source: 'host', severity: 'critical', custom_details: { alertname: alarm, ...labels } },
  })
  expect(answer.status, answer.text).toBe(202)
}

async function expectSound(page: Page): Promise<void> {
  expect(await findBarriers(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
}

describe.each(SIZE_NAMES)('on a %s', (size) => {
  test('a source is connected, a test is sent, arrives live and is explained, and it starts observed', { timeout: 90_000 }, async () => {
    const { context, page, troubles } = await signedIn(size)
    await page.goto(`${server.url}/sources/connect`)
    await page.getByRole('searchbox', { name: 'What do you have?' }).fill('pagerduty')
    await page.getByRole('button', { name: /PagerDuty/u }).click()
    const name = `Pager ${size}`
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByLabel('Observe first').check()
    await page.getByRole('button', { name: 'Make its key' }).click()
    await page.getByText('The key is shown this once').waitFor()
    await expectSound(page)
    await page.getByRole('button', { name: 'Send a test' }).click()
    const told = page.getByRole('region', { name: 'The test' })
    await told.getByText('arrived').waitFor()
    await told.getByText('What it would be').waitFor()
    await page.getByRole('list', { name: 'Messages' }).getByRole('link').first().waitFor()
    await expectSound(page)
    expect(await listIncidents(server)).toEqual([])
    await page.getByRole('link', { name: /open the source/u }).click()
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await page.getByRole('button', { name: 'Switch paging on' }).click()
    await page.getByText('Its signals open incidents and page people.').waitFor()
    await expectSound(page)
    expect(troubles).toEqual([])
    await context.close()
  })
})

describe.each(SIZE_NAMES)('with alerts, on a %s', (size) => {
  test('signals are searched, one is opened with its raw body and replayed, and nothing is opened by that', {
    timeout: 90_000,
  }, async () => {
    const { context, page, troubles } = await signedIn(size)
    await send('Unheard', `needle-${size}`, { service: 'checkout' })
    await page.goto(`${server.url}/signals`)
    await page.getByRole('searchbox').fill(`needle-${size}`)
    await page
      .getByRole('button', { name: new RegExp(`needle-${size}`, 'u') })
      .first()
      .click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText('"dedup_key"').waitFor()
    const before = (await listIncidents(server)).length
    await drawer.getByRole('button', { name: 'Replay as a dry run' }).click()
    await drawer.getByText('What it would be').waitFor()
    expect((await listIncidents(server)).length).toBe(before)
    await expectSound(page)
    expect(troubles).toEqual([])
    await context.close()
  })

  test('alerts like one are silenced from it: seen before, held after, and the silence ends by hand', { timeout: 120_000 }, async () => {
    const { context, page, troubles } = await signedIn(size)
    const alarm = `Flood-${size}`
    await send(alarm, `first-${size}`, { service: 'orders' })
    await page.goto(`${server.url}/alerts?q=${alarm}`)
    await page
      .getByRole('button', { name: new RegExp(alarm, 'u') })
      .first()
      .click()
    await page.getByRole('link', { name: 'Silence alerts like this' }).click()
    await page.getByText('Firing now').waitFor()
    await page.getByLabel('Why', { exact: true }).fill('The orders are being moved')
    await expectSound(page)
    await page.getByRole('button', { name: 'Silence', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Silences' }).waitFor()
    await page.getByText('The orders are being moved').first().waitFor()
    await send(alarm, `second-${size}`, { service: 'orders' })
    await page.goto(`${server.url}/alerts?state=held&q=${alarm}`)
    await page.getByText('silenced').first().waitFor()
    await expectSound(page)
    await page.goto(`${server.url}/silences`)
    await page.getByRole('button', { name: 'End now' }).first().click()
    await page.getByRole('button', { name: 'End it' }).click()
    await page
      .getByText(/^ended/u)
      .first()
      .waitFor()
    expect(troubles).toEqual([])
    await context.close()
  })

  test('"why?" says by which rule a signal went where, who was paged, and why somebody was not', { timeout: 90_000 }, async () => {
    const { context, page, troubles } = await signedIn(size)
    const name = `chain-${size}`
    await fire(server, name)
    const incident = await waitFor('the incident', async () => (await listIncidents(server)).find((one) => one.title.includes(name)), {
      timeoutMs: 10_000,
    })
    await page.goto(`${server.url}/incidents/${incident.number}`)
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: /^Why\?/u }).click()
    await page.getByRole('heading', { level: 1, name: 'Why?' }).waitFor()
    await page.getByText('Why was I paged, or not?').waitFor()
    await page
      .getByText('held no role that was paged')
      .or(page.getByText(/paged|answered before|not their turn/u))
      .first()
      .waitFor()
    await expectSound(page)
    const signals = await server.api('GET', `/api/v1/signals?q=${name}&limit=1`)
    const [signal] = (signals.json as { items: { id: string }[] }).items
    await page.goto(`${server.url}/why?signal=${JSON.stringify(signal?.id)}`)
    await page
      .getByRole('link', { name: /^line \d+/u })
      .first()
      .waitFor()
    await expectSound(page)
    expect(troubles).toEqual([])
    await context.close()
  })

  test('a title that turns the writing around and never ends breaks no list', { timeout: 60_000 }, async () => {
    const { context, page, troubles } = await signedIn(size)
    await send('Hostile', `hostile-${size}`, {}, `\u202Egnp.exe <img src=x onerror=alert(1)> ${'endless'.repeat(150)}`)
    for (const path of ['/signals?q=endless', '/alerts?q=endless']) {
      await page.goto(server.url + path)
      await page.getByText('endless').first().waitFor()
      await expectSound(page)
    }
    expect(troubles).toEqual([])
    await context.close()
  })
})

test.each(SIZE_NAMES)('every new page is sound in both themes on a %s', { timeout: 120_000 }, async (size) => {
  for (const theme of THEMES) {
    const { context, page, troubles } = await signedIn(size)
    await page.emulateMedia({ colorScheme: theme })
    for (const [path, heading] of [
      ['/heartbeats', 'Heartbeats'],
      ['/silences?tab=maintenance', 'Silences'],
      ['/silences/new', 'New silence'],
      ['/maintenance/new', 'New maintenance window'],
      ['/sources', 'Sources'],
      ['/why', 'Why?'],
    ] as const) {
      await page.goto(server.url + path)
      await page.getByRole('heading', { level: 1, name: heading }).waitFor()
      await expectSound(page)
    }
    expect(troubles).toEqual([])
    await context.close()
  }
})
