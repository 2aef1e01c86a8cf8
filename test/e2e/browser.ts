/** A real Chromium from npm, on the sizes people hold in their hands and have on their desks. */
import { AxeBuilder } from '@axe-core/playwright'
import chromium from '@sparticuz/chromium'
import { chromium as playwright, type Browser, type BrowserContext, type Page } from 'playwright-core'

export const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1_440, height: 900 } } as const
export type SizeName = keyof typeof SIZES
export const THEMES = ['light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** Not the package's own: with `--single-process` among them Chromium dies. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']

export async function launchBrowser(): Promise<Browser> {
  return playwright.launch({ executablePath: await chromium.executablePath(), args: FLAGS, headless: true })
}

export interface Visit {
  readonly context: BrowserContext
  readonly page: Page
  /** Errors that the page threw or wrote to its console, refusals by its content policy included. */
  readonly troubles: string[]
}

export async function visit(
  browser: Browser,
  options: { size: SizeName; theme?: Theme; script?: boolean; reducedMotion?: boolean },
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: SIZES[options.size],
    colorScheme: options.theme ?? 'light',
    hasTouch: options.size === 'phone',
    isMobile: options.size === 'phone',
    javaScriptEnabled: options.script ?? true,
    reducedMotion: 'reduce',
    locale: 'en-GB',
  })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 40[13]/u.test(message.text())) troubles.push(message.text())
  })
  return { context, page, troubles }
}

/** What axe finds serious or critical on the page as it stands, in words. */
export async function findBarriers(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).analyze()
  return found.violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .map(
      (violation) =>
        `${violation.impact}: ${violation.id} at ${violation.nodes.map((node) => `${node.target.join(' ')} (${node.failureSummary ?? ''})`).join('; ')}`,
    )
}
