/** The playbook in a real browser: read, linked into, edited with lint and completion, saved as a version, compared, tried. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait.ts'
import { expectSound, SIZE_NAMES } from './browser.ts'
import { useConsole } from './open-console.ts'

const tocsin = useConsole()

function fileText(): string {
  return readFileSync(join(tocsin.scene.folder.path, 'playbook.yaml'), 'utf8')
}

/** Puts the cursor behind the first such text and types. */
async function typeBehind(page: Page, text: string, typed: string): Promise<void> {
  await page.getByRole('textbox', { name: /playbook\.yaml/u }).click()
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Control+f')
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.type(typed)
}

test.each(SIZE_NAMES)('the playbook reads as a document on a %s, and a link leads to its row', { timeout: 120_000 }, async (size) => {
  const { context, page, troubles } = await tocsin.openAt('/playbook#severities.0.thresholds.error_rate', size)
  await page.getByRole('heading', { name: 'Severity matrix' }).waitFor()
  await waitFor('the row to be marked', async () => (await page.locator('#severities\\.0[data-pointed]').count()) === 1 || undefined, {
    timeoutMs: 30_000,
  })
  await expectSound(page)
  expect(troubles).toEqual([])
  await context.close()
})

test('an edit is checked while it is typed, told in words, saved with a reason, and runs', { timeout: 120_000 }, async () => {
  const { context, page, troubles } = await tocsin.openAt('/playbook/edit', 'desktop')
  await page.getByText('sound', { exact: true }).waitFor()
  await typeBehind(page, 'Outage', '"')
  await page.getByText(/cannot be saved yet/u).waitFor()
  await expectSound(page)
  await page.keyboard.press('Backspace')
  await page.keyboard.type(', the worst of all')
  await page.getByText(/^1 change/u).waitFor()
  await page.getByRole('link', { name: 'Playbook', exact: true }).last().click()
  await page.getByRole('button', { name: 'Go on editing' }).click()
  await page.keyboard.press('Control+s')
  await page.getByLabel('Why').fill('It is the worst')
  await expectSound(page)
  await page.getByRole('button', { name: 'Save and run it' }).click()
  await page.getByRole('heading', { level: 1, name: /version \d+/u }).waitFor()
  await page.getByText('“It is the worst”').waitFor()
  expect(fileText()).toContain('Outage, the worst of all')
  await page.goto('/playbook/versions')
  await page
    .getByRole('link', { name: /What changed since/u })
    .first()
    .click()
  await page.getByRole('heading', { name: 'In words' }).waitFor()
  await page
    .getByText(/the worst of all/u)
    .first()
    .waitFor()
  await expectSound(page)
  expect(troubles).toEqual([])
  await context.close()
})

test('whoever saves second is shown both texts, and loses neither', { timeout: 120_000 }, async () => {
  const { context, page } = await tocsin.openAt('/playbook/edit', 'phone')
  await page.getByText('sound', { exact: true }).waitFor()
  await typeBehind(page, 'Outage', ', mine')
  const before = (await tocsin.server.api('GET', '/api/v1/playbook/source')).json as { source: string; digest: string }
  const theirs = before.source.replace('Outage', 'Outage, theirs')
  const saved = await tocsin.server.api('PUT', '/api/v1/playbook', { source: theirs, reason: 'First', base_digest: before.digest })
  expect(saved.status, saved.text).toBe(200)
  await page
    .getByText(/change/u)
    .first()
    .waitFor()
  await page.getByRole('button', { name: 'Save…' }).click()
  await page.getByLabel('Why').fill('Second')
  await page.getByRole('button', { name: 'Save and run it' }).click()
  const dialog = page.getByRole('dialog', { name: 'Somebody saved meanwhile' })
  await dialog
    .getByText(/Outage, theirs/u)
    .first()
    .waitFor()
  await dialog
    .getByText(/Outage, mine/u)
    .first()
    .waitFor()
  await expectSound(page)
  await dialog.getByRole('button', { name: 'Go on with mine' }).click()
  await page.getByRole('button', { name: 'Save…' }).click()
  await page.getByLabel('Why').fill('Second, knowing the first')
  await page.getByRole('button', { name: 'Save and run it' }).click()
  await page.getByRole('heading', { level: 1, name: /version \d+/u }).waitFor()
  expect(fileText()).toContain('Outage, mine')
  await context.close()
})

test.each(SIZE_NAMES)('a signal is tried on a %s and its address asks the same again', { timeout: 120_000 }, async (size) => {
  const { context, page, troubles } = await tocsin.openAt('/playbook/try', size)
  await page.getByLabel('Alarm', { exact: true }).fill('NobodyKnowsThis')
  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByRole('heading', { name: 'Why no type' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'What it would be' }).waitFor()
  expect(new URL(page.url()).searchParams.get('alarm')).toBe('NobodyKnowsThis')
  await expectSound(page)
  expect(troubles).toEqual([])
  await context.close()
})
