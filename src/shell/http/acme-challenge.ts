/** The small plain-HTTP server of an ACME set-up: answers HTTP-01 challenges (RFC 8555, 8.3) and sends all else to https. */
import { createServer } from 'node:http'
import { listen } from './listeners-bind.ts'

export interface ChallengeServer {
  readonly put: (token: string, answer: string) => void
  readonly remove: (token: string) => void
  readonly port: number
  readonly stop: () => void
}

const PREFIX = '/.well-known/acme-challenge/'
const TIMEOUT_MS = 10_000

/**
 * `redirectTo` is the https address that other requests are sent to; the Host header is not believed.
 * @throws when the port cannot be had; the message names TOCSIN_ACME_PORT.
 */
export async function startChallengeServer(place: { host: string; port: number }, redirectTo: string): Promise<ChallengeServer> {
  const answers = new Map<string, string>()
  const home = new URL(redirectTo)
  const server = createServer({ headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS }, (request, response) => {
    const url = request.url ?? '/'
    const answer = url.startsWith(PREFIX) ? answers.get(url.slice(PREFIX.length)) : undefined
    if (answer !== undefined) {
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(answer)
    } else if (url.startsWith('/.well-known/') || !url.startsWith('/')) {
      response.writeHead(404, { connection: 'close' }).end()
    } else {
      // 308 keeps the method, so that a sender with the old address still gets through.
      response.writeHead(308, { location: `${home.origin}${url}`, connection: 'close' }).end()
    }
  })
  const { port } = await listen(server, { ...place, variable: 'TOCSIN_ACME_PORT' })
  return {
    put: (token, answer) => void answers.set(token, answer),
    remove: (token) => void answers.delete(token),
    port,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
