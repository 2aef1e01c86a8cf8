/** The server dies at each point where a promise could break, and at random moments; nothing that was promised is lost. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts'
import { chooseSeed } from '../support/seed.ts'
import { FAIL_POINTS, runCrash, type FailPoint } from './crash-run.ts'

const RANDOM_KILLS = 3
const seed = chooseSeed()
let postgres: OwnPostgres

beforeAll(async () => {
  console.log(`crash runs from seed ${seed}; TOCSIN_TEST_SEED=${seed} repeats them`)
  postgres = await startOwnPostgres()
})
afterAll(async () => postgres.close())

async function expectNothingLost(failPoint: FailPoint | null, runSeed: number): Promise<void> {
  const report = await runCrash({ seed: runSeed, failPoint, databaseUrl: await postgres.createDatabase() })
  expect(report.violations, `seed ${runSeed}\n${report.serverLog}`).toEqual([])
  expect(report.pagesTaken).toBeGreaterThan(0)
}

describe.concurrent('SIGKILL', { timeout: 120_000 }, () => {
  test.each(FAIL_POINTS.map((point, place) => [point, seed + place] as const))('at %s loses no signal and no page', expectNothingLost)
  test.each(Array.from({ length: RANDOM_KILLS }, (_, place) => [place + 1, seed + 100 + place] as const))(
    'at a random moment, run %i, loses no signal and no page',
    (_run, runSeed) => expectNothingLost(null, runSeed),
  )
})
