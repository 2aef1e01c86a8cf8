/** Labels that tell alerts apart, and those that do not. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { variationInWords, variationOf } from './vary.ts'

const alert = (labels: Record<string, string>) => ({ alarm: 'A', labels })

test('a label that all have with one value is shared, any other varies, the most varied first', () => {
  const { shared, varying } = variationOf([
    alert({ env: 'prod', instance: 'a', zone: 'x' }),
    alert({ env: 'prod', instance: 'b', zone: 'x' }),
    alert({ env: 'prod', instance: 'c', zone: 'y' }),
    alert({ env: 'prod', instance: 'c' }),
  ])
  expect(shared).toEqual({ env: 'prod' })
  expect(varying).toEqual([
    {
      label: 'instance',
      values: 3,
      missing: 0,
      sample: [
        { value: 'c', count: 2 },
        { value: 'a', count: 1 },
        { value: 'b', count: 1 },
      ],
    },
    {
      label: 'zone',
      values: 2,
      missing: 1,
      sample: [
        { value: 'x', count: 2 },
        { value: 'y', count: 1 },
      ],
    },
  ])
  expect(variationInWords({ total: 4, firing: 3 }, varying)).toBe('4 alerts, 3 firing; they differ in instance (3), zone (2)')
})

test('one alert differs in nothing', () => {
  expect(variationOf([alert({ a: '1' })])).toEqual({ shared: { a: '1' }, varying: [] })
  expect(variationInWords({ total: 1, firing: 1 }, [])).toBe('1 alert, 1 firing')
})

test('each label is shared or varies, whatever strangers call it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 3 }), { maxKeys: 6 }), { maxLength: 20 }),
      (all) => {
        const { shared, varying } = variationOf(all.map(alert))
        const labels = new Set(all.flatMap((own) => Object.keys(own)))
        expect(Object.keys(shared).length + varying.length).toBe(labels.size)
        for (const { values, missing } of varying) expect(values + missing).toBeGreaterThan(1)
      },
    ),
  )
})
