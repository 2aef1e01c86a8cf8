import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

/** Debian's Prometheus, Alertmanager and pebble are peers that npm cannot bring; CI installs them, and there they must not be missing. */
const PEERS = ['/usr/bin/prometheus', '/usr/bin/prometheus-alertmanager', '/usr/bin/pebble']
const withPeers = process.env['CI'] === 'true' || PEERS.every((program) => existsSync(program))
if (!withPeers) {
  console.log('test/peers/debian is left out: apt-get install prometheus prometheus-alertmanager pebble to run it (CI always does)')
}

/** Nothing outside of themselves: they share a process and what it has loaded. */
const PURE = ['src/core/**/*.test.ts', 'web/**/*.test.ts']
/** Whole processes against the clock: they run when the rest is done, so that they do not measure each other's load. */
const PROCESSES = ['test/fault/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/peers/**/*.test.ts']
const BROWSER = ['test/e2e/**/*.test.ts']
const NEVER = ['**/node_modules/**', ...(withPeers ? [] : ['test/peers/debian/**'])]

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, exclude: NEVER, isolate: false, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['scripts/**/*.test.ts', 'src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...NEVER, ...PURE, ...PROCESSES],
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'processes', include: PROCESSES, exclude: [...NEVER, ...BROWSER], sequence: { groupOrder: 1 } } },
      {
        extends: true,
        test: { name: 'browser', include: BROWSER, exclude: NEVER, globalSetup: ['test/e2e/prepare.ts'], sequence: { groupOrder: 1 } },
      },
    ],
    globalSetup: ['test/support/run-folder.ts', 'test/support/postgres.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    pool: 'forks',
    // They wait more than they compute: for Postgres, for vendors that are late, for outages to end.
    maxWorkers: 3,
  },
})
