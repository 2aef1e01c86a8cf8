/** A real Chromium from npm, on the sizes people hold in their hands and have on their desks. */
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { expect, inject } from 'vitest'

export const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1_440, height: 900 } } as const
export type SizeName = keyof typeof SIZES
export const SIZE_NAMES = Object.keys(SIZES) as SizeName[]
/** Light is last: it is how a page is found, and left. */
const THEMES = ['dark', 'light'] as const

/** Not the package's own: with `--single-process` among them Chromium dies. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: inject('browserPath'), args: FLAGS, headless: true })
}

export interface Visit {
  readonly context: BrowserContext
  readonly page: Page
  /** Errors that the page threw or wrote to its console, refusals by its content policy included. */
  readonly troubles: string[]
}

export interface VisitOptions {
  readonly size: SizeName
  /** What a path alone stands below. */
  readonly baseUrl: string
  readonly script?: boolean
}

export async function visit(browser: Browser, options: VisitOptions): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: options.baseUrl,
    viewport: SIZES[options.size],
    colorScheme: 'light',
    hasTouch: options.size === 'phone',
    isMobile: options.size === 'phone',
    javaScriptEnabled: options.script ?? true,
    reducedMotion: 'reduce',
    locale: 'en-GB',
  })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 40[13]/u.test(message.text())) troubles.push(message.text())
  })
  return { context, page, troubles }
}

/** What axe finds serious or critical on the page as it stands, in words. No frame of another origin is looked into: there is none. */
async function findBarriers(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze()
  return found.violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .map(
      (violation) =>
        `${violation.impact}: ${violation.id} at ${violation.nodes.map((node) => `${node.target.join(' ')} (${node.failureSummary ?? ''})`).join('; ')}`,
    )
}

export async function expectNothingSideways(page: Page): Promise<void> {
  expect(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    page.url(),
  ).toBeLessThanOrEqual(0)
}

/** No barrier, and nothing that scrolls sideways. */
export async function expectSound(page: Page): Promise<void> {
  expect(await findBarriers(page)).toEqual([])
  await expectNothingSideways(page)
}

/** The same page, dark and light; the console follows the system while it is open. */
export async function expectSoundInBothThemes(page: Page): Promise<void> {
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme })
    // the pages without script have no such mark: their styles follow by themselves
    await page.waitForFunction((wanted) => (document.documentElement.dataset['theme'] ?? wanted) === wanted, theme)
    await expectSound(page)
  }
}
