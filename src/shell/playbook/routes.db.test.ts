/** Versions, checks and saves through the API, over a real folder and a real database. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ApiScene, aud, openApiScene, testParts } from '../../../test/support/api.ts'
import { ann, bob, cyd, own } from '../../../test/support/playbook.ts'
import { digestOf } from './folder.ts'
import { openPlaybooks, type PlaybookService } from './playbooks.ts'

const shipped = readFileSync('playbook/playbook.yaml', 'utf8')
const faster = shipped.replace('response_time: 5 min', 'response_time: 3 min')
const broken = shipped.replace('response_time: 5 min', 'response_time: 24:00')

let scene: ApiScene
let folder: string
let service: PlaybookService | undefined

/** The service is opened over the scene's own database, and asked for by the routes through these. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-routes-'))
  writeFileSync(join(folder, 'playbook.yaml'), shipped)
  const opened = (): PlaybookService => {
    if (service === undefined) throw new Error('the folder is not open yet')
    return service
  }
  scene = await openApiScene({
    parts: {
      playbook: {
        ...testParts().playbook,
        status: () => opened().status(),
        readText: () => opened().readText(),
        textInForce: () => opened().textInForce(),
        save: (saving) => opened().save(saving),
      },
    },
    ports: { playbooks: { current: () => opened().current(), load: (tx, digest) => opened().load(tx, digest) } },
  })
  service = await openPlaybooks(scene.database.database, folder, pino({ level: 'silent' }), { pollMs: 3_600_000 })
})

afterEach(async () => {
  service?.stop()
  service = undefined
  await scene.close()
  chmodSync(folder, 0o755)
  rmSync(folder, { recursive: true, force: true })
})

const save = (source: string, base = digestOf(shipped), who = own) =>
  scene.ask(who, 'PUT', '/playbook', { source, reason: 'Agreed', base_digest: base })

describe('versions', () => {
  test('are listed newest first, with who saved each, why, and which is in force', async () => {
    await save(faster)
    const { status, body } = await scene.ask(cyd, 'GET', '/playbook/versions?limit=2')
    expect(status).toBe(200)
    expect(body.items).toEqual([
      expect.objectContaining({
        digest: digestOf(faster),
        author: { id: own, name: 'Owner' },
        reason: 'Agreed',
        incidents: 0,
        current: true,
      }),
      expect.objectContaining({ digest: digestOf(shipped), author: null, reason: '', current: false }),
    ])
    const rest = await scene.ask(cyd, 'GET', `/playbook/versions?cursor=${body.next}`)
    expect(rest.body.items).toMatchObject([{ digest: 'd1' }])
  })

  test('count the incidents that ran under them, and private ones for their members only', async () => {
    await scene.ask(ann, 'POST', '/incidents', { title: 'open' })
    await scene.ask(ann, 'POST', '/incidents', { title: 'secret', private: true })
    const countFor = async (who: typeof ann): Promise<number> => (await scene.ask(who, 'GET', '/playbook/versions')).body.items[0].incidents
    expect([await countFor(ann), await countFor(cyd), await countFor(aud)]).toEqual([2, 1, 1])
  })

  test('are read by digest or number, byte for byte', async () => {
    await save(faster)
    const { body } = await scene.ask(cyd, 'GET', `/playbook/versions/${digestOf(shipped)}`)
    expect(body).toMatchObject({ source: shipped, current: false, playbook: { severities: [{ response_seconds: 300 }, {}, {}, {}] } })
    const byNumber = await scene.ask(cyd, 'GET', `/playbook/versions/${body.number}`)
    expect(byNumber.body.digest).toBe(digestOf(shipped))
    expect((await scene.ask(cyd, 'GET', '/playbook/versions/nothing')).status).toBe(404)
    expect((await scene.ask(cyd, 'GET', '/playbook/versions/d1')).body).toMatchObject({ source: '', playbook: null })
  })

  test('are compared by what they mean and by lines', async () => {
    await save(faster)
    const { body } = await scene.ask(cyd, 'GET', `/playbook/versions/${digestOf(shipped)}/diff`)
    expect(body.to.digest).toBe(digestOf(faster))
    expect(body.changes).toContainEqual(
      expect.objectContaining({
        code: 'response-time',
        effect: 'owes-more',
        path: 'severities.0.response_time',
        line: expect.any(Number) as number,
      }),
    )
    expect(body.patch).toContain('-    response_time: 5 min\n+    response_time: 3 min\n')
    const same = await scene.ask(cyd, 'GET', `/playbook/versions/${digestOf(faster)}/diff?to=${digestOf(faster)}`)
    expect(same.body).toMatchObject({ changes: [], patch: '' })
    expect((await scene.ask(cyd, 'GET', '/playbook/versions/d1/diff')).body.code).toBe('playbook-unreadable')
    expect((await scene.ask(cyd, 'GET', `/playbook/versions/${digestOf(faster)}/diff?to=999`)).status).toBe(404)
  })
})

describe('the playbook in force', () => {
  test('says who saved it', async () => {
    await save(faster)
    const { body } = await scene.ask(cyd, 'GET', '/playbook')
    expect(body).toMatchObject({ digest: digestOf(faster), author: { name: 'Owner' }, reason: 'Agreed', fault: null })
  })

  test('says loudly what keeps a newer text from taking its place', async () => {
    writeFileSync(join(folder, 'playbook.yaml'), broken)
    await service?.reload()
    const { body } = await scene.ask(cyd, 'GET', '/playbook')
    expect(body.digest).toBe(digestOf(shipped))
    expect(body.fault).toMatchObject({
      refused: ['playbook.yaml'],
      findings: expect.arrayContaining([
        expect.objectContaining({ code: 'unclear-duration', file: 'playbook.yaml', line: expect.any(Number) as number }),
      ]) as unknown,
    })
    const source = (await scene.ask(cyd, 'GET', '/playbook/source')).body
    expect(source).toMatchObject({ source: broken, digest: digestOf(broken), in_force: false, writable: true, why_not: '' })
    expect(source.findings).toContainEqual(expect.objectContaining({ code: 'unclear-duration' }))
  })
})

test('an explanation quotes the lines of the version in force, and of one that was', async () => {
  const quote = async (): Promise<string> =>
    (await scene.ask(cyd, 'GET', '/explain?alarm=API5xxAlarm')).body.items[0].clocks[0].clause.quote
  expect(await quote()).toBe('response_time: 5 min')
  await save(faster)
  expect(await quote()).toBe('response_time: 3 min')
  writeFileSync(join(folder, 'playbook.yaml'), broken)
  await service?.reload()
  expect(await quote()).toBe('response_time: 3 min')
})

describe('a check', () => {
  test('answers findings, changes and what the text would be, and saves nothing', async () => {
    const { status, body } = await scene.ask(ann, 'POST', '/playbook/check', { source: faster })
    expect(status).toBe(200)
    expect(body).toMatchObject({ digest: digestOf(faster), base: { digest: digestOf(shipped) }, sound: true, errors: 0 })
    expect(body.changes.map((change: { sentence: string }) => change.sentence)).toContain(
      'SEV-1 must be answered within 3 min, before 5 min',
    )
    expect(body.playbook.severities[0].response_seconds).toBe(180)
    expect(readFileSync(join(folder, 'playbook.yaml'), 'utf8')).toBe(shipped)
  })

  test('of a broken text tells the errors, and no changes', async () => {
    const { body } = await scene.ask(ann, 'POST', '/playbook/check', { source: broken })
    expect(body).toMatchObject({ sound: false, errors: 1, changes: [], playbook: null })
    expect(body.findings).toContainEqual(expect.objectContaining({ code: 'unclear-duration', severity: 'error' }))
  })

  test('takes a large text, and refuses one that is larger than any playbook', async () => {
    const large = `${shipped}\n# ${'é'.repeat(400_000)}`
    expect((await scene.ask(ann, 'POST', '/playbook/check', { source: large })).body.sound).toBe(true)
    expect((await scene.ask(ann, 'POST', '/playbook/check', { source: 'x'.repeat(1_000_001) })).status).toBe(400)
  })

  test.each(['\u0000', '\ud800', ': [', '&a [*a, *a]', ''])('of %j answers findings, whatever the text is', async (source) => {
    const { status, body } = await scene.ask(ann, 'POST', '/playbook/check', { source })
    expect([status, body.sound]).toEqual([200, false])
  })
})

describe('a save', () => {
  test('answers the version, what changed, and where it was committed', async () => {
    const { status, body } = await save(faster)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      changed: true,
      version: { digest: digestOf(faster), author: { id: own, name: 'Owner' }, reason: 'Agreed', current: true },
      git: { state: 'none', commit: null },
    })
    expect(body.changes[0]).toMatchObject({ effect: 'pages-more', line: expect.any(Number) as number })
    expect(readFileSync(join(folder, 'playbook.yaml'), 'utf8')).toBe(faster)
    expect((await save(faster)).body).toMatchObject({ changed: false, changes: [] })
  })

  test('of a text with errors is refused with its findings', async () => {
    const { status, body } = await save(broken)
    expect([status, body.code]).toEqual([422, 'playbook-broken'])
    expect(body.errors[0]).toMatchObject({ field: 'source', message: expect.stringContaining('unclear-duration') as string })
    expect(body.findings).toContainEqual(expect.objectContaining({ code: 'unclear-duration' }))
  })

  test('from a text that is no longer the file’s is refused', async () => {
    expect((await save(faster, 'f'.repeat(64))).body).toMatchObject({
      status: 409,
      code: 'playbook-changed',
      errors: [{ field: 'base_digest' }],
    })
  })

  test('into a file that may not be written is refused with a patch that does it', async () => {
    chmodSync(join(folder, 'playbook.yaml'), 0o444)
    const { status, body } = await save(faster)
    expect([status, body.code]).toEqual([409, 'playbook-read-only'])
    expect(body.patch).toMatch(/^--- a\/playbook\.yaml\n\+\+\+ b\/playbook\.yaml\n@@/)
    expect((await scene.ask(cyd, 'GET', '/playbook/source')).body).toMatchObject({
      writable: false,
      why_not: expect.stringContaining('read-only') as string,
    })
    const patch = await scene.ask(ann, 'POST', '/playbook/patch', { source: faster })
    expect(patch.body).toEqual({ file: 'playbook.yaml.patch', patch: body.patch })
  })

  test('needs a reason', async () => {
    const without = await scene.ask(own, 'PUT', '/playbook', { source: faster, reason: '  ', base_digest: digestOf(shipped) })
    expect([without.status, without.body.errors[0].field]).toEqual([400, 'reason'])
  })
})

test('owners and administrators save, responders try and export, everybody reads', async () => {
  const codes = async (who: typeof ann) => [
    (await scene.ask(who, 'GET', '/playbook/source')).status,
    (await scene.ask(who, 'POST', '/playbook/check', { source: faster })).status,
    (await scene.ask(who, 'POST', '/playbook/patch', { source: faster })).status,
    (await save(shipped, digestOf(shipped), who)).status,
  ]
  expect(await codes(bob)).toEqual([200, 200, 200, 403])
  expect(await codes(cyd)).toEqual([200, 403, 403, 403])
  expect(await codes(own)).toEqual([200, 200, 200, 200])
  expect((await scene.ask(null, 'GET', '/playbook/versions')).status).toBe(401)
})
