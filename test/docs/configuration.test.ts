/** docs/configuration.md lists exactly the variables that the server reads, with their defaults. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

/** Names and plain defaults as the schema in config.ts has them. */
function readSchema(): Map<string, string | null> {
  const source = read('src/config.ts')
  const body = /const Environment = z\.object\(\{\n(.*?)\n\}\)\n/s.exec(source)?.[1]
  if (body === undefined) throw new Error('config.ts has no schema of the environment where this test looks for it')
  const fields = body.split(/\n {2}(?=[A-Z])/)
  return new Map(
    fields.map((field) => {
      const name = /^\s*([A-Z_]+):/.exec(field)?.[1] ?? field
      return [name, /\.default\('?([^'()[\]]+?)'?\)/.exec(field)?.[1] ?? null]
    }),
  )
}

function readTable(): Map<string, string> {
  const rows = [...read('docs/configuration.md').matchAll(/^\| `([A-Z_]+)` \| ([^|]*) \|/gm)]
  return new Map(rows.map(([, name = '', second = '']) => [name, second.trim()]))
}

test('every variable that the server reads is described, and no other', () => {
  expect([...readTable().keys()].sort()).toEqual([...readSchema().keys()].sort())
})

test('the defaults that are described are those of the server', () => {
  const described = readTable()
  const plain = [...readSchema()].filter(([, value]) => value !== null && value !== 'LETS_ENCRYPT_URL')
  expect(plain.length).toBeGreaterThan(5)
  for (const [name, value] of plain) expect([name, described.get(name)]).toEqual([name, `\`${value}\``])
})
