/** The commands as people and scripts run them, against a real server; some as processes, for what only those have. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ran, runCommand, runProcess } from '../../test/support/cli.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { findFreePort } from '../../test/support/port.ts'
import { API_KEY, ROOT, type RunningServer, startServer } from '../../test/support/server.ts'
import { waitFor } from '../../test/support/wait.ts'

const running = { url: '' }
const environment = (changed: Record<string, string>) => ({ TOCSIN_URL: running.url, TOCSIN_API_KEY: API_KEY, ...changed })

const tocsin = (args: readonly string[], changed: Record<string, string> = {}): Promise<Ran> => runCommand(args, environment(changed))

const tocsinProcess = (args: readonly string[], changed: Record<string, string> = {}): Promise<Ran> =>
  runProcess(args, environment(changed))

async function json(args: readonly string[]): Promise<unknown> {
  const ran = await tocsin([...args, '--json'])
  if (ran.code !== 0) throw new Error(`tocsin ${args.join(' ')} ended with ${ran.code}: ${ran.err}`)
  return JSON.parse(ran.out)
}

describe('without a server', () => {
  test('help lists what exists and nothing else', async () => {
    const { code, out } = await tocsinProcess(['help'])
    expect(code).toBe(0)
    const listed = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name)
    expect(listed).toEqual([
      'start',
      'declare',
      'page',
      'ack',
      'resolve',
      'silence',
      'maintenance',
      'who',
      'schedule',
      'override',
      'swap',
      'absence',
      'calendar',
      'merge',
      'doctor',
      'lint',
      'import',
      'render',
      'diff',
      'explain',
      'rebuild',
      'heartbeat',
      'key',
      'user',
      'help',
    ])
  })

  test('a command that is not understood ends with 2 and says where to look', async () => {
    const wrong = [['nonsense'], ['declare'], ['declare', 'x', '--nonsense'], ['user', 'add', 'a@b.c', '--role', 'king'], []]
    const ran = await Promise.all(wrong.map((args, place) => (place === 0 ? tocsinProcess(args) : tocsin(args))))
    expect(ran.map(({ code }) => code)).toEqual(wrong.map(() => 2))
    expect(ran[0]?.err).toContain('tocsin help')
  })

  test('a missing key is named', async () => {
    const { code, err } = await tocsin(['who'], { TOCSIN_API_KEY: '' })
    expect([code, err]).toEqual([2, expect.stringContaining('TOCSIN_API_KEY is not set')])
  })

  test('a server that is not there is told with what to do, in JSON as a problem', async () => {
    const url = `http://127.0.0.1:${await findFreePort()}`
    const plain = await tocsin(['who'], { TOCSIN_URL: url })
    expect([plain.code, plain.out]).toEqual([1, ''])
    expect(plain.err).toContain(`no answer from ${url}: ECONNREFUSED`)
    expect(plain.err).toContain('tocsin start')
    const asked = await tocsinProcess(['who', '--json'], { TOCSIN_URL: url })
    expect([asked.code, JSON.parse(asked.err)]).toEqual([1, expect.objectContaining({ code: 'unreachable' })])
    expect((await tocsin(['who'], { TOCSIN_URL: 'not an address' })).code).toBe(2)
  })

  test('the key is not sent on to where a server redirects', async () => {
    const seen: unknown[] = []
    const elsewhere = createServer((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(302, { location: '/other' }).end()
    })
    const port = await findFreePort()
    await new Promise<void>((resolve) => {
      elsewhere.listen(port, '127.0.0.1', resolve)
    })
    const { code, err } = await tocsin(['who'], { TOCSIN_URL: `http://127.0.0.1:${port}` })
    elsewhere.close()
    expect([code, seen.length]).toEqual([1, 1])
    expect(err).toContain('redirects to /other')
  })
})

describe('lint', () => {
  test('the playbook that ships has no error', async () => {
    const { code, out } = await tocsin(['lint', 'playbook'])
    expect(code).toBe(0)
    expect(out.split('\n').filter((line) => line !== '' && !line.includes('warning: '))).toEqual([])
  })

  test('an error is told with file, line, column and code, and ends with 1', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-lint-'))
    cpSync(join(ROOT, 'playbook'), folder, { recursive: true })
    writeFileSync(join(folder, 'playbook.yaml'), 'version: 1\nnonsense: true\n')
    const { code, out } = await tocsinProcess(['lint', folder])
    expect(code).toBe(1)
    for (const line of out.trim().split('\n')) expect(line).toMatch(/^\S+\.yaml:\d+:\d+ [a-z-]+ .+/)
    expect(out).toContain(`${join(folder, 'playbook.yaml')}:2:1 `)
    const asked = await tocsin(['lint', folder, '--json'])
    expect([asked.code, JSON.parse(asked.out)]).toEqual([
      1,
      expect.arrayContaining([expect.objectContaining({ line: 2, severity: 'error' })]),
    ])
  })

  test('a folder that is not there ends with 2', async () => {
    expect((await tocsin(['lint', '/nowhere'])).code).toBe(2)
    expect((await tocsin(['lint', 'playbook', '--days', '0'])).code).toBe(2)
    expect((await tocsin(['lint', 'playbook', '--format', 'xml'])).code).toBe(2)
  })

  test('the folder that ships has what is true of a fresh installation; with --strict that ends with 1', async () => {
    const fresh = await tocsin(['lint', 'playbook'])
    expect(codesIn(fresh.out)).toEqual(['review-overdue', 'channel-missing', 'channel-missing', 'channel-missing', 'no-channel'])
    expect(fresh.err.trim()).toBe('0 errors, 5 warnings')
    expect((await tocsin(['lint', 'playbook', '--strict'])).code).toBe(1)
  })

  test('mail and secrets of the environment count, and need not', async () => {
    const withMail = await tocsin(['lint', 'playbook'], { TOCSIN_MAIL_URL: 'smtp://localhost' })
    expect(codesIn(withMail.out)).toEqual(['review-overdue', 'channel-missing', 'channel-missing'])
    const folder = copyPlaybook()
    writeFileSync(
      join(folder, 'connections.yaml'),
      "connections: [{ name: slack, kind: webhook, url: 'https://x.example', secret_env: SLACK_SECRET }]\n",
    )
    const secretsOf = async (args: readonly string[], env: Record<string, string>) =>
      codesIn((await tocsin(['lint', folder, ...args], env)).out).filter((code) => code === 'secret-not-found')
    writeFileSync(join(folder, 'secret'), 'x')
    expect(await secretsOf([], {})).toHaveLength(1)
    expect(await secretsOf([], { SLACK_SECRET: 'x' })).toEqual([])
    expect(await secretsOf([], { SLACK_SECRET_FILE: join(folder, 'secret') })).toEqual([])
    expect(await secretsOf([], { SLACK_SECRET_FILE: '/nowhere' })).toHaveLength(1)
    expect(await secretsOf(['--no-environment'], {})).toEqual([])
  })

  test('a file of 50 MB is a finding, and is not read', async () => {
    const folder = copyPlaybook()
    writeFileSync(join(folder, 'playbook.yaml'), Buffer.alloc(50_000_000, 'a'))
    const { code, out } = await tocsin(['lint', folder])
    expect([code, out.split('\n')[0]]).toEqual([1, expect.stringContaining('playbook.yaml:1:1 file-too-large The file has 50000000 bytes')])
  })

  test('CI gets annotations or a SARIF log, with paths as they were given', async () => {
    const github = await tocsin(['lint', 'playbook', '--format', 'github'])
    expect(github.out).toMatch(/^::warning file=playbook\/playbook\.yaml,line=\d+,col=\d+,title=review-overdue::The review/)
    const sarif = JSON.parse((await tocsin(['lint', 'playbook', '--format', 'sarif'])).out) as {
      runs: { tool: { driver: { version: string } }; results: { locations: unknown[] }[] }[]
    }
    expect(sarif.runs[0]?.tool.driver.version).toMatch(/^\d+\.\d+\.\d+/)
    expect(sarif.runs[0]?.results[0]?.locations[0]).toMatchObject({
      physicalLocation: { artifactLocation: { uri: 'playbook/playbook.yaml' } },
    })
    const listed = JSON.parse((await tocsin(['lint', 'playbook', '--format', 'json'])).out) as { file: string }[]
    expect(listed[0]?.file).toBe('playbook.yaml')
  })

  test('--fix writes what can be mended and shows it; what is left is told as ever', async () => {
    const folder = copyPlaybook()
    const path = join(folder, 'playbook.yaml')
    const good = readFileSync(path, 'utf8')
    writeFileSync(path, good.replace('response_time: 5 min', 'respons_time: PT5M # quickly'))
    const { code, out, err } = await tocsin(['lint', folder, '--fix'])
    expect(code).toBe(0)
    expect(err).toMatch(/playbook\.yaml:\d+:5 fixed unknown-key: respons_time is now response_time\n/)
    expect(err).toMatch(/playbook\.yaml:\d+:20 fixed unusual-duration: PT5M is now 5 min\n/)
    expect(codesIn(out)).not.toContain('unknown-key')
    expect(readFileSync(path, 'utf8')).toBe(good.replace('response_time: 5 min', 'response_time: 5 min # quickly'))
    expect((await tocsin(['lint', folder, '--fix'])).err).toContain('Nothing can be mended without asking.')
  })

  test('a line of a finding cannot move the cursor, and is one line', async () => {
    const folder = copyPlaybook()
    writeFileSync(join(folder, 'oncall.yaml'), '"\\e[2Jkey\\nof two lines": 1\n')
    const { out } = await tocsin(['lint', folder])
    expect(out).not.toContain('\u001b')
    for (const line of out.trim().split('\n')) expect(line).toMatch(/^\S+\.yaml:\d+:\d+ [a-z-]+ .+/)
  })
})

function copyPlaybook(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-lint-'))
  cpSync(join(ROOT, 'playbook'), folder, { recursive: true })
  return folder
}

const codesIn = (out: string): (string | undefined)[] =>
  out
    .trim()
    .split('\n')
    .map((line) => /:\d+:\d+ ([a-z-]+) /.exec(line)?.[1])

describe('with a server', () => {
  let db: TestDatabase
  let server: RunningServer
  beforeAll(async () => {
    db = await openTestDatabase()
    server = await startServer({ databaseUrl: db.url, environment: { TOCSIN_OWNER_EMAIL: 'owner@example.com' } })
    running.url = server.url
  }, 90_000)
  afterAll(async () => {
    await server.cleanUp()
    await db.close()
  })

  test('an incident is declared, acknowledged by number, and acknowledged again', async () => {
    const declared = await tocsinProcess(['declare', 'Checkout \u001b[31mis down', '--severity', 'SEV-1', '--summary', 'since 14:02'])
    expect(declared.code).toBe(0)
    expect(declared.out).toMatch(/^Incident \d+ declared: SEV-1, Checkout .*is down/)
    expect(declared.out).not.toContain('\u001b')
    const number = /Incident (\d+)/.exec(declared.out)?.[1] ?? ''
    expect(declared.out).toMatch(new RegExp(`${server.url}/incidents/[0-9a-f-]{36}`))
    const acknowledged = await tocsin(['ack', number])
    expect([acknowledged.code, acknowledged.out]).toEqual([0, expect.stringMatching(/^Incident \d+ is acknowledged since .* UTC: SEV-1, /)])
    expect((await tocsin(['ack', number])).code).toBe(0)
    const shown = await server.api('GET', `/api/v1/incidents/${number}`)
    expect(shown.json).toMatchObject({ severity: 'SEV-1', acknowledged_at: expect.any(String) as string })
  })

  test('what the server refuses is told plainly, with its code and the field', async () => {
    const wrong = await tocsin(['declare', 'x', '--severity', 'SEV-99'])
    expect([wrong.code, wrong.out]).toEqual([1, ''])
    expect(wrong.err).toMatch(/severity-unknown/)
    expect((await tocsin(['ack', '999999'])).err).toMatch(/not-found/)
    const asked = await tocsin(['ack', '999999', '--json'])
    expect(JSON.parse(asked.err)).toMatchObject({ status: 404, code: 'not-found' })
    expect((await tocsin(['who'], { TOCSIN_API_KEY: 'not-the-right-key' })).err).toMatch(/key-unknown/)
  })

  test('who reads a time with its zone, and both ways where the clock skips it', async () => {
    const ran = await tocsin(['who', '--at', '2027-03-28T02:30 Europe/Berlin'])
    expect(ran.err).toContain('does not exist')
    expect(ran.out.match(/^At /gm)).toHaveLength(2)
    const found = await json(['who', 'CTO', '--at', '2026-10-25T02:30 Europe/Berlin'])
    expect(found).toMatchObject([{ at: '2026-10-25T00:30:00.000Z' }, { at: '2026-10-25T01:30:00.000Z' }])
    expect((await tocsin(['who', '--at', '2027-03-28T02:30 Europe/Berlim'])).code).toBe(2)
  })

  test('override, absence and schedule tell who holds a role, and what is left open', async () => {
    const email = 'stand-in@example.com'
    await tocsin(['user', 'add', email, '--name', 'Stand In'])
    const added = await tocsin(['override', 'add', 'CTO', '--person', email, '--for', '2 h', '--reason', 'lunch'])
    expect(added.out).toMatch(/^Stand In holds CTO from .+\nTo end it: tocsin override end \S+$/m)
    expect((await tocsin(['who', 'CTO'])).out).toContain(`Stand In <${email}> (stands in)`)
    expect((await tocsin(['override', 'list'])).out).toContain('lunch')
    expect((await tocsin(['schedule', 'show', 'CTO', '--days', '2'])).out).toMatch(/holds it, always\.[\s\S]+Stand In +stands in/)
    const away = await tocsin(['absence', 'add', '--person', email, '--for', '1 h', '--no-ask'])
    expect(away).toMatchObject({ code: 0, out: expect.stringContaining('Stand In is away') })
    expect((await tocsin(['who', 'CTO'])).out).toContain('Owner <')
    const { items } = (await json(['override', 'list'])) as { items: { id: string }[] }
    expect((await tocsin(['override', 'end', items[0]?.id ?? ''])).out).toContain('is over.')
    const { out: url } = await tocsin(['calendar', 'add', 'CTO'])
    expect(await (await fetch(new URL(new URL(url).pathname, server.url))).text()).toContain('SUMMARY:CTO')
    expect((await tocsin(['calendar', 'list'])).out).toMatch(/ cto +\S.*UTC$/m)
    expect((await tocsin(['override', 'take', 'nothing'])).err).toMatch(/no schedule "nothing"/)
  })

  test('who is on call is shown for all, for a role, for a severity, and at another time', async () => {
    const all = await tocsin(['who'])
    expect(all.code).toBe(0)
    expect(all.out).toMatch(/^ROLE +WHO +UNTIL +NEXT\n/)
    expect(all.out).toContain('owner@example.com')
    const ofSeverity = await json(['who', 'SEV-1'])
    expect(ofSeverity).toEqual(expect.arrayContaining([expect.objectContaining({ kind: 'duty' })]))
    const [first] = ofSeverity as { role: string }[]
    expect(await json(['who', first?.role.toLowerCase() ?? '', '--at', '2027-01-01T12:00:00Z'])).toHaveLength(1)
    expect((await tocsin(['who', 'Nobody Such'])).code).toBe(2)
    expect((await tocsin(['who', '--at', 'yesterday'])).code).toBe(2)
  })

  test('a signal is explained by the server, by the version in force and the people of now', async () => {
    const explained = await tocsin(['explain', '--alarm', 'API5xxAlarm', '--at', '2027-01-01T03:00:00Z'])
    expect(explained.code).toBe(0)
    expect(explained.out).toMatch(/^At Fri 1 Jan 03:00 UTC, by version 1 of the playbook/)
    expect(explained.out).toMatch(/at once +03:00:00 .*DevSecOps, CTO, Security Officer/)
    expect(await json(['explain', '--alarm', 'drift_psi', '--value', '0.1'])).toMatchObject({ items: [{ verdict: 'below' }] })
    expect((await tocsin(['explain', '--signal', '999999-0'])).err).toContain('not-found')
  })

  test('an integration key is shown once, opens a door, and is refused after it is revoked', async () => {
    const made = await tocsin(['key', 'create', 'prometheus-eu'])
    expect([made.code, made.out.trim()]).toEqual([0, expect.stringMatching(/^\S{32}$/)])
    const key = made.out.trim()
    const post = () =>
      fetch(`${server.url}/v2/enqueue`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ routing_key: key, event_action: 'trigger', payload: { summary: 'x', source: 's', severity: 'info' } }),
      })
    expect((await post()).status).toBe(202)
    const listed = await tocsin(['key', 'list'])
    expect(listed.out).toMatch(/^NAME +BEGINS +OPENS +LAST SEEN +TODAY +STATE +ID\n/)
    expect(listed.out).toContain('prometheus-eu')
    expect(listed.out).not.toContain(key)
    expect((await tocsin(['key', 'revoke', 'prometheus-eu'])).code).toBe(0)
    await waitFor('the key to be refused', async () => (await post()).status >= 400, { timeoutMs: 10_000 })
    expect((await tocsin(['key', 'revoke', 'prometheus-eu'])).code).toBe(2)
  })

  test('a source’s keys are rotated with an overlap, taken over from another system, and revoked one by one', async () => {
    await tocsin(['key', 'create', 'moved', '--kind', 'pagerduty', '--observe'])
    const rotated = await tocsin(['key', 'rotate', 'moved', '--overlap', '48 h'])
    expect([rotated.code, rotated.out.trim()]).toEqual([0, expect.stringMatching(/^[0-9a-f]{32}$/)])
    expect(rotated.err).toMatch(/… still opens until /)
    const alias = await tocsin(['key', 'alias', 'moved', 'R0UT1NGK3Y0123456789abcdefABCDEF', '--label', 'PagerDuty'])
    expect([alias.code, alias.out.trim()]).toEqual([0, 'R0UT1N… opens moved now.'])
    const keys = (await json(['key', 'list', 'moved'])) as { origin: string; in_use: boolean; prefix: string }[]
    expect(keys.map(({ origin }) => origin).toSorted()).toEqual(['made', 'made', 'taken'])
    const listed = await tocsin(['key', 'list', 'moved'])
    expect(listed.out).toMatch(/^BEGINS +ORIGIN +LABEL +LAST USED +STATE +ID\n/)
    expect((await tocsin(['key', 'revoke', 'moved', '--only', 'R0UT1N'])).out.trim()).toBe('R0UT1N… of moved is revoked.')
    expect((await tocsin(['key', 'alias', 'moved', 'R0UT1NGK3Y0123456789abcdefABCDEF'])).err).toContain('already-exists')
    expect((await tocsin(['key', 'list'])).out).toMatch(/moved .* never, observed /)
    for (const wrong of [
      ['rotate', 'nobody'],
      ['rotate', 'moved', '--overlap', 'soon'],
      ['alias', 'moved'],
      ['list', 'moved', '--api'],
    ]) {
      expect((await tocsin(['key', ...wrong])).code, wrong.join(' ')).toBe(2)
    }
  })

  test('the doctor can be asked about sources alone', async () => {
    const report = (await json(['doctor', 'sources'])) as { checks: { id: string }[] }
    expect(report.checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['sources']))
    expect(report.checks.filter(({ id }) => !/^(?:source|asked)/.test(id))).toEqual([])
    expect((await tocsin(['doctor', 'weather'])).code).toBe(2)
  })

  test('an API key acts as whoever made it, until it is revoked', async () => {
    const made = await tocsin(['key', 'create', 'script', '--api', '--expires', '30'])
    const key = made.out.trim()
    expect((await tocsin(['who'], { TOCSIN_API_KEY: key })).code).toBe(0)
    expect(await json(['key', 'list', '--api'])).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'script' })]))
    expect((await tocsin(['key', 'revoke', 'script', '--api'])).code).toBe(0)
    expect((await tocsin(['who'], { TOCSIN_API_KEY: key })).code).toBe(1)
    expect((await tocsin(['key', 'create', 'x', '--expires', '3'])).code).toBe(2)
  })

  test('a person is added, listed, gets a link that signs in, and is disabled', async () => {
    const added = await tocsin(['user', 'add', 'Mara@example.com', '--name', 'Mara Lind', '--zone', 'Europe/Berlin'])
    expect([added.code, added.out]).toEqual([0, 'Mara Lind <mara@example.com> is added as responder.\n'])
    expect((await tocsin(['user', 'add', 'mara@example.com'])).err).toMatch(/already-exists/)
    expect((await tocsin(['user', 'list'])).out).toMatch(/^mara@example\.com +Mara Lind +responder +Europe\/Berlin /m)
    const link = await tocsin(['user', 'link', 'mara@example.com'])
    expect(link.out.trim()).toMatch(new RegExp(`^${server.url}/sign-in/\\S+$`))
    expect((await fetch(link.out.trim())).status).toBe(200)
    expect((await tocsin(['user', 'disable', 'mara@example.com'])).code).toBe(0)
    expect((await tocsin(['user', 'list'])).out).toMatch(/^mara@example\.com .* disabled /m)
    expect((await tocsin(['user', 'link', 'nobody@example.com'])).code).toBe(2)
  })

  test('a test page says what each channel answered; the console alone is a finding', async () => {
    const paged = await tocsin(['page', 'owner@example.com'])
    expect(paged.code).toBe(1)
    expect(paged.out).toMatch(/^WHO +CHANNEL +STATE +WHAT IT SAID\n/)
    expect(paged.out).toMatch(/owner@example\.com +console +sent /)
    expect((await tocsin(['page', 'nobody@example.com'])).err).toMatch(/person-unknown/)
  })

  test('the doctor finds what is wrong with a fresh installation, failures first', async () => {
    const { code, out } = await tocsin(['doctor'])
    expect(code).toBe(1)
    expect(out).not.toContain('\u001b')
    expect(out.indexOf('FAIL')).toBe(0)
    expect(out.lastIndexOf('FAIL')).toBeLessThan(out.indexOf('ok  '))
    expect(out).toMatch(/FAIL {2}Mail: TOCSIN_MAIL_URL is not set/)
    expect(out).toMatch(/FAIL {2}owner@example\.com can be reached: NO WAY BESIDES THE CONSOLE/)
    expect(out).toMatch(/FAIL {2}Links in pages: /)
    expect(out).toMatch(/At 03:00: .+\n {6}To do: .+/)
    expect(out).not.toContain(API_KEY)
    const ran = await tocsin(['doctor', '--json'])
    expect([ran.code, JSON.parse(ran.out)]).toEqual([1, expect.objectContaining({ state: 'fail' })])
  })
})
