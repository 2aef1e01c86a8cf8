import { expect, test } from 'vitest'
import { BLANK_DRAFT, fromMapping, toMapping } from './draft.ts'

test('what is empty is left out, labels are lines or one expression', () => {
  const draft = { ...BLANK_DRAFT, fields: { ...BLANK_DRAFT.fields, alarm: ' body.rule ' }, labels: 'host = body.host\nenv = "a=b"' }
  expect(toMapping(draft)).toMatchObject({ alarm: 'body.rule', title: null, labels: { host: 'body.host', env: '"a=b"' }, links: [] })
  expect(toMapping({ ...draft, labels: 'body.tags' }).labels).toBe('body.tags')
  expect(toMapping({ ...draft, labels: 'body.a == body.b ? {} : body.tags' }).labels).toBe('body.a == body.b ? {} : body.tags')
})

test('a mapping that was kept reads as it was written', () => {
  const mapping = toMapping({
    fields: { ...BLANK_DRAFT.fields, each: 'body.alerts', alarm: 'item.name' },
    labels: 'host = item.host',
    links: 'Graph = item.url',
  })
  expect(toMapping(fromMapping(mapping))).toEqual(mapping)
})
