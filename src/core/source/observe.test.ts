import { expect, test } from 'vitest'
import { countWouldHave, sayWouldHave, type WouldBe } from './observe.ts'

const alert = (over: Partial<WouldBe>): WouldBe => ({ groupKey: 'g', severity: 'SEV-2', roles: ['DevSecOps'], from: 0, until: 10, ...over })

test('alerts of one group that overlap are one incident; after a gap it is another', () => {
  const { incidents, pages } = countWouldHave([
    alert({ from: 30, until: 40 }),
    alert({ from: 0, until: 20 }),
    alert({ from: 5, until: 8 }),
    alert({ from: 20, until: 25 }),
  ])
  expect(incidents).toBe(2)
  expect(pages).toEqual([{ role: 'DevSecOps', severity: 'SEV-2', count: 2 }])
})

test('what fires still takes all that follow', () => {
  expect(countWouldHave([alert({ until: null }), alert({ from: 1e12 })]).incidents).toBe(1)
})

test('groups are counted apart, and each role by severity, most first', () => {
  const { incidents, pages } = countWouldHave([
    alert({ groupKey: 'a' }),
    alert({ groupKey: 'b', severity: 'SEV-1', roles: ['DevSecOps', 'CTO'] }),
    alert({ groupKey: 'c', severity: 'SEV-1', roles: ['DevSecOps'] }),
    alert({ groupKey: 'd', severity: 'SEV-4', roles: [] }),
  ])
  expect(incidents).toBe(4)
  expect(pages[0]).toEqual({ role: 'DevSecOps', severity: 'SEV-1', count: 2 })
  expect(pages).toHaveLength(3)
})

test.each<[Parameters<typeof sayWouldHave>[0], string]>([
  [{ incidents: 0, pages: [] }, 'Would have opened no incident in the last 7 days.'],
  [{ incidents: 3, pages: [] }, 'Would have opened 3 incidents in the last 7 days, paging nobody.'],
  [{ incidents: 1, pages: [] }, 'Would have opened 1 incident in the last 7 days, paging nobody.'],
  [{ incidents: 14, pages: [{ role: 'DevSecOps', severity: 'S', count: 14 }] }, 'Would have paged DevSecOps 14 times in the last 7 days.'],
  [
    {
      incidents: 3,
      pages: [
        { role: 'B', severity: 'S', count: 1 },
        { role: 'A', severity: 'S', count: 1 },
        { role: 'A', severity: 'T', count: 1 },
        { role: 'C', severity: 'T', count: 1 },
      ],
    },
    'Would have paged A twice, B once and C once in the last 7 days.',
  ],
])('it is said in a sentence', (wouldHave, sentence) => {
  expect(sayWouldHave(wouldHave)).toBe(sentence)
})
