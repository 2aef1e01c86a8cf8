/** The server over a real database, asked without a socket: what tests of the routes need. */
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { AccessRole } from '../../src/core/access/can.ts'
import type { PersonId } from '../../src/core/id.ts'
import { noOnCall } from '../../src/core/oncall/oncall.ts'
import type { Playbook } from '../../src/core/playbook/playbook.ts'
import { buildServer, type ServerParts } from '../../src/shell/http/server.ts'
import { answer as answerCheck, type Answer as Checks, type Asked } from '../../src/shell/playbook/check-text.ts'
import type { Checker } from '../../src/shell/playbook/checker.ts'
import { createApiKey } from '../../src/shell/person/api-key-store.ts'
import { createSession } from '../../src/shell/person/session-store.ts'
import type { Ports } from '../../src/shell/ports.ts'
import { openTestDatabase, type TestDatabase, type TestDatabaseOptions } from './database.ts'
import { fakeChannels } from './outbox-scene.ts'
import { ann, bob, cyd, own, testPlaybook, testRoster } from './playbook.ts'
import { testPorts } from './ports.ts'

/** Ann and Bob respond, Cyd only reads, Own is the owner, Aud audits. */
export const aud = '00000000-0000-7000-8000-0000000000e5' as PersonId
const PEOPLE: readonly (readonly [PersonId, string, AccessRole])[] = [
  [ann, 'Ann', 'responder'],
  [bob, 'Bob', 'responder'],
  [cyd, 'Cyd', 'stakeholder'],
  [own, 'Owner', 'owner'],
  [aud, 'Aud', 'auditor'],
]

export interface ApiScene {
  readonly app: FastifyInstance
  readonly ports: Ports
  readonly database: TestDatabase
  /** Keys by person. */
  readonly keys: Readonly<Record<PersonId, string>>
  /** With that person's key; `null`: with none. `path` below `/api/v1`. */
  readonly ask: (
    who: PersonId | null,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answer>
  readonly inject: (options: InjectOptions) => Promise<LightMyRequestResponse>
  readonly signIn: (who: PersonId) => Promise<string>
  readonly close: () => Promise<void>
}

export interface Answer {
  readonly status: number
  readonly headers: LightMyRequestResponse['headers']
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of all shapes
  readonly body: any
}

export async function openApiScene(
  options: {
    playbook?: Playbook
    parts?: Partial<ServerParts>
    ports?: Partial<Ports>
    database?: TestDatabaseOptions
    /** A database that the test has opened already. */
    opened?: TestDatabase
  } = {},
): Promise<ApiScene> {
  const database = options.opened ?? (await openTestDatabase(options.database))
  const playbook = options.playbook ?? testPlaybook()
  await database.database.query(`insert into playbook_version (digest, source) values ($1, '') on conflict do nothing`, [playbook.digest])
  const ports = testPorts(database.database, {
    playbooks: {
      current: () => playbook,
      load: (_tx, digest) => Promise.resolve(digest === playbook.digest ? playbook : { ...playbook, digest }),
    },
    rosters: { at: (_tx, at) => Promise.resolve(testRoster({ at })) },
    ...options.ports,
  })
  const keys = await seedPeople(database)
  const app = buildServer(ports, { ...testParts(), ...options.parts })
  await app.ready()
  return {
    app,
    ports,
    database,
    keys,
    ask: async (who, method, path, body, headers = {}) => {
      const answer = await app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { ...(who === null ? {} : { authorization: `Bearer ${keys[who]}` }), ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      })
      return { status: answer.statusCode, headers: answer.headers, body: answer.body === '' ? undefined : JSON.parse(answer.body) }
    },
    inject: (asked) => app.inject(asked),
    signIn: (who) => database.database.inTransaction('main', (tx) => createSession(tx, who)),
    close: async () => {
      await app.close()
      await database.close()
    },
  }
}

/** Checks in this thread: what the thread adds has its own test. */
const testChecker: Checker = {
  check: async (asked) => answerOf({ ...asked, kind: 'check' }, 'checked'),
  compare: async (asked) => answerOf({ ...asked, kind: 'compare' }, 'compared'),
  stop: async () => undefined,
}

function answerOf<Kind extends Checks['kind']>(asked: Asked, kind: Kind): Extract<Checks, { kind: Kind }> {
  const answered = answerCheck(asked)
  if (answered.kind !== kind) throw new Error(`${answered.kind} is no ${kind}`)
  return answered as Extract<Checks, { kind: Kind }>
}

export function testParts(): ServerParts {
  return {
    doors: () => false,
    checks: {},
    consoleDir: null,
    oncall: {
      onCallItems: async () => [
        {
          role: 'Ops',
          team: null,
          kind: 'duty',
          person: { id: ann, name: 'Ann' },
          people: [{ id: ann, name: 'Ann' }],
          schedule: 'ops',
          from: 0,
          until: null,
          next: { id: bob, name: 'Bob' },
        },
      ],
      onCall: () => ({
        ...noOnCall,
        schedules: [
          {
            id: 'ops',
            name: 'Ops',
            role: 'Ops',
            team: null,
            zone: 'Europe/Berlin',
            layers: [{ members: ['ann@example.com', 'owner'], rotation: null }],
          },
        ],
      }),
    },
    doctor: { channels: fakeChannels(), breakers: () => [], playbookFault: () => null, tls: () => null },
    playbook: {
      status: () => ({ refused: [], findings: [] }),
      readText: async () => ({ texts: { playbook: '', onCall: null, connections: null }, digest: '', findings: [], whyNotWritable: null }),
      textInForce: () => null,
      save: async () => ({ kind: 'stale', digest: '', changes: [] }),
      checker: testChecker,
      rosterReader: async () => (at) => testRoster({ at }),
    },
  }
}

async function seedPeople(database: TestDatabase): Promise<Record<PersonId, string>> {
  const keys: Record<PersonId, string> = {}
  for (const [id, name, role] of PEOPLE) {
    await database.database.query(`insert into person (id, email, name, zone, role) values ($1, $2, $3, 'Europe/Berlin', $4)`, [
      id,
      `${name.toLowerCase()}@example.com`,
      name,
      role,
    ])
    await database.database.inTransaction('main', async (tx) => {
      keys[id] = (await createApiKey(tx, { name: 'test', personId: id, days: null })).key
    })
  }
  return keys
}
