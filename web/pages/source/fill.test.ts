import { expect, test } from 'vitest'
import { fill } from './fill.ts'

test('address, host and key are filled in, also the key inside the address', () => {
  const filling = { url: 'https://t.example.org', host: 't.example.org', key: 'k1' }
  expect(fill('post {{url}}/hooks/sentry/{{key}} at {{host}} with {{key}}', filling)).toBe(
    'post https://t.example.org/hooks/sentry/k1 at t.example.org with k1',
  )
})

test('a key that is not known any more is named, so that nothing looks finished', () => {
  expect(fill('{{key}}', { url: '', host: '', key: null })).toBe('YOUR_KEY')
})
