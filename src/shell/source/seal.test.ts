import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSealer } from './seal.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tocsin-seal-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const here = (secretFile: string | null = null) => openSealer({ dataDir, secretFile })

test('what is sealed opens again, in this process and the next, and never twice alike', () => {
  const one = here().seal('a secret é 🔔', 'source:1')
  expect(here().open(one, 'source:1')).toBe('a secret é 🔔')
  expect(here().seal('a secret é 🔔', 'source:1').equals(one)).toBe(false)
})

test('it opens for what it belongs to alone', () => {
  expect(here().open(here().seal('x', 'source:1'), 'source:2')).toBeNull()
})

test('any altered byte, and any cut, opens nothing', () => {
  const sealer = here()
  const sealed = sealer.seal('a secret', 'a')
  for (let at = 0; at < sealed.length; at += 1) {
    const altered = Buffer.from(sealed)
    altered[at] = (altered[at] ?? 0) ^ 1
    expect(sealer.open(altered, 'a')).toBeNull()
    expect(sealer.open(sealed.subarray(0, at), 'a')).toBeNull()
  }
})

test('under another secret it does not open; with the first one back it does', () => {
  const files = ['one', 'other'].map((name) => {
    const path = join(dataDir, name)
    writeFileSync(path, `${name} ${'x'.repeat(40)}\n`)
    return path
  })
  const sealed = here(files[0]).seal('s', 'a')
  expect(here(files[1]).open(sealed, 'a')).toBeNull()
  expect(here(files[0]).open(sealed, 'a')).toBe('s')
})

test('a file that was named is never made, and a short one is refused, without a word of it', () => {
  const path = join(dataDir, 'mine')
  expect(() => here(path).seal('s', 'a')).toThrow('ENOENT')
  writeFileSync(path, 'tooshort')
  expect(() => here(path).seal('s', 'a')).toThrow(/shorter than 32 characters$/)
  expect(() => here(path).seal('s', 'a')).not.toThrow(/tooshort/)
  expect(here(path).open(Buffer.alloc(64, 1), 'a')).toBeNull()
})
