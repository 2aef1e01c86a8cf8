/** Detection in a real browser: a source is connected and tested, alerts are silenced, "why?" answers; phone and desktop. */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { fire, listIncidents } from '../support/scene.ts'
import { INGEST_KEY, send as sendOnce } from '../support/server.ts'
import { waitFor } from '../support/wait.ts'
import { expectSound, expectSoundInBothThemes, SIZE_NAMES } from './browser.ts'
import { useConsole } from './open-console.ts'

const tocsin = useConsole()

async function send(alarm: string, dedupKey: string, labels: Record<string, string> = {}, title = `${alarm} ${dedupKey}`): Promise<void> {
  const answer = await tocsin.server.api('POST', '/v2/enqueue', {
    routing_key: INGEST_KEY,
    event_action: 'trigger',
    dedup_key: dedupKey,
    payload: { summary: title, source: 'host', severity: 'critical', custom_details: { alertname: alarm, ...labels } },
  })
  expect(answer.status, answer.text).toBe(202)
}

describe.each(SIZE_NAMES)('on a %s', (size) => {
  test('a source is connected, a test is sent, arrives live and is explained, and it starts observed', { timeout: 120_000 }, async () => {
    const { context, page, troubles } = await tocsin.openAt('/sources/connect', size)
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
    expect(await listIncidents(tocsin.server)).toEqual([])
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
    timeout: 120_000,
  }, async () => {
    await send('Unheard', `needle-${size}`, { service: 'checkout' })
    const { context, page, troubles } = await tocsin.openAt('/signals', size)
    await page.getByRole('searchbox').fill(`needle-${size}`)
    await page
      .getByRole('button', { name: new RegExp(`needle-${size}`, 'u') })
      .first()
      .click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText('"dedup_key"').waitFor()
    const before = (await listIncidents(tocsin.server)).length
    await drawer.getByRole('button', { name: 'Replay as a dry run' }).click()
    await drawer.getByText('What it would be').waitFor()
    expect((await listIncidents(tocsin.server)).length).toBe(before)
    await expectSound(page)
    expect(troubles).toEqual([])
    await context.close()
  })

  test('alerts like one are silenced from it: seen before, held after, and the silence ends by hand', { timeout: 120_000 }, async () => {
    const alarm = `Flood-${size}`
    await send(alarm, `first-${size}`, { service: 'orders' })
    const { context, page, troubles } = await tocsin.openAt(`/alerts?q=${alarm}`, size)
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
    await page.goto(`/alerts?state=held&q=${alarm}`)
    await page.getByText('silenced').first().waitFor()
    await expectSound(page)
    await page.goto('/silences')
    await page.getByRole('button', { name: 'End now' }).first().click()
    await page.getByRole('button', { name: 'End it' }).click()
    await page
      .getByText(/^ended/u)
      .first()
      .waitFor()
    expect(troubles).toEqual([])
    await context.close()
  })

  test('"why?" says by which rule a signal went where, who was paged, and why somebody was not', { timeout: 120_000 }, async () => {
    const name = `chain-${size}`
    await fire(tocsin.server, name)
    const incident = await waitFor(
      'the incident',
      async () => (await listIncidents(tocsin.server)).find((one) => one.title.includes(name)),
      {
        timeoutMs: 30_000,
      },
    )
    const { context, page, troubles } = await tocsin.openAt(`/incidents/${incident.number}`, size)
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
    const signals = await tocsin.server.api('GET', `/api/v1/signals?q=${name}&limit=1`)
    const [signal] = (signals.json as { items: { id: string }[] }).items
    await page.goto(`/why?signal=${JSON.stringify(signal?.id)}`)
    await page
      .getByRole('link', { name: /^line \d+/u })
      .first()
      .waitFor()
    await expectSound(page)
    expect(troubles).toEqual([])
    await context.close()
  })

  test('a title that turns the writing around and never ends breaks no list', { timeout: 120_000 }, async () => {
    const { context, page, troubles } = await tocsin.openAt('/signals', size)
    await send('Hostile', `hostile-${size}`, {}, `\u202Egnp.exe <img src=x onerror=alert(1)> ${'endless'.repeat(150)}`)
    for (const path of ['/signals?q=endless', '/alerts?q=endless']) {
      await page.goto(path)
      await page.getByText('endless').first().waitFor()
      await expectSound(page)
    }
    expect(troubles).toEqual([])
    await context.close()
  })
})

interface MadeSource {
  readonly id: string
  readonly key: string
}

async function makeSource(name: string): Promise<MadeSource> {
  const made = await tocsin.server.api('POST', '/api/v1/sources', { name, kind: 'json' })
  expect(made.status, made.text).toBe(201)
  return made.json as MadeSource
}

/** As its sender would, by its key alone. */
const postTo = (key: string, body: unknown) => sendOnce(tocsin.server.url, 'POST', `/hooks/json/${key}`, body)

