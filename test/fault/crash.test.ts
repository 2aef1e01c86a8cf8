/** The server dies at each point where a promise could break, and at random moments; nothing that was promised is lost. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts'
import { chooseSeed } from '../support/seed.ts'
import { FAIL_POINTS, runCrash, type EndKind } from './crash-run.ts'

const seed = chooseSeed()
/** Servers at a time: more only wait for each other on two cores. */
const LANES = 3
const ends: readonly EndKind[] = [...FAIL_POINTS, 'random-kill', 'random-kill', 'orderly-stop']
const runs = ends.map((end, place) => ({ end, seed: seed + place }))

let postgres: OwnPostgres
beforeAll(async () => {
  console.log(`crash runs from seed ${seed}; TOCSIN_TEST_SEED=${seed} repeats them`)
  postgres = await startOwnPostgres()
})
afterAll(async () => postgres.close())

describe.concurrent('an end of the server loses no signal and no page', { timeout: 600_000 }, () => {
  const lanes = Array.from({ length: LANES }, (_, lane) => runs.filter((_run, place) => place % LANES === lane))
  test.each(lanes.map((lane) => ({ lane, name: lane.map((run) => run.end).join(', ') })))('$name', async ({ lane }) => {
    for (const run of lane) {
      const report = await runCrash({ ...run, databaseUrl: await postgres.createDatabase() })
      expect(report.violations, `${run.end}, seed ${run.seed}\n${report.serverLog}`).toEqual([])
      expect(report.pagesTaken).toBeGreaterThan(0)
    }
  })
})
