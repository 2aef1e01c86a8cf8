import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FileChangedError, replaceFile } from './replace-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-replace-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the new text takes the place of the old, with its permissions, and nothing else is left behind', async () => {
  const path = join(folder, 'playbook.yaml')
  writeFileSync(path, 'old')
  chmodSync(path, 0o640)
  await replaceFile(path, 'old', 'new ü')
  expect(readFileSync(path, 'utf8')).toBe('new ü')
  expect(statSync(path).mode & 0o777).toBe(0o640)
  expect(readdirSync(folder)).toEqual(['playbook.yaml'])
})

test('a file that changed meanwhile stays as somebody else left it', async () => {
  const path = join(folder, 'playbook.yaml')
  writeFileSync(path, 'theirs')
  await expect(replaceFile(path, 'old', 'new')).rejects.toThrow(FileChangedError)
  expect(readFileSync(path, 'utf8')).toBe('theirs')
  expect(readdirSync(folder)).toEqual(['playbook.yaml'])
})

test('a link stays a link, and what it leads to is replaced', async () => {
  writeFileSync(join(folder, 'real.yaml'), 'old')
  symlinkSync('real.yaml', join(folder, 'playbook.yaml'))
  await replaceFile(join(folder, 'playbook.yaml'), 'old', 'new')
  expect(lstatSync(join(folder, 'playbook.yaml')).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(folder, 'real.yaml'), 'utf8')).toBe('new')
})

test('what a crash left beside the file is in nobody’s way', async () => {
  const path = join(folder, 'playbook.yaml')
  writeFileSync(path, 'old')
  writeFileSync(join(folder, '.playbook.yaml.new'), 'half of someth')
  await replaceFile(path, 'old', 'new')
  expect(readFileSync(path, 'utf8')).toBe('new')
  expect(readdirSync(folder)).toEqual(['playbook.yaml'])
})
