/** Once a run, before the first browser test: the console is built as it ships, and the browser is unpacked. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import pino from 'pino'
import type { TestProject } from 'vitest/node'
import { buildConsole } from '../../src/shell/server/build-console.ts'
import { ROOT } from '../support/server.ts'
import { waitFor } from '../support/wait.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The program of the browser. */
    browserPath: string
  }
}

/** 209 MB that are the same in every run: they lie beside the packages, and go with them. */
const BROWSER_FOLDER = join(ROOT, 'node_modules/.cache/tocsin-browser')
const BUILD_LOCK = join(ROOT, 'web/.dist-lock')
const BUILD_MS_MAX = 300_000

export async function setup(project: TestProject): Promise<void> {
  const browserPath = await unpackBrowser()
  await buildFreshConsole()
  project.provide('browserPath', browserPath)
}

/** The package unpacks into the system's temporary folder, which is the run's own. */
async function unpackBrowser(): Promise<string> {
  const before = process.env['TMPDIR']
  mkdirSync(BROWSER_FOLDER, { recursive: true })
  process.env['TMPDIR'] = BROWSER_FOLDER
  try {
    return await chromium.executablePath()
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}

/** A server of the same checkout may be building it already. */
async function buildFreshConsole(): Promise<void> {
  const log = pino({ level: 'silent' })
  const outcome = await waitFor(
    'the console to be built',
    async () => {
      const became = await buildConsole(log)
      return !existsSync(BUILD_LOCK) && became
    },
    { timeoutMs: BUILD_MS_MAX, everyMs: 500 },
  )
  if (outcome !== 'fresh' && outcome !== 'built') throw new Error('the console could not be built: `npm run build` says why')
}
