/** docs/playbook-reference.md says what the schemas and the codes say: nothing is missing from it, and its examples are read. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { parseConnections } from '../oncall/connections.ts'
import { parseOnCall } from '../oncall/parse.ts'
import { connectionsJsonSchema, onCallJsonSchema } from '../oncall/schema.ts'
import { asId } from '../id.ts'
import { DEFAULT_ESCALATION } from './build-escalation.ts'
import { SIGNAL_FIELDS } from './condition-guard.ts'
import { parsePlaybook } from './parse.ts'
import { playbookJsonSchema } from './schema.ts'

const reference = readFileSync('docs/playbook-reference.md', 'utf8')

function example(language: string): string {
  return new RegExp(`\`\`\`yaml ${language}\n([^\`]+)\`\`\``).exec(reference)?.[1] ?? ''
}

function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { properties = {}, ...rest } = schema as { properties?: Record<string, unknown> }
  return [...Object.keys(properties), ...Object.values(properties).flatMap(keysOf), ...Object.values(rest).flatMap(keysOf)]
}

test.each([
  ['playbook.yaml', playbookJsonSchema()],
  ['oncall.yaml', onCallJsonSchema()],
  ['connections.yaml', connectionsJsonSchema()],
])('every key of %s is described', (_, schema) => {
  const missing = [...new Set(keysOf(schema))].filter((key) => !reference.includes(`\`${key}\``) && !reference.includes(`${key}:`))
  expect(missing).toEqual([])
})

test('every field of a signal is named', () => {
  expect(SIGNAL_FIELDS.filter((field) => !reference.includes(`\`signal.${field}\``))).toEqual([])
})

describe('the examples', () => {
  test('of the smallest playbook', () => expect(parsePlaybook(example('playbook'), asId('d')).findings).toEqual([]))
  test('of oncall.yaml', () => expect(parseOnCall(example('oncall')).findings).toEqual([]))
  test('of connections.yaml', () => expect(parseConnections(example('connections')).findings).toEqual([]))

  test('of the escalation that is given where none is written', () => {
    const written = parsePlaybook(
      `${example('playbook')}escalation:\n  ${stringify(DEFAULT_ESCALATION).trim().replaceAll('\n', '\n  ')}\n`,
      asId('d'),
    )
    const shown = /```yaml\n(escalation:[^`]+)```/.exec(reference)?.[1] ?? ''
    const given = parsePlaybook(`${example('playbook')}${shown}`, asId('d'))
    expect(given.playbook).not.toBeNull()
    expect(given.playbook).toEqual(written.playbook)
    expect(given.playbook).toEqual(parsePlaybook(example('playbook'), asId('d')).playbook)
  })
})
