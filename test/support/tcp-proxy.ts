/** A small TCP proxy between the server and what it talks to: adds latency, resets, silence and a bandwidth limit. */
import { createServer, connect, type Server, type Socket } from 'node:net'
import { sleep } from './wait.ts'

export interface Weather {
  /** Added to each chunk, each way. */
  latencyMs: number
  /** Bytes a second each way; 0: no limit. */
  bytesPerSecond: number
  /** Chunks vanish while it is true; connections stay up (a partition). */
  silent: boolean
  /** New connections are reset at once. */
  refuse: boolean
}

export interface TcpProxy {
  readonly port: number
  readonly weather: Weather
  /** Resets every connection that is up now. */
  readonly resetAll: () => void
  readonly connections: () => number
  readonly close: () => Promise<void>
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const weather: Weather = { latencyMs: 0, bytesPerSecond: 0, silent: false, refuse: false }
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    if (weather.refuse) {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(target.port, target.host)
    join(client, upstream, weather)
    join(upstream, client, weather)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    }
  })
  await listen(server)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    port: address.port,
    weather,
    resetAll: () => {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    connections: () => sockets.size / 2,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Passes what comes from one side to the other, in order, through the weather. */
function join(from: Socket, to: Socket, weather: Weather): void {
  let queue = Promise.resolve()
  from.on('data', (chunk: Buffer) => {
    if (weather.silent) return
    from.pause()
    queue = passOn(queue, chunk)
  })
  const passOn = async (before: Promise<void>, chunk: Buffer): Promise<void> => {
    await before
    const waitMs = weather.latencyMs + (weather.bytesPerSecond > 0 ? (chunk.length / weather.bytesPerSecond) * 1_000 : 0)
    if (waitMs > 0) await sleep(waitMs)
    if (!to.destroyed) to.write(chunk)
    from.resume()
  }
  from.on('end', () => void queue.then(() => to.end()))
  from.on('error', () => to.destroy())
  from.on('close', () => to.destroy())
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
}
