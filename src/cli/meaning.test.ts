/** `tocsin diff` as people and CI run it: a real process, without a server. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { NODE, ROOT } from '../../test/support/server.ts'

function tocsin(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const env = { PATH: process.env['PATH'] ?? '', TZ: 'UTC' }
  const ran = spawnSync(NODE, [join(ROOT, 'src/cli/tocsin.ts'), ...args], { cwd: ROOT, env, encoding: 'utf8' })
  return { code: ran.status, out: ran.stdout, err: ran.stderr }
}

const shipped = join(ROOT, 'playbook')

/** A copy of the folder that ships, with texts replaced. */
function edited(file: string, ...edits: readonly (readonly [from: string, to: string])[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-meaning-'))
  cpSync(shipped, folder, { recursive: true })
  const path = join(folder, file)
  writeFileSync(
    path,
    edits.reduce((text, [from, to]) => text.replaceAll(from, to), readFileSync(path, 'utf8')),
  )
  return folder
}

test('the same folder has no change and ends with 0', () => {
  expect(tocsin('diff', shipped, shipped)).toMatchObject({ code: 0, out: expect.stringContaining('No change') as string })
})

test('changes are told as sentences with their place, and end with 1', () => {
  const folder = edited('playbook.yaml', ['response_time: 5 min', 'response_time: 3 min'])
  const { code, out } = tocsin('diff', shipped, folder)
  expect(code).toBe(1)
  expect(out).toMatch(/SEV-1 must be answered within 3 min, before 5 min \(playbook\.yaml:\d+\)/)
  const asked = tocsin('diff', join(shipped, 'playbook.yaml'), join(folder, 'playbook.yaml'), '--json')
  expect(JSON.parse(asked.out)).toContainEqual(
    expect.objectContaining({ code: 'response-time', effect: 'owes-more', path: 'severities.0.response_time', file: 'playbook.yaml' }),
  )
})

test('who holds a role is compared as well where both are folders', () => {
  const folder = edited('oncall.yaml', ['role: CTO\n    on_call: owner', 'role: CTO\n    on_call: ada@example.com'])
  expect(tocsin('diff', shipped, folder).out).toMatch(/ada@example\.com holds CTO now instead of the owners \(oncall\.yaml:\d+\)/)
  expect(tocsin('diff', join(shipped, 'playbook.yaml'), folder).code).toBe(0)
})

test('what cannot be compared ends with 2 and says why', () => {
  expect(tocsin('diff', shipped, '/nowhere')).toMatchObject({ code: 2, err: expect.stringContaining('/nowhere') as string })
  const broken = edited('playbook.yaml', ['SEV-1', 'SEV-9\n\t'])
  expect(tocsin('diff', shipped, broken)).toMatchObject({ code: 2, err: expect.stringMatching(/playbook\.yaml:\d+:\d+ /) as string })
  expect(tocsin('diff', shipped).code).toBe(2)
})
