/** The import rules, each shown to fail on a planted violation. */
import { expect, test } from 'vitest'
import { findViolations } from './import-rules.ts'

const check = (path: string, text: string) => findViolations([{ path, text }])

test.each([
  ['src/core/alert/x.ts', "import { readFileSync } from 'node:fs'", 'node:fs'],
  ['src/core/alert/x.ts', "import type { Ports } from '../../shell/ports.ts'", '../../shell/ports.ts'],
  ['src/core/alert/x.ts', "export * from '../../config.ts'", '../../config.ts'],
  ['src/core/alert/x.ts', "import pg from 'pg'", 'pg'],
  ['src/core/alert/x.ts', "const x = await import('node:crypto')", 'node:crypto'],
  ['src/core/alert/x.ts', "import 'fastify'", 'fastify'],
  ['src/core/alert/x.ts', "import {\n  parse,\n} from 'yaml'", 'yaml'],
  ['src/core/alert/x.ts', 'const now = Date.now()', 'Date.now'],
  ['src/core/alert/x.ts', 'const now = new Date()', 'new Date()'],
  ['src/core/alert/x.ts', 'const die = Math.random()', 'Math.random'],
  ['src/core/alert/x.ts', "const home = process.env['HOME']", 'process'],
  ['src/core/alert/x.ts', 'setTimeout(f, 1)', 'a timer'],
  ['src/integrations/slack/send.ts', "import { sign } from '../webhook/sign.ts'", '../webhook/sign.ts'],
  ['src/integrations/slack/send.ts', "import type { Ports } from '../../shell/ports.ts'", '../../shell/ports.ts'],
  ['src/integrations/index.ts', "import { x } from '../shell/x.ts'", '../shell/x.ts'],
  ['src/shell/http/x.ts', "const home = process.env['HOME']", 'environment'],
  ['src/shell/http/x.ts', "import { fake } from '../../../test/support/fake.ts'", 'outside of src'],
  ['src/api/schema.ts', "import { x } from '../shell/x.ts'", "the API's shapes import"],
  ['web/pages/x.tsx', "import { Incident } from '../../src/api/schema.ts'", 'other than as types'],
  ['web/pages/x.tsx', "import type { Ports } from '../../src/shell/ports.ts'", 'of the server'],
])('%s may not hold %s', (path, text, problem) => {
  const found = check(path, text)
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(problem)
})

test.each([
  [
    'src/core/alert/x.ts',
    "import type { Instant } from '../time.ts'\nimport { z } from 'zod'\nimport { Temporal } from 'temporal-polyfill'",
  ],
  ['src/core/playbook/parse.ts', "import { parseDocument } from 'yaml'\nimport { run } from '@bufbuild/cel/x'"],
  ['src/core/alert/x.ts', '/* Date.now() */ const at = new Date(instant) // Math.random is not for us'],
  ['src/core/alert/x.test.ts', "import { test } from 'vitest'\nconst now = Date.now()"],
  [
    'src/integrations/slack/send.ts',
    "import { x } from './sign.ts'\nimport type { Channel } from '../../integration.ts'\nimport { createHmac } from 'node:crypto'",
  ],
  ['src/integrations/index.ts', "import { slack } from './slack/manifest.ts'\nimport type { M } from '../integration.ts'"],
  ['src/config.ts', "const home = process.env['HOME']"],
  ['web/pages/x.tsx', "import type { Incident } from '../../src/api/schema.ts'\nimport { earliest } from '../../src/core/time.ts'"],
])('%s may hold %s', (path, text) => {
  expect(check(path, text)).toEqual([])
})

test('the line of a violation is told', () => {
  expect(check('src/core/x.ts', "// why\n\nimport pg from 'pg'")[0]).toMatch(/^src\/core\/x\.ts:3 /)
})
