/** A thousand simulated hours under a fault plan; `npm run test:long` runs many more seeds. */
import { expect, test } from 'vitest'
import { HOUR_MS } from '../../src/core/time.ts'
import { Checker } from './check.ts'
import { World } from './world.ts'

const HOURS = Number(process.env['TOCSIN_SIMULATED_HOURS'] ?? 1_000)
/** Some 5 ms an hour on an idle machine. */
const TIME_MS_MAX = 120_000 + HOURS * 40
const SEED = Number(process.env['TOCSIN_SIMULATION_SEED'] ?? 20_261_124)

function simulate(options: { seed: number; hours: number; faults: boolean }): { world: World; checker: Checker } {
  const world = new World(options)
  const checker = new Checker(world)
  const start = world.now()
  try {
    world.schedule.run(start + options.hours * HOUR_MS, () => checker.afterStep())
    world.heal()
    world.schedule.run(world.now() + 12 * HOUR_MS, () => checker.afterStep())
    checker.atEnd()
  } catch (error) {
    throw new Error(`seed ${options.seed}, ${Math.round((world.now() - start) / HOUR_MS)} h in`, { cause: error })
  }
  return { world, checker }
}

test(`no page is lost in ${HOURS} simulated hours of crashes, freezes, outages and bad vendors`, { timeout: TIME_MS_MAX }, () => {
  const { world, checker } = simulate({ seed: SEED, hours: HOURS, faults: true })
  const summary = {
    ...world.counts,
    incidents: world.store.incidents.size,
    requests: world.requests.length,
    steps: checker.checks,
    longestWaitMs: world.longestWaitMs,
    longestOverdueMs: checker.longestOverdueMs,
  }
  console.log(`simulation seed ${SEED}: ${JSON.stringify(summary)}`)
  // A run in which nothing happened would prove nothing.
  expect(summary.incidents).toBeGreaterThan(HOURS / 8)
  expect(summary.crashes).toBeGreaterThan(HOURS / 10)
  expect(summary.repeats).toBeGreaterThan(0)
  expect(summary.staleWrites).toBeGreaterThan(0)
  expect(summary.measured).toBeGreaterThan(HOURS / 20)
  expect(summary.held).toBeGreaterThan(HOURS / 20)
  expect(summary.snoozed).toBeGreaterThan(HOURS / 100)
})

test('one seed makes the same run twice', () => {
  const runs = [1, 2].map(() => JSON.stringify(simulate({ seed: 7, hours: 40, faults: true }).world.requests))
  expect(runs[0]).toBe(runs[1])
})

test('without faults nothing is repeated', () => {
  const { world } = simulate({ seed: 3, hours: 100, faults: false })
  expect(world.counts.repeats).toBe(0)
  expect(world.store.incidents.size).toBeGreaterThan(20)
})
