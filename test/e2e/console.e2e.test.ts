/** The console as people use it: sign in by link and by password, see what is open, answer, resolve; on a phone and at a desk. */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findAcknowledgeLink } from '../fault/crash-run.ts'
import { fire, listIncidents, waitForPages } from '../support/scene.ts'
import { waitFor } from '../support/wait.ts'
import { expectNothingSideways, expectSoundInBothThemes, SIZE_NAMES } from './browser.ts'
import { OWNER, useConsole } from './open-console.ts'

const PASSWORD = 'correct horse battery staple'
const HOSTILE = `"><img src=x onerror="window.broken=1"><script>window.broken=1</script>[x](javascript:alert(1))`

const tocsin = useConsole()

/** A link made by the API, as `tocsin user link` does; the button on its page signs in. */
async function signInByLink(page: Page): Promise<void> {
  await page.goto(await tocsin.signInLink())
  await page.getByRole('button', { name: /sign in/iu }).click()
  await page.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor()
}

async function openIncident(name: string): Promise<string> {
  await fire(tocsin.server, name)
  return waitFor('the incident', async () => (await listIncidents(tocsin.server)).find((incident) => incident.title.includes(name))?.id, {
    timeoutMs: 30_000,
  })
}

describe.each(SIZE_NAMES)('on a %s', (size) => {
  test('the link printed at the first start, or made later, signs in once', { timeout: 120_000 }, async () => {
    const { context, page, troubles } = await tocsin.visit(size)
    await signInByLink(page)
    const used = page.url()
    expect(new URL(used).pathname).not.toContain('/sign-in/')
    await page.goto('/incidents')
    await page.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor()
    expect(troubles).toEqual([])
    await context.close()
  })

  test('a password set over the API signs in, a wrong one says so without saying which was wrong', { timeout: 120_000 }, async () => {
    const set = await tocsin.server.api('POST', '/api/v1/me/password', { password: PASSWORD, current: PASSWORD })
    expect(set.status, set.text).toBe(204)
    const { context, page } = await tocsin.visit(size)
    await page.goto('/sign-in')
    await page.getByLabel('E-mail').fill(OWNER)
    await page.getByLabel('Password').fill('not the password at all')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor()
    await context.close()
  })

  test('a new incident appears without a reload, is opened, acknowledged and resolved', { timeout: 120_000 }, async () => {
    const name = `live-${size}`
    const { context, page, troubles } = await tocsin.openAt('/incidents', size)
    await page.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor()
    await page.evaluate('window.sameDocument = true')
    const id = await openIncident(name)
    const row = page.getByRole('link', { name: new RegExp(name, 'u') }).first()
    await row.waitFor()
    await row.click()
    await page.getByRole('heading', { level: 1, name: new RegExp(name, 'u') }).waitFor()
    await page.getByText('Go back to the version before.').first().waitFor()
    await page.getByRole('button', { name: 'Acknowledge' }).first().click()
    await waitFor(
      'the acknowledgement',
      async () => (await listIncidents(tocsin.server)).find((one) => one.id === id)?.acknowledged_at ?? undefined,
      { timeoutMs: 30_000 },
    )
    await page.getByRole('button', { name: 'Resolve' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill('Rolled back')
    await dialog.getByRole('button', { name: /resolve/iu }).click()
    await waitFor('the resolution', async () => (await listIncidents(tocsin.server)).find((one) => one.id === id)?.phase === 'resolved', {
      timeoutMs: 30_000,
    })
    expect(await page.evaluate('"sameDocument" in window')).toBe(true)
    expect(troubles).toEqual([])
    await context.close()
  })

  test('the acknowledge page works without script, and looking at it acknowledges nothing', { timeout: 120_000 }, async () => {
    const name = `link-${size}`
    const id = await openIncident(name)
    const [sent] = await waitForPages(tocsin.scene.webhook, name, 2, 30_000, tocsin.server)
    const { context, page } = await tocsin.visit(size, { script: false })
    await page.goto(findAcknowledgeLink(sent?.text ?? '') ?? 'no link')
    await page.getByRole('heading', { level: 1, name: new RegExp(name, 'u') }).waitFor()
    expect((await listIncidents(tocsin.server)).find((one) => one.id === id)?.acknowledged_at).toBeNull()
    const button = page.getByRole('button', { name: 'Acknowledge' })
    const box = await button.boundingBox()
    expect(box?.height).toBeGreaterThanOrEqual(44)
    await button.click()
    await page
      .getByText(/acknowledged/iu)
      .first()
      .waitFor()
    expect((await listIncidents(tocsin.server)).find((one) => one.id === id)?.acknowledged_at).not.toBeNull()
    await context.close()
  })

  test('nothing scrolls sideways', { timeout: 120_000 }, async () => {
    const id = await openIncident(`wide-${size}-${'w'.repeat(200)}`)
    const { context, page } = await tocsin.openAt('/incidents', size)
    for (const path of ['/incidents', `/incidents/${id}`]) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await expectNothingSideways(page)
    }
    await context.close()
  })
})

test.each(SIZE_NAMES)('axe finds nothing serious in either theme on a %s', { timeout: 120_000 }, async (size) => {
  const name = `axe-${size}`
  const id = await openIncident(name)
  const [sent] = await waitForPages(tocsin.scene.webhook, name, 2, 30_000, tocsin.server)
  const { context, page } = await tocsin.visit(size)
  await page.goto('/sign-in')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await expectSoundInBothThemes(page)
  await page.goto(findAcknowledgeLink(sent?.text ?? '') ?? 'no link')
  await expectSoundInBothThemes(page)
  await signInByLink(page)
  await page
    .getByRole('link', { name: new RegExp(name, 'u') })
    .first()
    .waitFor()
  await expectSoundInBothThemes(page)
  await page.goto(`/incidents/${id}`)
  await page.getByRole('heading', { level: 1, name: new RegExp(name, 'u') }).waitFor()
  await page.getByText('webhook').filter({ visible: true }).first().waitFor()
  await expectSoundInBothThemes(page)
  await page.getByRole('button', { name: 'Resolve' }).first().click()
  await page.getByRole('dialog').waitFor()
  await expectSoundInBothThemes(page)
  await context.close()
})

test('a person declares an incident in the console', { timeout: 120_000 }, async () => {
  const { context, page } = await tocsin.openAt('/incidents', 'desktop')
  await page
    .getByRole('button', { name: /^Declare/u })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog
    .getByLabel(/title|what/iu)
    .first()
    .fill('Declared in the console')
  await dialog.getByRole('button', { name: /declare/iu }).click()
  await waitFor(
    'the incident',
    async () => (await listIncidents(tocsin.server)).some((incident) => incident.title === 'Declared in the console'),
    { timeoutMs: 30_000 },
  )
  await context.close()
})

test('the keyboard alone opens an incident and acknowledges it', { timeout: 120_000 }, async () => {
  const id = await openIncident('by-keyboard')
  const { context, page } = await tocsin.openAt('/incidents', 'desktop')
  const link = page.getByRole('link', { name: /by-keyboard/u }).first()
  await link.waitFor()
  await link.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: /by-keyboard/u }).waitFor()
  await page.keyboard.press('a')
  await waitFor(
    'the acknowledgement',
    async () => (await listIncidents(tocsin.server)).find((one) => one.id === id)?.acknowledged_at ?? undefined,
    { timeoutMs: 30_000 },
  )
  await context.close()
})

