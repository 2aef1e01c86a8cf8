/** The published JSON Schemas say what the language says: an independent validator takes and refuses the same files. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { lintFolder } from './lint.ts'
import { fileSchemas, SCHEMA_NAMES } from './file-schemas.ts'

const read = (path: string): string => readFileSync(`playbook/${path}`, 'utf8')
const ajv = new Ajv2020({ strict: false, allErrors: true })
const schemas = fileSchemas()

describe.each(SCHEMA_NAMES)('%s.yaml', (name) => {
  test('the published schema is the one of the language: `npm run schema:playbook` writes it', () => {
    expect(JSON.parse(read(`schema/${name}.schema.json`))).toEqual(schemas[name])
  })

  test('the file that ships names its schema, and is valid by it', () => {
    const text = read(`${name}.yaml`)
    expect(text).toMatch(new RegExp(`^# yaml-language-server: \\$schema=\\./schema/${name}\\.schema\\.json$`, 'm'))
    const validate = ajv.compile(schemas[name])
    validate(parse(text))
    expect(validate.errors).toBeNull()
  })
})

test.each([
  ['a mistyped key', 'response_time: 5 min', 'respons_time: 5 min'],
  ['a number without a unit', 'response_time: 5 min', 'response_time: 5'],
  ['a target that is none', 'page: owners', 'page: somebody'],
  ['a phase that is none', 'phase: triaged', 'phase: triage'],
  ['an empty matrix', /severities:\n[^]*?\ndefault_severity/, 'severities: []\ndefault_severity'],
])('%s is refused by the schema and by lint', (_, from, to) => {
  const text = read('playbook.yaml').replace(from, to)
  expect(text).not.toBe(read('playbook.yaml'))
  expect(ajv.validate(schemas.playbook, parse(text))).toBe(false)
  expect(lintFolder({ playbook: text, onCall: null, connections: null }).playbook?.playbook).toBeNull()
})
