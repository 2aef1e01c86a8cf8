import { expect, test } from 'vitest'
import { placeAt } from './yaml-place.ts'

/** `|` is where somebody types. */
function at(text: string) {
  const place = placeAt(text.replace('|', ''), text.indexOf('|'))
  return place === null ? null : { path: place.path.join('.'), kind: place.kind, typed: place.typed, siblings: place.siblings }
}

test('a key at the top, with what is there already', () => {
  expect(at('schema_version: 1\nmeta|')).toEqual({ path: '', kind: 'key', typed: 'meta', siblings: ['schema_version'] })
})

test('a key of a row of a list knows the row it belongs to, and only its keys', () => {
  const text = 'severities:\n  - id: SEV-1\n    definition: Outage\n\n  - id: SEV-2\n    # words\n    res|'
  expect(at(text)).toEqual({ path: 'severities.[]', kind: 'key', typed: 'res', siblings: ['id'] })
  expect(at('severities:\n- id: SEV-1\n  |')).toEqual({ path: 'severities.[]', kind: 'key', typed: '', siblings: ['id'] })
  expect(at('severities:\n  - |')).toEqual({ path: 'severities.[]', kind: 'key', typed: '', siblings: [] })
})

test('keys of what stands around are no siblings', () => {
  expect(at('top:\n  a: 1\n  c:\n    d|')).toEqual({ path: 'top.c', kind: 'key', typed: 'd', siblings: [] })
})

test('values: alone, within brackets, and under nested keys', () => {
  expect(at('default_severity: SE|')).toMatchObject({ path: 'default_severity', kind: 'value', typed: 'SE' })
  expect(at('severities:\n  - id: A\n    roles_paged: [CTO, Se|')).toMatchObject({
    path: 'severities.[].roles_paged',
    kind: 'value',
    typed: 'Se',
  })
  expect(at('escalation:\n  steps:\n    - page: |')).toMatchObject({ path: 'escalation.steps.[].page', kind: 'value', typed: '' })
  expect(at('severities:\n  - id: A\n    thresholds: # measured\n      err|')).toMatchObject({
    path: 'severities.[].thresholds',
    kind: 'key',
    typed: 'err',
  })
})

test('an item of a plain list stands under its key', () => {
  expect(at('incident_types:\n  - id: a\n    follow_up:\n      - In|')).toMatchObject({
    path: 'incident_types.[].follow_up.[]',
    kind: 'key',
    typed: 'In',
  })
})

test('nothing is proposed in comments and quotes', () => {
  expect(at('# sev|')).toBeNull()
  expect(at('a: 1 # sev|')).toBeNull()
  expect(at("a: 'sev|")).toBeNull()
})
