import { expect, test } from 'vitest'
import { prettyBody } from './pretty-body.ts'

test('JSON is indented and the integration key in it shortened', () => {
  const shown = prettyBody('{"routing_key":"0123456789abcdef0123456789abcdef","payload":{"summary":"x"}}')
  expect(shown).toContain('"routing_key": "012345…"')
  expect(shown).not.toContain('0123456789')
  expect(shown.split('\n').length).toBeGreaterThan(4)
})

test('what is no JSON stays as it came, without its key', () => {
  expect(prettyBody('plain text')).toBe('plain text')
  expect(prettyBody('{"service_key":"0123456789abcdef", broken')).toBe('{"service_key":"012345…", broken')
})
