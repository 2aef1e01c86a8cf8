/** The phone page on a bad network and without its server: what was pressed is kept and sent, and the pocket copy opens. */
import { expect, test } from 'vitest'
import { fire, listIncidents } from '../support/scene.ts'
import { waitFor } from '../support/wait.ts'
import { expectSound, expectSoundInBothThemes } from './browser.ts'
import { useConsole } from './open-console.ts'

const tocsin = useConsole()

test('an acknowledgement without a network waits and is sent; the pocket copy opens while the server is down', {
  timeout: 120_000,
}, async () => {
  const { context, page } = await tocsin.visit('phone')
  const link = await tocsin.server.api('POST', '/api/v1/people/ann%40example.org/sign_in_link')
  await context.request.post((link.json as { url: string }).url, { maxRedirects: 0 })
  await page.goto('/home')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.evaluate(controlled)
  await expectSound(page)
  await fire(tocsin.server, 'phone')
  const acknowledge = page.getByRole('button', { name: /^Acknowledge INC-/u })
  await acknowledge.waitFor()
  const acknowledged = async () =>
    (await listIncidents(tocsin.server)).find(({ title }) => title.includes('phone'))?.acknowledged_at ?? null

  await context.setOffline(true)
  await acknowledge.click()
  await page.getByText(/Not acknowledged yet: INC-/u).waitFor()
  expect(await acknowledged()).toBeNull()
  await page.reload()
  await page.getByText(/Not acknowledged yet: INC-/u).waitFor()
  await context.setOffline(false)
  await page.getByText(/You have INC-/u).waitFor()
  await waitFor('the acknowledgement', acknowledged, { timeoutMs: 10_000 })

  await page.getByRole('button', { name: 'Keep a pocket copy' }).click()
  await page.getByText(/^Made /u).waitFor()
  await tocsin.server.kill()
  await page.goto('/home')
  await page.getByText('Tocsin cannot be reached.').waitFor()
  await page.getByText(/phone/u).first().waitFor()
  await page.getByText(/^Playbook, version/u).click()
  await page
    .getByRole('heading', { name: /severity/iu })
    .first()
    .waitFor()
  await expectSoundInBothThemes(page)
  await tocsin.restart()
  await page.getByRole('heading', { level: 1, name: /on call/u }).waitFor()

  await page.goto('/account')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(/\/sign-in/u)
  expect(await page.evaluate(countKept)).toBe(0)
  await context.close()
})

/** Runs in the page: until its service worker answers for it. */
const controlled = `new Promise((resolve) => {
  if (navigator.serviceWorker.controller !== null) resolve()
  else navigator.serviceWorker.addEventListener('controllerchange', () => resolve())
})`

/** Runs in the page: rows of the browser's own database. */
const countKept = `new Promise((resolve) => {
  const request = indexedDB.open('tocsin-offline')
  request.onsuccess = () => {
    const transaction = request.result.transaction(['outgoing', 'pocket'])
    const counts = ['outgoing', 'pocket'].map((name) => transaction.objectStore(name).count())
    transaction.oncomplete = () => resolve(counts.reduce((sum, count) => sum + count.result, 0))
  }
})`
