import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { testPlaybook } from '../../../test/support/playbook.ts'
import type { Service } from './playbook.ts'
import { serviceOf, teamOf } from './service.ts'

const service = (name: string, labels: Record<string, readonly string[]>, team: string | null = null): Service => ({
  name,
  description: '',
  team,
  tier: null,
  labels: Object.entries(labels).map(([label, values]) => ({ name: label, values })),
  links: [],
})

describe('the service of a signal', () => {
  const services = [
    service('checkout', { app: ['checkout', 'cart'], env: ['prod'] }),
    service('shop', { app: ['checkout', 'shop'] }),
    service('search', { service: ['search'] }),
  ]
  const playbook = testPlaybook({ services })

  test.each([
    [{ app: 'cart', env: 'prod' }, 'checkout'],
    [{ app: 'checkout', env: 'prod' }, 'checkout'],
    [{ app: 'checkout', env: 'test' }, 'shop'],
    [{ service: 'search', app: 'shop' }, 'shop'],
    [{ service: 'search' }, 'search'],
    [{ service: 'Search' }, null],
    [{ env: 'prod' }, null],
    [{}, null],
  ])('%j is of %s', (labels, name) => expect(serviceOf(playbook, labels)?.name ?? null).toBe(name))

  test('is not found by what every object has', () => {
    const odd = testPlaybook({ services: [service('x', { constructor: ['y'] })] })
    expect(serviceOf(odd, {})).toBeNull()
  })

  test('is the first of the file that matches, however they are indexed', () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const labels = fc.dictionary(name, fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), { minKeys: 1, maxKeys: 3 })
    fc.assert(
      fc.property(fc.array(labels, { maxLength: 12 }), fc.dictionary(name, name), (all, given) => {
        const listed = all.map((own, index) => service(`s${index}`, own))
        const naive = listed.find((own) => own.labels.every((label) => label.values.includes(given[label.name] ?? '-')))
        expect(serviceOf(testPlaybook({ services: listed }), given)?.name).toBe(naive?.name)
      }),
      { numRuns: 500 },
    )
  })
})

test('the team is that of the service, else of the type, else nobody’s', () => {
  const [type] = testPlaybook().incidentTypes
  if (type === undefined) throw new Error('no type')
  const playbook = testPlaybook({
    services: [service('owned', { a: ['b'] }, 'Payments'), service('shared', { a: ['c'] })],
    incidentTypes: [{ ...type, team: 'Apps' }],
  })
  expect(teamOf(playbook, 'owned', 'spike')).toBe('Payments')
  expect(teamOf(playbook, 'shared', 'spike')).toBe('Apps')
  expect(teamOf(playbook, null, 'spike')).toBe('Apps')
  expect(teamOf(playbook, 'shared', null)).toBeNull()
  expect(teamOf(playbook, 'gone', 'gone')).toBeNull()
})
