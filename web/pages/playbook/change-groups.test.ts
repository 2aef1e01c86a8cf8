import { expect, test } from 'vitest'
import type { PlaybookChange } from '../../../src/api/schema.ts'
import { groupChanges, sumUp } from './change-groups.ts'

function change(code: PlaybookChange['code'], effect: PlaybookChange['effect']): PlaybookChange {
  return { file: 'playbook.yaml', code, effect, path: 'severities.0', side: 'after', line: 3, sentence: `${code} ${effect}` }
}

test('changes stand under who is paged first, wording last, and headings without any are left out', () => {
  const groups = groupChanges([
    change('first-page', 'pages-less'),
    change('response-time', 'owes-more'),
    change('severity-text', 'wording'),
    change('update-frequency', 'owes-less'),
    change('holder-changed', 'pages-otherwise'),
  ])
  expect(groups.map(({ group, changes }) => [group, changes.length])).toEqual([
    ['paging', 2],
    ['times', 1],
    ['communication', 1],
    ['wording', 1],
  ])
})

test('a code that is not known stands where its effect belongs', () => {
  const unknown = 'from-the-future' as PlaybookChange['code']
  expect(groupChanges([change(unknown, 'pages-less')])[0]?.group).toBe('paging')
  expect(groupChanges([change(unknown, 'behaviour')])[0]?.group).toBe('wording')
})

test('the sum says first whom it pages less', () => {
  expect(sumUp([change('first-page', 'pages-more'), change('first-page', 'pages-less'), change('first-page', 'pages-less')])).toBe(
    '2 page people less, 1 page people more',
  )
  expect(sumUp([change('severity-text', 'wording')])).toBe('')
})