test('JSON of an own shape is mapped on a pasted sample, tried, kept, and the next message comes by it', { timeout: 120_000 }, async () => {
  const { id, key } = await makeSource('Own monitoring')
  const { context, page, troubles } = await tocsin.openAt(`/sources/${id}`, 'desktop')
  await page.getByRole('link', { name: 'Mapping', exact: true }).click()
  await page.getByLabel('JSON').fill('{"rule":"Queue is long","condition":"broken","machine":"web-1"}')
  await page.getByRole('button', { name: 'Suggest a mapping' }).click()
  const [title, alarm] = [page.getByLabel('Title', { exact: true }), page.getByLabel('Alarm', { exact: true })]
  // What is suggested takes the place of what stands there: nothing is typed before it has come.
  await waitFor('the suggestion to come', async () => (await alarm.inputValue()) !== '', { timeoutMs: 30_000 })
  await title.fill('body.rule + ')
  await expectKeepable(page, false)
  await title.fill('body.rule + " on " + body.machine')
  await alarm.fill('body.rule')
  await page.getByLabel('Status', { exact: true }).fill('body.condition == "broken"')
  await page.getByText('Queue is long on web-1').first().waitFor()
  await expectKeepable(page, true)
  await expectSoundInBothThemes(page)
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.getByText('Version 1 is in force.').waitFor()
  await waitFor(
    'a message to be read by it',
    async () => {
      expect((await postTo(key, { rule: 'Disk is full', condition: 'broken', machine: 'db-7' })).status).toBeLessThan(300)
      const { text } = await tocsin.server.api('GET', '/api/v1/alerts?limit=200')
      return text.includes('Disk is full on db-7')
    },
    { timeoutMs: 20_000, everyMs: 250 },
  )
  expect(troubles).toEqual([])
  await context.close()
})

async function expectKeepable(page: Page, wanted: boolean): Promise<void> {
  const button = page.getByRole('button', { name: 'Keep it' })
  await waitFor(`"Keep it" to be ${wanted ? 'offered' : 'refused'}`, async () => (await button.isEnabled()) === wanted, {
    timeoutMs: 30_000,
  })
}

test('a key is rotated on a phone: old and new open, until the old one is ended', { timeout: 120_000 }, async () => {
  const { id, key: old } = await makeSource('Rotated')
  const { context, page, troubles } = await tocsin.openAt(`/sources/${id}`, 'phone')
  const keys = page.getByRole('list', { name: 'Keys' }).getByRole('listitem')
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('The old key ends').selectOption('in an hour')
  await dialog.getByRole('button', { name: 'Rotate', exact: true }).click()
  const fresh = (await dialog.getByRole('region', { name: 'Key' }).innerText()).trim()
  expect(fresh).not.toBe(old)
  await expectSound(page)
  await dialog.getByRole('button', { name: 'I have kept the key' }).click()
  await keys.filter({ hasText: 'ends' }).waitFor()
  const statusOf = async (key: string, alarm: string): Promise<number> => (await postTo(key, { alarm, title: alarm })).status
  await waitFor('the new key to open', async () => (await statusOf(fresh, 'ByTheNewKey')) < 300, { timeoutMs: 30_000 })
  expect(await statusOf(old, 'ByTheOldKey')).toBeLessThan(300)
  await page.getByRole('button', { name: `End key ${old.slice(0, 6)}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End the key' }).click()
  await waitFor('the old key to be refused', async () => (await statusOf(old, 'TooLate')) >= 400, { timeoutMs: 30_000 })
  expect(await statusOf(fresh, 'StillOpen')).toBeLessThan(300)
  expect(troubles).toEqual([])
  await context.close()
})

test('what is not over is kept open on a phone though its alerts are clear, and a muted signal says who holds it', {
  timeout: 120_000,
}, async () => {
  const { key } = await makeSource('Kept open')
  for (const status of ['firing', 'resolved'])
    expect((await postTo(key, { alarm: 'NotOver', title: 'Queue grows', dedup_key: 'kept', status })).status).toBeLessThan(300)
  const incident = await waitFor(
    'the incident',
    async () => (await listIncidents(tocsin.server)).find((one) => one.title.includes('Queue grows')),
    { timeoutMs: 30_000 },
  )
  const { context, page, troubles } = await tocsin.openAt(`/incidents/${incident.number}`, 'phone')
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: /Keep open/u }).click()
  await page.getByLabel('Why it is not over').fill('The backlog is not worked off.')
  await page.getByRole('button', { name: 'Keep it open' }).click()
  await page.getByText('keeps it open though its alerts have been clear').waitFor()
  await expectSound(page)
  const silence = { match: ['alertname="NotOver"'], duration_seconds: 600, reason: 'deploy' }
  expect((await tocsin.server.api('POST', '/api/v1/silences', silence)).status).toBe(201)
  await page.goto('/playbook/try?alarm=NotOver')
  await page.getByText('Held: it opens nothing and pages nobody.').waitFor()
  await expectSound(page)
  expect(troubles).toEqual([])
  await context.close()
})

test.each(SIZE_NAMES)('every page of detection is sound in both themes on a %s', { timeout: 120_000 }, async (size) => {
  const { context, page, troubles } = await tocsin.openAt('/heartbeats', size)
  for (const [path, heading] of [
    ['/heartbeats', 'Heartbeats'],
    ['/silences?tab=maintenance', 'Silences'],
    ['/silences/new', 'New silence'],
    ['/maintenance/new', 'New maintenance window'],
    ['/sources', 'Sources'],
    ['/why', 'Why?'],
  ] as const) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await expectSoundInBothThemes(page)
  }
  expect(troubles).toEqual([])
  await context.close()
})
