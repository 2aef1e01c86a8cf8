/** `tocsin diff` and `tocsin explain` as people and CI run them: real processes, without a server. */
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

test('a signal is explained by a folder alone, with the lines that say so', () => {
  const { code, out } = tocsin('explain', '--folder', shipped, '--alarm', 'API5xxAlarm', '--at', '2027-03-28T02:30 Europe/Berlin')
  expect(code).toBe(0)
  expect(out).toContain('leave out 02:30 on that day: 03:30 is taken')
  expect(out).toMatch(/Severity SEV-1: Outage .* \(playbook\.yaml:\d+\)/)
  expect(out).toMatch(/^ {2}at once +01:30:00 +Every owner +DevSecOps, CTO, Security Officer +console /m)
  expect(out).toMatch(/^ {2}after 2 min +01:32:00 /m)
  expect(out).toContain('SEV-1 must be acknowledged within 5 min.')
})

test('who is on call at that time is told by name', () => {
  const people = 'people:\n  - { name: Ada, email: ada@example.com }\n  - { name: Ben, email: ben@example.com }\n'
  const layer = "layers: [{ members: [ada@example.com, ben@example.com], turn: 1 week, start: '2026-01-05' }]"
  const folder = edited('oncall.yaml', ['people: []', people], ['role: CTO\n    on_call: owner', `role: CTO\n    ${layer}`])
  const holder = (at: string): string => {
    const { out } = tocsin('explain', '--folder', folder, '--alarm', 'API5xxAlarm', '--at', at, '--json')
    const explained = JSON.parse(out) as { items: { pages: { role: string; person: { name: string } }[] }[] }
    return explained.items[0]?.pages.find(({ role }) => role === 'CTO')?.person.name ?? ''
  }
  expect([holder('2026-06-01T12:00:00Z'), holder('2026-06-08T12:00:00Z')]).toEqual(['Ben', 'Ada'])
})

test('a raw message is read by its door, from a file or from standard input', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'tocsin-body-')), 'body.json')
  writeFileSync(file, JSON.stringify([{ labels: { alertname: 'drift_psi' }, annotations: {} }]))
  expect(tocsin('explain', file, '--door', 'prometheus', '--folder', shipped).out).toContain('Incident type "Model Drift"')
  const piped = spawnSync(NODE, [join(ROOT, 'src/cli/tocsin.ts'), 'explain', '-', '--door', 'json', '--folder', shipped], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '' },
    encoding: 'utf8',
    input: '{"alarm":"drift_psi","value":0.1}',
  })
  expect(piped.stdout).toContain('"Model Drift" wants drift_psi > 0.2; the signal says 0.1. It is kept, and opens nothing.')
})

test('what is asked in no clear way ends with 2', () => {
  const wrong = [
    [],
    ['--alarm', 'x', '--signal', '1-0'],
    ['--alarm', 'x', '--at', 'tomorrow'],
    ['--alarm', 'x', '--label', 'nonsense'],
    ['--alarm', 'x', '--value', 'much'],
    ['body.json'],
    ['/nowhere', '--door', 'json'],
    ['--signal', '1-0', '--folder', shipped],
  ]
  expect(wrong.map((args) => tocsin('explain', ...args, ...(args.includes('--folder') ? [] : ['--folder', shipped])).code)).toEqual(
    wrong.map(() => 2),
  )
  expect(tocsin('explain', '--alarm', 'x').err).toContain('TOCSIN_API_KEY is not set')
})
