/** `tocsin silence` and `tocsin maintenance`: what they ask of the server for what people type. */
import { describe, expect, test } from 'vitest'
import type { Api } from '../client.ts'
import { type CliContext, EXIT_FINDINGS, EXIT_GOOD, EXIT_USAGE, type ExitCode } from '../context.ts'
import { buildProgram, run } from '../program.ts'

interface Ran {
  readonly code: ExitCode
  readonly out: string
  readonly err: string
  readonly asked: readonly (readonly [method: string, path: string, body?: unknown])[]
}

const SILENCE = {
  id: 's1',
  state: 'active',
  matchers: [],
  text: 'alertname="Spike"\u001b[31m',
  starts_at: '2026-11-24T10:00:00Z',
  ends_at: '2026-11-24T12:00:00Z',
  reason: 'r',
  author: { kind: 'person', id: 'p', name: 'Ann' },
  created_by: 'Ann',
  created_at: '2026-11-24T10:00:00Z',
  updated_at: '2026-11-24T10:00:00Z',
  expired_at: null,
  expired_by: null,
  holding: 2,
  warnings: ['It holds alerts of SEV-1 for 1 d at most.'],
}
const WINDOW = {
  id: 'w1',
  state: 'pending',
  title: 'T',
  reason: '',
  zone: 'UTC',
  schedule: { kind: 'once', from: '2026-12-01T22:00', to: '2026-12-02T02:00' },
  schedule_text: 'when',
  matchers: [],
  services: [],
  types: [],
  sources: [],
  text: 'service checkout',
  current: null,
  next: [{ starts_at: '2026-12-01T22:00:00Z', ends_at: '2026-12-02T02:00:00Z' }],
  author: SILENCE.author,
  created_at: '2026-11-24T10:00:00Z',
  updated_at: '2026-11-24T10:00:00Z',
  ended_at: null,
  holding: 0,
  warnings: [],
}
const PREVIEW = {
  current: [],
  current_total: 3,
  last_week: [],
  last_week_total: 4,
  severities: [],
  open_incidents: [],
  reason_required: true,
  warnings: ['It holds no alert of SEV-1 without a reason.'],
  cut: false,
}

async function tocsin(...args: string[]): Promise<Ran> {
  const asked: [string, string, unknown?][] = []
  const lines = { out: [] as string[], err: [] as string[] }
  let code: ExitCode = EXIT_GOOD
  const answerFor = (path: string): unknown => {
    if (path.endsWith('preview')) return PREVIEW
    if (path.includes('?'))
      return { items: path.includes('maintenance') ? [WINDOW] : [SILENCE, { ...SILENCE, id: 's2', state: 'expired' }] }
    return path.includes('maintenance') ? WINDOW : SILENCE
  }
  const api: Api = {
    url: 'http://x',
    get: async (path, answer) => {
      asked.push(['GET', path])
      return answer.parse(answerFor(path))
    },
    post: async (path, body, answer) => {
      asked.push(['POST', path, body])
      return answer.parse(answerFor(path))
    },
    patch: async (path, body, answer) => {
      asked.push(['PATCH', path, body])
      return answer.parse(answerFor(path))
    },
    remove: async (path) => void asked.push(['DELETE', path]),
  }
  const context: CliContext = {
    env: {},
    print: (text) => void lines.out.push(text),
    write: () => undefined,
    warn: (text) => void lines.err.push(text),
    colour: false,
    zone: 'Europe/Berlin',
    api: () => api,
    finish: (given) => {
      code = given
    },
    outcome: () => code,
  }
  const ended = await run(buildProgram(context, '0'), args, context)
  return { code: ended, out: lines.out.join('\n'), err: lines.err.join('\n'), asked }
}

