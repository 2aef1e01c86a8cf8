import { expect, test } from 'vitest'
import { z } from 'zod'
import { PlaybookFile } from '../../../../src/core/playbook/schema.ts'
import type { PlaybookView } from '../../../../src/api/schema.ts'
import { propose, quoted } from './propose.ts'
import { placeAt } from './yaml-place.ts'

const schema = z.toJSONSchema(PlaybookFile, { io: 'input' })
const playbook = {
  severities: [
    { id: 'SEV-1', definition: 'Outage' },
    { id: 'SEV-2', definition: 'Degraded' },
  ],
  duty_roles: ['DevSecOps', 'CTO'],
  teams: [{ name: 'Payments', description: '' }],
  services: [{ name: 'checkout' }],
} as unknown as PlaybookView

function labels(text: string, names: PlaybookView | null = playbook): string[] {
  const place = placeAt(text.replace('|', ''), text.indexOf('|'))
  return place === null ? [] : propose(schema, place, names).map((proposal) => proposal.label)
}

test('keys come from the published schema, without those that are there', () => {
  expect(labels('schema_version: 1\n|')).toEqual(expect.arrayContaining(['metadata', 'severities', 'incident_types']))
  expect(labels('schema_version: 1\n|')).not.toContain('schema_version')
  const row = labels('severities:\n  - id: SEV-1\n    |')
  expect(row).toEqual(expect.arrayContaining(['definition', 'response_time', 'roles_paged']))
  expect(row).not.toContain('id')
})

test('values come from enums, and names from the playbook', () => {
  expect(labels('severities:\n  - acknowledgement: |')).toEqual(['each', 'any'])
  expect(labels('severities:\n  - roles_paged: [CTO, |')).toEqual(expect.arrayContaining(['DevSecOps', 'CTO']))
  expect(labels('default_severity: |')).toEqual(expect.arrayContaining(['SEV-1', 'SEV-2']))
  expect(labels('communication:\n  - audience: A\n    severities:\n      - |')).toEqual(expect.arrayContaining(['SEV-1', 'SEV-2']))
  expect(labels('escalation:\n  steps:\n    - page: |')).toEqual(expect.arrayContaining(['on-call', 'next', 'owners']))
})

test('without a schema there are still names, and without either nothing', () => {
  const place = placeAt('default_severity: ', 18)
  expect(place === null ? [] : propose(null, place, playbook).map(({ label }) => label)).toEqual(['SEV-1', 'SEV-2'])
  expect(place === null ? [] : propose(undefined, place, null)).toEqual([])
})

test('what YAML would read otherwise is quoted', () => {
  expect(quoted('Security Officer')).toBe('Security Officer')
  expect(quoted('> 0.2')).toBe("'> 0.2'")
  expect(quoted('no')).toBe("'no'")
  expect(quoted("it's")).toBe("'it''s'")
  expect(quoted('5 min')).toBe('5 min')
})
