/** What every browser test starts from: a server with people who are paged, its console, a browser, somebody signed in. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { setClonedScene, type Scene } from '../support/scene.ts'
import type { RunningServer } from '../support/server.ts'
import { launchBrowser, visit, type SizeName, type Visit, type VisitOptions } from './browser.ts'

export const OWNER = 'owner@localhost'

export interface OpenConsole {
  readonly scene: Scene
  readonly server: RunningServer
  /** SIGKILL to the server; the next one comes by `restart`, on the same port. */
  readonly restart: () => Promise<void>
  /** A browser of somebody who has not signed in. */
  readonly visit: (size: SizeName, options?: Pick<VisitOptions, 'script'>) => Promise<Visit>
  /** A browser of the owner, signed in, on that page. */
  readonly openAt: (path: string, size: SizeName) => Promise<Visit>
  /** An address that signs the owner in once, as `tocsin user link` makes it. */
  readonly signInLink: () => Promise<string>
}

/** Called at the top of a test file: one of each for the whole file. */
export function useConsole(): OpenConsole {
  let scene: Scene
  let server: RunningServer
  let browser: Browser
  beforeAll(async () => {
    scene = await setClonedScene({ escalationWait: '30 min' })
    ;[server, browser] = await Promise.all([scene.start(), launchBrowser()])
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await scene?.close()
  })
  const signInLink = async (): Promise<string> => {
    const made = await server.api('POST', `/api/v1/people/${encodeURIComponent(OWNER)}/sign_in_link`)
    expect(made.status, made.text).toBe(201)
    return (made.json as { url: string }).url
  }
  const open: OpenConsole['visit'] = (size, options) => visit(browser, { size, baseUrl: server.url, ...options })
  return {
    get scene() {
      return scene
    },
    get server() {
      return server
    },
    restart: async () => {
      server = await scene.start({ port: server.port })
    },
    visit: open,
    openAt: async (path, size) => {
      const seen = await open(size)
      // What the button of the link's page sends; that page itself is tested in console.e2e.test.ts.
      const answer = await seen.context.request.post(await signInLink(), { maxRedirects: 0 })
      expect(answer.status()).toBeLessThan(400)
      await seen.page.goto(path)
      return seen
    },
    signInLink,
  }
}
