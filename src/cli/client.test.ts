/** Which key a command asks by: what it was given, else that of the server on this machine, and that one goes nowhere else. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { keepKeyFile } from '../key-file.ts'
import { connect } from './client.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-client-'))
const echo = createServer((request, response) => response.end(JSON.stringify(request.headers.authorization)))
beforeAll(async () => {
  keepKeyFile(dataDir, 'api-key', 'kept-key')
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  echo.close()
  rmSync(dataDir, { recursive: true })
})

const sentKey = async (env: Record<string, string>): Promise<string> => connect(env, () => 'id').get('/', z.string())
const port = (): string => String((echo.address() as AddressInfo).port)

test('the key that the server of this machine keeps is taken where none is given', async () => {
  expect(await sentKey({ TOCSIN_PORT: port(), TOCSIN_DATA: dataDir })).toBe('Bearer kept-key')
  expect(await sentKey({ TOCSIN_PORT: port(), TOCSIN_DATA: dataDir, TOCSIN_API_KEY: 'given' })).toBe('Bearer given')
})

test('it is not taken to a server that is named', () => {
  const named = { TOCSIN_URL: 'https://tocsin.example.com', TOCSIN_DATA: dataDir }
  expect(() => connect(named, () => 'id')).toThrow('TOCSIN_API_KEY is not set. Take the key')
})

test('where there is none, the file that was looked for is named', () => {
  expect(() => connect({ TOCSIN_DATA: '/nowhere' }, () => 'id')).toThrow(`no key in ${join('/nowhere', 'api-key')} that you may read`)
})
