import { expect, test } from 'vitest'
import { deviceName } from './device-name.ts'
import { abilityOf } from './push.ts'

const able = { secure: true, push: true, apple: false, installed: false, permission: 'default' } as const

test('whether a device can take push is told apart by what has to be done about it', () => {
  expect(abilityOf(able)).toBe('ready')
  expect(abilityOf({ ...able, permission: 'denied' })).toBe('denied')
  expect(abilityOf({ ...able, secure: false })).toBe('insecure')
  expect(abilityOf({ ...able, push: false, apple: true })).toBe('install-first')
  expect(abilityOf({ ...able, push: false, apple: true, installed: true })).toBe('unsupported')
  expect(abilityOf({ ...able, push: false })).toBe('unsupported')
})

test.each([
  ['Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/153.0.0.0 Mobile Safari/537.36', 'Chrome on Android'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1', 'Safari on iPhone'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/153.0.0.0 Safari/537.36 Edg/153.0.0.0', 'Edge on Windows'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0', 'Firefox on Linux'],
  ['', 'Safari on this device'],
])('%s is called %s', (agent, name) => {
  expect(deviceName(agent)).toBe(name)
})
