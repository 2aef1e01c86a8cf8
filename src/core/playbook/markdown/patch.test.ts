/** What the tables of a document leave out, as a difference that can be applied again. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyPatch, makePatch } from './patch.ts'

const given = {
  default_severity: 'P2',
  severities: [
    { id: 'P1', response_time: '5 min', thresholds: { a: '> 1 %', b: '> 2 %' } },
    { id: 'P2', response_time: '1 h' },
  ],
  roles: [{ title: 'Scribe', held_by: 'Ops' }],
}

describe('a patch', () => {
  test('is nothing where nothing differs, whatever the order of keys', () => {
    expect(makePatch(given, { roles: given.roles, severities: given.severities, default_severity: 'P2' })).toBeNull()
  })

  test('names rows by their key, and only what differs in them', () => {
    const wanted = {
      ...given,
      severities: [given.severities[0], { id: 'P2', response_time: '1 h', acknowledgement: 'any' }],
      limits: { new_incidents_per_minute: 3 },
    }
    expect(makePatch(given, wanted)).toEqual({
      severities: [{ id: 'P2', acknowledgement: 'any' }],
      limits: { new_incidents_per_minute: 3 },
    })
  })

  test('takes away what is not there', () => {
    const wanted = { default_severity: 'P2', severities: given.severities, roles: [{ title: 'Scribe' }] }
    const patch = makePatch(given, wanted)
    expect(patch).toEqual({ roles: [{ title: 'Scribe', held_by: null }] })
    expect(applyPatch(given, patch ?? {})).toEqual(wanted)
  })

  test('holds whole lists where the rows themselves differ', () => {
    const wanted = { ...given, roles: [{ title: 'Scribe' }, { title: 'Scribe' }] }
    expect(makePatch(given, wanted)).toEqual({ instead: { roles: wanted.roles } })
  })

  test('keeps the order of keys that people choose', () => {
    const wanted = { ...given, severities: [{ ...given.severities[0], thresholds: { b: '> 2 %', a: '> 1 %' } }, given.severities[1]] }
    const patch = makePatch(given, wanted)
    expect(patch).not.toBeNull()
    expect(JSON.stringify(applyPatch(given, patch ?? {}))).toBe(JSON.stringify(wanted))
  })

  test('makes any map of any other', () => {
    const row = fc.record({ id: fc.constantFrom('a', 'b', 'c'), x: fc.integer({ max: 3, min: 0 }) }, { requiredKeys: ['id'] })
    const map = fc.record(
      {
        severities: fc.array(row, { maxLength: 3 }),
        post_mortem: fc.record(
          { within: fc.constantFrom('1 h', '2 h'), sections: fc.array(fc.record({ title: fc.constantFrom('a', 'b') }), { maxLength: 2 }) },
          { requiredKeys: [] },
        ),
        limits: fc.record({ n: fc.integer({ max: 2, min: 0 }) }, { requiredKeys: [] }),
        pass_criteria: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
        default_severity: fc.constantFrom('a', 'b'),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(map, map, (from, to) => {
        const patch = makePatch(from, to)
        expect(applyPatch(from, patch ?? {})).toEqual(to)
      }),
    )
  })

  test('that a person edited is applied as far as it can be', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('severities', 'roles', 'instead', 'x'), fc.jsonValue()),
        (patch) => void applyPatch(given, patch),
      ),
    )
  })
})
