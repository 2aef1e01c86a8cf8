/** The console's build, with a builder of the test's own: when it runs, and that a failed one costs nothing. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { buildConsole } from './build-console.ts'

const log = pino({ level: 'silent' })
let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tocsin-console-'))
  write('web/index.html', '<p>source</p>')
  write('package-lock.json', '{}')
  setBuilder("fs.writeFileSync(out + '/index.html', 'built from ' + fs.readFileSync('web/index.html', 'utf8'))")
})

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}

function setBuilder(body: string): void {
  const start =
    "const fs = require('node:fs'); const out = process.argv[process.argv.indexOf('--outDir') + 1]; fs.mkdirSync(out, { recursive: true });"
  write('node_modules/vite/bin/vite.js', `${start}\n${body}`)
}
const built = () => readFileSync(join(root, 'web/dist/index.html'), 'utf8')

test('it builds what is missing, and again only when a source has changed', async () => {
  expect(await buildConsole(log, root)).toBe('built')
  expect(await buildConsole(log, root)).toBe('fresh')
  write('web/index.html', '<p>changed</p>')
  expect(await buildConsole(log, root)).toBe('built')
  expect(built()).toBe('built from <p>changed</p>')
})

test('a build that fails leaves the console of before', async () => {
  await buildConsole(log, root)
  write('web/index.html', '<p>changed</p>')
  setBuilder('process.exit(3)')
  expect(await buildConsole(log, root)).toBe('failed')
  expect(built()).toBe('built from <p>source</p>')
})

test('without a builder it serves what is there, or says that nothing is', async () => {
  rmSync(join(root, 'node_modules'), { recursive: true })
  expect(await buildConsole(log, root)).toBe('absent')
  write('web/dist/index.html', 'shipped')
  expect(await buildConsole(log, root)).toBe('fresh')
})

test('servers that start at once build once, and a builder that was killed leaves no lock behind', async () => {
  write('web/.dist-lock/pid', '999999999')
  const results = await Promise.all([buildConsole(log, root), buildConsole(log, root)])
  expect(results.toSorted()).toEqual(['built', 'fresh'])
  expect(existsSync(join(root, 'web/.dist-lock'))).toBe(false)
})
