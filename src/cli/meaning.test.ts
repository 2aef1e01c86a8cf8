/** `tocsin diff` and `tocsin explain` as people and CI run them, without a server. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommand, runProcess } from '../../test/support/cli.ts'
import { ROOT } from '../../test/support/server.ts'

const tocsin = (...args: string[]) => runCommand(args)

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

test('the same folder has no change and ends with 0', async () => {
  expect(await tocsin('diff', shipped, shipped)).toMatchObject({ code: 0, out: expect.stringContaining('No change') as string })
})

test('changes are told as sentences with their place, and end with 1', async () => {
  const folder = edited('playbook.yaml', ['response_time: 5 min', 'response_time: 3 min'])
  const { code, out } = await tocsin('diff', shipped, folder)
  expect(code).toBe(1)
  expect(out).toMatch(/SEV-1 must be answered within 3 min, before 5 min \(playbook\.yaml:\d+\)/)
  const asked = await tocsin('diff', join(shipped, 'playbook.yaml'), join(folder, 'playbook.yaml'), '--json')
  expect(JSON.parse(asked.out)).toContainEqual(
    expect.objectContaining({ code: 'response-time', effect: 'owes-more', path: 'severities.0.response_time', file: 'playbook.yaml' }),
  )
})

test('who holds a role is compared as well where both are folders', async () => {
  const folder = edited('oncall.yaml', ['role: CTO\n    on_call: owner', 'role: CTO\n    on_call: ada@example.com'])
  expect((await tocsin('diff', shipped, folder)).out).toMatch(/ada@example\.com holds CTO now instead of the owners \(oncall\.yaml:\d+\)/)
  expect((await tocsin('diff', join(shipped, 'playbook.yaml'), folder)).code).toBe(0)
})

test('what cannot be compared ends with 2 and says why', async () => {
  expect(await tocsin('diff', shipped, '/nowhere')).toMatchObject({ code: 2, err: expect.stringContaining('/nowhere') as string })
  const broken = edited('playbook.yaml', ['SEV-1', 'SEV-9\n\t'])
  expect(await tocsin('diff', shipped, broken)).toMatchObject({ code: 2, err: expect.stringMatching(/playbook\.yaml:\d+:\d+ /) as string })
  expect((await tocsin('diff', shipped)).code).toBe(2)
})

test('a signal is explained by a folder alone, with the lines that say so', async () => {
  const { code, out } = await tocsin('explain', '--folder', shipped, '--alarm', 'API5xxAlarm', '--at', '2027-03-28T02:30 Europe/Berlin')
  expect(code).toBe(0)
  expect(out).toContain('leave out 02:30 on that day: 03:30 is taken')
  expect(out).toMatch(/Severity SEV-1: Outage .* \(playbook\.yaml:\d+\)/)
  expect(out).toMatch(/^ {2}at once +01:30:00 +Every owner +DevSecOps, CTO, Security Officer +console /m)
  expect(out).toMatch(/^ {2}after 2 min +01:32:00 /m)
  expect(out).toContain('SEV-1 must be acknowledged within 5 min.')
})

test('who is on call at that time is told by name', async () => {
  const people = 'people:\n  - { name: Ada, email: ada@example.com }\n  - { name: Ben, email: ben@example.com }\n'
  const layer = "layers: [{ members: [ada@example.com, ben@example.com], turn: 1 week, start: '2026-01-05' }]"
  const folder = edited('oncall.yaml', ['people: []', people], ['role: CTO\n    on_call: owner', `role: CTO\n    ${layer}`])
  const holder = async (at: string): Promise<string> => {
    const { out } = await tocsin('explain', '--folder', folder, '--alarm', 'API5xxAlarm', '--at', at, '--json')
    const explained = JSON.parse(out) as { items: { pages: { role: string; person: { name: string } }[] }[] }
    return explained.items[0]?.pages.find(({ role }) => role === 'CTO')?.person.name ?? ''
  }
  expect([await holder('2026-06-01T12:00:00Z'), await holder('2026-06-08T12:00:00Z')]).toEqual(['Ben', 'Ada'])
})

test('a raw message is read by its door, from a file or from standard input', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'tocsin-body-')), 'body.json')
  writeFileSync(file, JSON.stringify([{ labels: { alertname: 'drift_psi' }, annotations: {} }]))
  expect((await tocsin('explain', file, '--door', 'prometheus', '--folder', shipped)).out).toContain('Incident type "Model Drift"')
  const piped = await runProcess(['explain', '-', '--door', 'json', '--folder', shipped], {}, '{"alarm":"drift_psi","value":0.1}')
  expect(piped.out).toContain('"Model Drift" wants drift_psi > 0.2; the signal says 0.1. It is kept, and opens nothing.')
})

test('what is asked in no clear way ends with 2', async () => {
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
  for (const args of wrong) {
    const where = args.includes('--folder') ? [] : ['--folder', shipped]
    expect((await tocsin('explain', ...args, ...where)).code, args.join(' ')).toBe(2)
  }
  expect((await tocsin('explain', '--alarm', 'x')).err).toContain('TOCSIN_API_KEY is not set')
})
