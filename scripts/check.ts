/** `npm run check`: everything but the tests. Prints each step with its result and exits 1 when one fails. */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findViolations } from './import-rules.ts'
import { findLockfileFaults } from './lockfile.ts'

const ROOT = join(import.meta.dirname, '..')
const OUTPUT_LINES_MAX = 60

interface Step {
  readonly name: string
  /** Null when all is well, else what to show. */
  readonly run: () => string | null
}

/** Programs of node_modules/.bin; none is asked to change anything. */
function program(name: string, ...parameters: string[]): Step['run'] {
  return () => {
    const path = join(ROOT, 'node_modules', '.bin')
    const env = { ...process.env, PATH: `${path}:${process.env['PATH'] ?? ''}`, NO_COLOR: '1' }
    const result = spawnSync(join(path, name), parameters, { cwd: ROOT, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    return result.status === 0 ? null : `${result.stdout}${result.stderr}${result.error?.message ?? ''}`
  }
}

function checkImports(): string | null {
  const paths = globSync('{src,web}/**/*.{ts,tsx}', { cwd: ROOT, exclude: (name) => /^(node_modules|dist|web\/dist)/.test(name) })
  const files = paths.map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(ROOT, path), 'utf8') }))
  if (files.length === 0) return 'no source file was found: the check would pass on nothing'
  return linesOrNull(findViolations(files))
}

function checkLockfile(): string | null {
  return linesOrNull(
    findLockfileFaults(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Parameters<typeof findLockfileFaults>[0]),
  )
}

function linesOrNull(lines: readonly string[]): string | null {
  return lines.length === 0 ? null : lines.join('\n')
}

const STEPS: readonly Step[] = [
  { name: 'format', run: program('biome', 'format', '.') },
  { name: 'lint', run: program('oxlint', '--type-aware') },
  { name: 'types', run: program('tsc', '-p', 'tsconfig.json') },
  { name: 'types of the console', run: program('tsc', '-p', 'web/tsconfig.json') },
  { name: 'import rules', run: checkImports },
  { name: 'dead code', run: program('knip', '--no-progress') },
  { name: 'schema dump', run: program('node', 'scripts/dump-schema.ts', '--check') },
  { name: 'schemas of the playbook', run: program('node', 'scripts/dump-playbook-schema.ts', '--check') },
  { name: 'lockfile', run: checkLockfile },
]

const asked = process.argv.slice(2)
const steps = STEPS.filter((step) => asked.length === 0 || asked.some((word) => step.name.includes(word)))
if (steps.length === 0) throw new Error(`no check is named ${asked.join(' ')}`)
let failed = 0
for (const step of steps) {
  const startedAt = performance.now()
  const problem = step.run()
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  console.log(`${problem === null ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)`)
  if (problem === null) continue
  failed += 1
  const lines = problem.trimEnd().split('\n')
  console.log(lines.slice(0, OUTPUT_LINES_MAX).join('\n'))
  if (lines.length > OUTPUT_LINES_MAX) console.log(`... and ${lines.length - OUTPUT_LINES_MAX} lines more`)
}
console.log(failed === 0 ? `All ${steps.length} checks passed.` : `${failed} of ${steps.length} checks failed.`)
process.exitCode = failed === 0 ? 0 : 1
