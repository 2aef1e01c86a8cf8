/** An intake on a real database behind a real HTTP server, with a small playbook: for tests of the way in. */
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Playbook } from '../../src/core/playbook/playbook.ts'
import { type Intake, startIntake } from '../../src/shell/alert/intake.ts'
import type { Database } from '../../src/shell/database/database.ts'
import type { Ports } from '../../src/shell/ports.ts'
import { startPresence } from '../../src/shell/server/presence.ts'
import { createSource, type NewSource } from '../../src/shell/source/source-store.ts'
import { testPlaybook, testRoster } from './playbook.ts'
import { testPorts } from './ports.ts'
import { waitFor } from './wait.ts'

export const KEY = 'e93facc04764012d7bfb002500d5d1a6'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export interface TestIntake {
  readonly ports: Ports
  readonly intake: Intake
  readonly port: number
  readonly post: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>
  /** Waits until everything accepted is applied. */
  readonly settled: () => Promise<void>
  readonly rows: <Row = Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<Row[]>
  readonly close: () => Promise<void>
}

export async function seedSource(database: Database, source: Partial<NewSource> = {}): Promise<void> {
  await database.inTransaction('main', (tx) => createSource(tx, { name: 'test', kind: null, key: KEY, ...source }))
}

export async function startTestIntake(
  database: Database,
  options: { readonly playbook?: Playbook; readonly ports?: Partial<Ports> } = {},
): Promise<TestIntake> {
  const playbook = options.playbook ?? testPlaybook()
  await database.query('insert into playbook_version (digest, source) values ($1, $2) on conflict do nothing', [playbook.digest, ''])
  const ports = testPorts(database, {
    playbooks: { current: () => playbook, load: async () => playbook },
    rosters: { at: async () => testRoster() },
    ...options.ports,
  })
  const presence = await startPresence(ports)
  const intake = startIntake(ports)
  const server = createServer((incoming, response) => {
    if (!intake.handle(incoming, response)) response.writeHead(404).end()
  })
  const port = await listen(server)
  await waitFor('the intake to be ready', () => intake.ready(), { timeoutMs: 15_000 })
  return {
    ports,
    intake,
    port,
    post: (path, body, headers) => post(port, path, body, headers),
    settled: async () => {
      await waitFor('all receipts to be applied', () => intake.backlog() === 0, { timeoutMs: 15_000 })
    },
    rows: async <Row>(text: string, values?: readonly unknown[]) => (await database.query<Row>(text, values)).rows,
    close: async () => {
      await intake.stop()
      await presence.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function post(port: number, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const payload = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload), ...headers },
      },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: Buffer.concat(chunks).toString() }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
