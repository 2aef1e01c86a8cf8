/** Ports for tests: everything real but silent, and whatever the test wants to be different. */
import pino from 'pino'
import { readConfig } from '../../src/config.ts'
import { freshId } from '../../src/shell/fresh-id.ts'
import { makeNudges } from '../../src/shell/nudges.ts'
import type { Database } from '../../src/shell/database/database.ts'
import type { Ports } from '../../src/shell/ports.ts'

/** Without overrides, asking for the playbook or the roster throws: a test that needs them says which. */
export function testPorts(database: Database, overrides: Partial<Ports> = {}): Ports {
  return {
    config: readConfig({ NODE_ENV: 'test' }),
    database,
    log: pino({ level: 'silent' }),
    serverId: freshId(),
    freshId,
    random: () => 0.5,
    playbooks: { current: () => absent('a playbook'), load: () => absent('a playbook') },
    rosters: { at: () => absent('a roster') },
    nudges: makeNudges(),
    ceilingOf: () => 'all',
    ...overrides,
  }
}

function absent(what: string): never {
  throw new Error(`this test gave its ports no ${what.replace(/^an? /, '')}`)
}
