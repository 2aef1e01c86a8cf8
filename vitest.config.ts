import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

/** Debian's Prometheus, Alertmanager and pebble are peers that npm cannot bring; CI installs them, and there they must not be missing. */
const PEERS = ['/usr/bin/prometheus', '/usr/bin/prometheus-alertmanager', '/usr/bin/pebble']
const withPeers = process.env['CI'] === 'true' || PEERS.every((program) => existsSync(program))
if (!withPeers) {
  console.log('test/peers/debian is left out: apt-get install prometheus prometheus-alertmanager pebble to run it (CI always does)')
}

export default defineConfig({
  test: {
    include: ['scripts/**/*.test.ts', 'src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...(withPeers ? [] : ['test/peers/debian/**'])],
    globalSetup: ['test/support/postgres.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
