/** A vendor on loopback for channels: answers as it is told, or not at all, and keeps what it was asked. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CarrierConnection, PageMessage } from '../../src/integration.ts'

export interface Asked {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
export type Told =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  /** Takes all and says nothing. */
  | 'silence'
  /** Takes all and resets. */
  | 'reset'

export interface FakeVendor {
  readonly url: string
  readonly asked: Asked[]
  readonly close: () => void
}

export async function fakeVendor(answer: (asked: Asked, vendor: FakeVendor) => Told | Promise<Told>): Promise<FakeVendor> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    const finish = async (): Promise<void> => {
      const { method = '', url: path = '', headers } = request
      const one = { method, path, headers, body: Buffer.concat(chunks).toString() }
      asked.push(one)
      const told = await answer(one, vendor)
      if (told === 'silence') return
      if (told === 'reset') {
        request.socket.resetAndDestroy()
        return
      }
      const body = typeof told.body === 'string' ? told.body : JSON.stringify(told.body ?? {})
      response.writeHead(told.status, { 'content-type': 'application/json', ...told.headers }).end(body)
    }
    request.on('end', () => void finish())
  })
  const vendor: FakeVendor = {
    url: '',
    asked,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(vendor, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

export const CARRIED_AT = Date.UTC(2026, 10, 24, 12)

export function carriedMessage(over: Partial<PageMessage> = {}, incident: Partial<PageMessage['incident']> = {}): PageMessage {
  const token = 'tokentokentokentokentokentokentokentokentok'
  return {
    reference: 'tocsin-0123456789abcdef0123456789abcdef',
    repeat: false,
    incident: {
      id: 'i-1',
      number: 12,
      title: 'API 5xx spike',
      severity: 'SEV-1',
      summary: '61 % of requests fail',
      firstStep: 'Roll back',
      openedAt: CARRIED_AT,
      ...incident,
    },
    roles: ['DevSecOps'],
    person: { name: 'Ada', zone: 'Europe/Berlin' },
    acknowledgeUrl: `https://tocsin.test/a/${token}`,
    token,
    incidentUrl: 'https://tocsin.test/incidents/12',
    purpose: 'page',
    escalatesAt: null,
    notice: '',
    ...over,
  }
}

export function carrier(over: Partial<CarrierConnection> & Pick<CarrierConnection, 'kind' | 'url'>): CarrierConnection {
  return { name: 'main', secret: null, callbackSecret: null, settings: {}, ...over }
}
