/** Sources as people and senders meet them: the API and the doors of one process, on one database. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import type { Playbook } from '../../src/core/playbook/playbook.ts'
import { type Intake, startIntake } from '../../src/shell/alert/intake.ts'
import type { Ports } from '../../src/shell/ports.ts'
import { startPresence } from '../../src/shell/server/presence.ts'
import { talliesOf } from '../../src/shell/source/tallies.ts'
import { type ApiScene, type Answer as Reply, openApiScene } from './api.ts'
import { type Answer, post } from './intake.ts'
import { own } from './playbook.ts'
import { sleep, waitFor } from './wait.ts'

export interface SourceScene {
  readonly api: ApiScene
  readonly ports: Ports
  readonly intake: Intake
  readonly dataDir: string
  readonly post: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>
  /** Everything accepted is applied, and counted. */
  readonly settled: () => Promise<void>
  /** By the owner; answers the source and its key. */
  readonly addSource: (body: object) => Promise<{ readonly id: string; readonly key: string }>
  readonly detail: (id: string) => Promise<Reply['body']>
  /** Until the doors know of a change. */
  readonly heard: () => Promise<void>
  readonly rows: <Row = Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<Row[]>
  readonly close: () => Promise<void>
}

/** Longer than the doors keep sources in memory. */
const HEARD_MS = 700

export async function openSourceScene(
  options: { readonly playbook?: Playbook; readonly environment?: Readonly<Record<string, string>>; readonly ports?: Partial<Ports> } = {},
): Promise<SourceScene> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-source-'))
  const config = readConfig({ NODE_ENV: 'test', TOCSIN_DATA: dataDir, ...options.environment })
  const api = await openApiScene({
    ...(options.playbook === undefined ? {} : { playbook: options.playbook }),
    ports: { config, ...options.ports },
  })
  const { ports } = api
  const presence = await startPresence(ports)
  const intake = startIntake(ports)
  const server = createServer((incoming, response) => {
    if (!intake.handle(incoming, response)) response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await waitFor('the intake to be ready', () => intake.ready(), { timeoutMs: 15_000 })
  return {
    api,
    ports,
    intake,
    dataDir,
    post: (path, body, headers) => post(port, path, body, headers),
    settled: async () => {
      await waitFor('all receipts to be applied', () => intake.backlog() === 0, { timeoutMs: 15_000 })
      await talliesOf(ports)?.flush()
    },
    addSource: async (body) => {
      const made = await api.ask(own, 'POST', '/sources', body)
      if (made.status !== 201) throw new Error(`no source: ${made.status} ${JSON.stringify(made.body)}`)
      return { id: made.body.id, key: made.body.key }
    },
    detail: async (id) => (await api.ask(own, 'GET', `/sources/${id}`)).body,
    heard: () => sleep(HEARD_MS),
    rows: async <Row>(text: string, values?: readonly unknown[]) => (await api.database.database.query<Row>(text, values)).rows,
    close: async () => {
      await intake.stop()
      await presence.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await api.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