describe('silence', () => {
  test('add takes matchers and a bare word, and prints the id alone', async () => {
    const ran = await tocsin('silence', 'add', 'Spike', 'env=~"st.*"', 'team!~a|b', '--for', '1 h 30 min', '--reason', 'move')
    expect(ran.asked).toEqual([
      ['POST', '/api/v1/silences', { match: ['alertname="Spike"', 'env=~"st.*"', 'team!~a|b'], duration_seconds: 5_400, reason: 'move' }],
    ])
    expect(ran).toMatchObject({ code: EXIT_GOOD, out: 's1' })
    expect(ran.err).toContain('for 1 d at most')
    expect(ran.err).not.toContain('\u001b')
  })

  test.each([
    [['silence', 'add', 'Spike']],
    [['silence', 'add', 'Spike', '--for', '2 h', '--until', '2026-12-24T18:00']],
    [['silence', 'add', 'Spike', '--for', 'soon']],
    [['silence', 'add', 'Spike', '--until', 'tomorrow']],
    [['silence', 'add']],
    [['maintenance', 'add', 'T', '--service', 'a']],
    [['maintenance', 'add', 'T', '--service', 'a', '--weekly', 'mon']],
    [['maintenance', 'add', 'T', '--service', 'a', '--weekly', 'someday', '--at', '22:00', '--for', '2 h']],
    [['maintenance', 'add', 'T', '--service', 'a', '--once', '2026-12-01T22:00']],
    [['maintenance', 'add', 'T', '--service', 'a', '--monthly', 'fifth-mon', '--at', '22:00', '--for', '2 h']],
  ])('%j is a mistake of usage, and asks nothing', async (args) => {
    expect(await tocsin(...args)).toMatchObject({ code: EXIT_USAGE, asked: [] })
  })

  test('list leaves out what is over, unless it is asked for', async () => {
    expect((await tocsin('silence', 'list')).out).not.toContain('s2')
    expect((await tocsin('silence', 'list', '--all')).out).toContain('s2')
    expect(JSON.parse((await tocsin('silence', 'list', '--json')).out)).toHaveLength(1)
  })

  test('expire ends each, extend gives another end', async () => {
    expect((await tocsin('silence', 'expire', 'a', 'b')).asked).toEqual([
      ['DELETE', '/api/v1/silences/a'],
      ['DELETE', '/api/v1/silences/b'],
    ])
    const { asked } = await tocsin('silence', 'extend', 'a', '--until', '2026-12-24T17:00:00Z')
    expect(asked).toEqual([['PATCH', '/api/v1/silences/a', { ends_at: '2026-12-24T17:00:00.000Z' }]])
  })

  test('a preview that lacks a reason is a finding', async () => {
    const ran = await tocsin('silence', 'preview', 'Spike')
    expect(ran.code).toBe(EXIT_FINDINGS)
    expect(ran.out).toContain('Firing now: 3. In the last week besides: 4.')
    expect((await tocsin('silence', 'preview', 'Spike', '-r', 'why')).code).toBe(EXIT_GOOD)
  })
})

describe('maintenance', () => {
  const bodyOf = async (...args: string[]) => (await tocsin('maintenance', 'add', 'T', ...args)).asked[0]?.[2]

  test.each([
    [['--once', '2026-12-01T22:00/2026-12-02T02:00'], { kind: 'once', from: '2026-12-01T22:00', to: '2026-12-02T02:00' }],
    [
      ['--weekly', 'Mon,thu', '--at', '22:00', '--for', '2 h', '--last-day', '2027-01-01'],
      { kind: 'weekly', days: ['mon', 'thu'], at: '22:00', minutes: 120, until: '2027-01-01' },
    ],
    [['--monthly', 'last', '--at', '03:00', '--for', '30 min'], { kind: 'monthly', on: { day: -1 }, at: '03:00', minutes: 30 }],
    [
      ['--monthly', 'first-sun', '--at', '03:00', '--for', '30 min'],
      { kind: 'monthly', on: { nth: 1, weekday: 'sun' }, at: '03:00', minutes: 30 },
    ],
  ])('%j', async (args, schedule) => {
    expect(await bodyOf('--service', 'checkout', ...args)).toMatchObject({ zone: 'Europe/Berlin', schedule, services: ['checkout'] })
  })

  test('what it is about', async () => {
    const once = ['--once', '2026-12-01T22:00/2026-12-02T02:00']
    expect(
      await bodyOf(...once, '--type', 'a', 'b', '--source', 'eu', '--match', 'Spike', 'env="x"', '-r', 'why', '--zone', 'UTC'),
    ).toEqual({
      title: 'T',
      zone: 'UTC',
      schedule: { kind: 'once', from: '2026-12-01T22:00', to: '2026-12-02T02:00' },
      services: [],
      types: ['a', 'b'],
      sources: ['eu'],
      match: ['alertname="Spike"', 'env="x"'],
      reason: 'why',
    })
  })
})
