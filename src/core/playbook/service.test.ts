import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { testPlaybook } from '../../../test/support/playbook.ts'
import type { Service } from './playbook.ts'
import { explainKey, serviceOf, teamByKey, teamOf } from './service.ts'

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

describe('the team', () => {
  const [type] = testPlaybook().incidentTypes
  if (type === undefined) throw new Error('no type')
  const playbook = testPlaybook({
    teams: ['Payments', 'Apps', 'Search'].map((name) => ({ name, description: '' })),
    services: [service('owned', { a: ['b'] }, 'Payments'), service('shared', { a: ['c'] })],
    incidentTypes: [{ ...type, team: 'Apps' }],
  })

  test.each<[string, { service: string | null; key: string | null; type: string | null }, string | null, string | null]>([
    ['of the service', { service: 'owned', key: null, type: 'spike' }, 'Payments', null],
    ['of the type where the service has none', { service: 'shared', key: null, type: 'spike' }, 'Apps', null],
    ['of the type without a service', { service: null, key: null, type: 'spike' }, 'Apps', null],
    ['nobody’s', { service: 'shared', key: null, type: null }, null, null],
    ['nobody’s, of what is gone', { service: 'gone', key: null, type: 'gone' }, null, null],
    ['of the key, before the type', { service: null, key: 'Search', type: 'spike' }, 'Search', 'Search'],
    ['of the key where the service has none', { service: 'shared', key: 'Search', type: null }, 'Search', 'Search'],
    ['of the service, before the key', { service: 'owned', key: 'Search', type: 'spike' }, 'Payments', null],
    ['of the type where the playbook does not know the key’s', { service: null, key: 'Gone', type: 'spike' }, 'Apps', null],
  ])('is that %s', (_name, { service: named, key, type: incidentType }, expected, byKey) => {
    const ownership = { service: named, sourceTeam: key, incidentType }
    expect(teamOf(playbook, ownership)).toBe(expected)
    expect(teamByKey(playbook, ownership)).toBe(byKey)
  })

  test.each<[string | null, string | null, string | null, string]>([
    [null, null, 'spike', ''],
    ['owned', 'Payments', null, ''],
    [null, 'Search', null, 'It came by a key of Search, so it is theirs.'],
    ['shared', 'Search', 'spike', 'It came by a key of Search, so it is theirs, though the type is of Apps.'],
    ['owned', 'Search', 'spike', 'It came by a key of Search, and owned is of Payments: the service decides whose it is.'],
    [null, 'Gone', 'spike', 'It came by a key of Gone, a team that the playbook does not name: that decides nothing.'],
  ])('of service %s, key %s and type %s says why', (named, sourceTeam, incidentType, sentence) => {
    expect(explainKey(playbook, { service: named, sourceTeam, incidentType })).toBe(sentence)
  })
})
