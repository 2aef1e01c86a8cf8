/**
 * `npm run test:long`: at least 200 crash runs, each from a seed of its own: every fail point at several passes, and kills
 * at random moments. Prints the seeds; `--seed N --runs 1` repeats a run that failed. Ends with 1 when any promise broke.
 */
import { parseArgs } from 'node:util'
import { FAIL_POINTS, runCrash, type CrashReport, type EndKind } from '../test/fault/crash-run.ts'
import { startOwnPostgres } from '../test/support/own-postgres.ts'
import { chooseSeed } from '../test/support/seed.ts'

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string' },
    runs: { type: 'string', default: '200' },
    parallel: { type: 'string', default: '3' },
  },
})
const firstSeed = flags.seed === undefined ? chooseSeed() : Number(flags.seed)
const runs = Number(flags.runs)
/** What a run does follows from its seed alone, so that the seed repeats it. */
const kinds: readonly EndKind[] = [...FAIL_POINTS, 'random-kill', 'orderly-stop']

const postgres = await startOwnPostgres()
const failed: { seed: number; reason: string }[] = []
const resumedMs: number[] = []
let begun = 0
let pages = 0
let signals = 0

console.log(`${runs} crash runs from seed ${firstSeed}`)
await Promise.all(Array.from({ length: Number(flags.parallel) }, work))
await postgres.close()

resumedMs.sort((a, b) => a - b)
console.log(
  `${runs} runs, ${signals} signals promised, ${pages} pages taken; first page after a restart: ` +
    `median ${resumedMs[Math.floor(resumedMs.length / 2)] ?? 0} ms, slowest ${resumedMs.at(-1) ?? 0} ms`,
)
for (const { seed, reason } of failed) console.error(`seed ${seed} failed (node scripts/test-long.ts --seed ${seed} --runs 1):\n${reason}`)
process.exitCode = failed.length === 0 ? 0 : 1

async function work(): Promise<void> {
  for (let place = begun++; place < runs; place = begun++) {
    const seed = firstSeed + place
    const end = kinds[seed % kinds.length] ?? 'random-kill'
    const startedAt = Date.now()
    const databaseUrl = await postgres.createDatabase()
    const outcome = await runCrash({ seed, end, databaseUrl }).catch((error: unknown) =>
      String(error instanceof Error ? error.stack : error),
    )
    note(seed, outcome)
    await postgres.dropDatabase(databaseUrl)
    const words =
      typeof outcome !== 'string' && outcome.violations.length === 0 ? (outcome.asPlanned ? 'held' : 'held, killed instead') : 'BROKEN'
    console.log(`seed ${seed} ${end}: ${words} (${((Date.now() - startedAt) / 1_000).toFixed(1)} s)`)
  }
}

function note(seed: number, outcome: CrashReport | string): void {
  if (typeof outcome === 'string') {
    failed.push({ seed, reason: outcome })
    return
  }
  if (outcome.violations.length > 0) failed.push({ seed, reason: `${outcome.violations.join('\n')}\n${outcome.serverLog}` })
  if (outcome.resumedAfterMs !== null) resumedMs.push(outcome.resumedAfterMs)
  pages += outcome.pagesTaken
  signals += outcome.accepted
}