test('a hostile title is text wherever it is shown', { timeout: 120_000 }, async () => {
  await tocsin.server.api('POST', '/api/v1/incidents', { title: HOSTILE, summary: HOSTILE, severity: 'SEV-1', reason: HOSTILE })
  const incident = (await listIncidents(tocsin.server)).find((one) => one.title.includes('onerror'))
  const [sent] = await waitForPages(tocsin.scene.webhook, 'onerror', 2, 30_000, tocsin.server)
  const { context, page, troubles } = await tocsin.openAt('/incidents', 'desktop')
  await page.getByText('onerror').first().waitFor()
  for (const address of [`/incidents/${incident?.id ?? ''}`, findAcknowledgeLink(sent?.text ?? '') ?? 'no link']) {
    await page.goto(address)
    await page.getByText('onerror').first().waitFor()
    expect(await page.evaluate('"broken" in window')).toBe(false)
    expect(await page.locator('img[src="x"], script:not([src]):not([nonce])').count()).toBe(0)
    expect(await page.locator('a[href^="javascript:"]').count()).toBe(0)
  }
  expect(troubles).toEqual([])
  await context.close()
})

test('on a phone the pager is taken, given back, and a cover asked for, by tap', { timeout: 120_000 }, async () => {
  const { server } = tocsin
  const other = { email: 'other@example.com', name: 'Other Person' }
  await server.api('POST', '/api/v1/people', other)
  const schedules = (await server.api('GET', '/api/v1/schedules')).json as { items: { id: string; role: string }[] }
  const [schedule] = schedules.items
  const hours = (count: number): string => new Date(Date.now() + count * 3_600_000).toISOString()
  await server.api('POST', '/api/v1/overrides', { schedule: schedule?.id, person: other.email, until: hours(24) })
  const role = schedule?.role ?? ''
  const holder = async (): Promise<string | undefined> => {
    const { items } = (await server.api('GET', '/api/v1/oncall')).json as { items: { role: string; person: { email: string } | null }[] }
    return items.find((item) => item.role === role)?.person?.email
  }
  const { context, page, troubles } = await tocsin.openAt('/on-call', 'phone')
  await page.getByRole('button', { name: `Take the pager of ${role}` }).click()
  await expectSoundInBothThemes(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Take the pager' }).click()
  await waitFor('the pager to be taken', async () => (await holder()) === OWNER, { timeoutMs: 10_000 })
  const line = page.getByRole('region', { name: role })
  await line
    .getByRole('button', { name: /you.*stands in/u })
    .first()
    .click()
  await page.getByRole('button', { name: 'Ask for cover or swap' }).click()
  await page.getByLabel('Who is asked').selectOption({ label: other.name })
  await page.getByRole('dialog').getByRole('button', { name: 'Ask' }).click()
  await page.getByText(`asks ${other.name} to hold`).waitFor()
  await page.getByRole('button', { name: 'Take back' }).click()
  await page.getByText('nobody is away').waitFor()
  await line
    .getByRole('button', { name: /you.*stands in/u })
    .first()
    .click()
  await page.getByRole('button', { name: 'End it now' }).click()
  await waitFor('the pager to be given back', async () => (await holder()) === other.email, { timeoutMs: 10_000 })
  await expectNothingSideways(page)
  await expectSoundInBothThemes(page)
  expect(troubles).toEqual([])
  await context.close()
})

test('when the server goes away the console says how old what it shows is, and catches up by itself', { timeout: 120_000 }, async () => {
  const { context, page } = await tocsin.openAt('/incidents', 'desktop')
  await page.getByText(/live/iu).first().waitFor()
  await tocsin.server.kill()
  await page
    .getByText(/ago|not live|offline|reconnect|connection/iu)
    .first()
    .waitFor({ timeout: 20_000 })
  await tocsin.restart()
  await openIncident('after-the-break')
  await page
    .getByRole('link', { name: /after-the-break/u })
    .first()
    .waitFor({ timeout: 30_000 })
  await context.close()
})
