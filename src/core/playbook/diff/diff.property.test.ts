/** Whatever differs between two playbooks is told, at its place, in words; and nothing is told where nothing differs. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { playbooks } from '../../../../test/support/generated-playbook.ts'
import type { Playbook } from '../playbook.ts'
import { CHANGE_CODES, EFFECTS } from './change.ts'
import { diffPlaybooks } from './diff.ts'

type Path = readonly (string | number)[]

/** Every value in it, and every list, with its path. Derived ones (a row's rank, a threshold's own path) say nothing new. */
function placesOf(value: unknown, path: Path = []): { path: Path; value: unknown }[] {
  if (['digest', 'rank', 'path'].includes(String(path.at(-1)))) return []
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  const inner = Object.entries(value).flatMap(([key, one]) => placesOf(one, [...path, Array.isArray(value) ? Number(key) : key]))
  return Array.isArray(value) && value.length > 0 ? [...inner, { path, value }] : inner
}

function replaceAt(value: unknown, [key, ...rest]: Path, make: (old: unknown) => unknown): unknown {
  if (key === undefined) return make(value)
  if (Array.isArray(value)) return value.map((one: unknown, index) => (index === key ? replaceAt(one, rest, make) : one))
  const fields = value as Record<string, unknown>
  return { ...fields, [key]: replaceAt(fields[key], rest, make) }
}

const OTHER: Readonly<Record<string, string>> = {
  each: 'any',
  any: 'each',
  'on-call': 'owners',
  owners: 'on-call',
  next: 'on-call',
  '>': '>=',
  '>=': '>',
  '<': '<=',
  '<=': '<',
  '%': 'ms',
  ms: '%',
}

/** Another value of the same kind; of a list, the list without its last. */
function mutate(value: unknown): unknown {
  if (typeof value === 'number') return value + 60_000
  if (typeof value === 'string') return OTHER[value] ?? `${value}x`
  return Array.isArray(value) ? value.slice(0, -1) : 'something'
}

const mutations = playbooks.chain((before) =>
  fc
    .constantFrom(
      ...placesOf(before).filter(
        ({ value, path }) => !(value === null && ['threshold', 'measures', 'objective'].includes(String(path.at(-1)))),
      ),
    )
    .map(({ path }) => ({
      before,
      path,
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same shape with one value changed
      after: replaceAt(before, path, mutate) as Playbook,
    })),
)

/** Keys of the file for those of the engine. */
const SECTIONS: Readonly<Record<string, string>> = {
  defaultSeverity: 'default_severity',
  incidentTypes: 'incident_types',
  postMortem: 'post_mortem',
  passCriteria: 'pass_criteria',
  newIncidentsPerMinuteMax: 'limits',
  pagesPerPerson: 'limits',
}

test('a playbook does not differ from itself', () => {
  fc.assert(
    fc.property(playbooks, (playbook) => {
      expect(diffPlaybooks(playbook, structuredClone(playbook))).toEqual([])
    }),
  )
})

test('whatever single value of a playbook is changed, the change is told at its place', () => {
  fc.assert(
    fc.property(mutations, ({ before, after, path }) => {
      const [section, row] = path
      const found = diffPlaybooks(before, after)
      const wanted = SECTIONS[String(section)] ?? section
      const isThere = found.some(
        (change) => change.path[0] === wanted && (typeof row !== 'number' || change.path[1] === row || path.length === 2),
      )
      expect(isThere, JSON.stringify({ path, found })).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('every change between any two playbooks is a sentence with a known code and effect', () => {
  fc.assert(
    fc.property(playbooks, playbooks, (before, after) => {
      for (const { sentence, code, effect, path } of diffPlaybooks(before, after)) {
        expect(sentence).not.toMatch(/undefined|null|NaN|Infinity|\[object|\n/)
        expect(sentence).toMatch(/^\S.*[^\s.]$/)
        expect(Object.keys(CHANGE_CODES)).toContain(code)
        expect(Object.keys(EFFECTS)).toContain(effect)
        expect(path.length).toBeGreaterThan(0)
      }
    }),
  )
})

test('what is told forth is told back: where one direction pages less, the other does not', () => {
  fc.assert(
    fc.property(mutations, ({ before, after }) => {
      const effects = (from: Playbook, to: Playbook): Set<string> => new Set(diffPlaybooks(from, to).map((change) => change.effect))
      const [forth, back] = [effects(before, after), effects(after, before)]
      expect(forth.size > 0).toBe(back.size > 0)
      if (forth.has('pages-less') && forth.size === 1) expect([...back]).not.toEqual(['pages-less'])
    }),
  )
})
