/** HTTP by hand: bytes as no well-behaved client would send them. */
import { connect, type Socket } from 'node:net'
import { inTime, sleep } from './wait.ts'

export interface RawAnswer {
  /** 0: the connection ended without an answer. */
  readonly status: number
  readonly text: string
  readonly tookMs: number
}

/**
 * Writes the parts one after another and reads until the server closes or an answer with its body has come.
 * Never throws; a reset counts as an end.
 */
export async function sendRaw(
  port: number,
  parts: readonly (string | Buffer)[],
  options: { gapMs?: number; timeoutMs?: number } = {},
): Promise<RawAnswer> {
  const startedAt = Date.now()
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  const ended = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      if (isComplete(Buffer.concat(chunks).toString('latin1'))) resolve()
    })
    socket.on('error', () => resolve())
    socket.on('close', () => resolve())
  })
  void writeParts(socket, parts, options.gapMs ?? 0)
  await inTime(ended, options.timeoutMs ?? 20_000)
  socket.destroy()
  const text = Buffer.concat(chunks).toString('utf8')
  return { status: Number(/^HTTP\/1\.1 (\d{3})/u.exec(text)?.[1] ?? 0), text, tookMs: Date.now() - startedAt }
}

async function writeParts(socket: Socket, parts: readonly (string | Buffer)[], gapMs: number): Promise<void> {
  for (const part of parts) {
    if (socket.destroyed) return
    if (!socket.write(part)) await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve))
    if (gapMs > 0) await sleep(gapMs)
  }
}

function isComplete(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /\r\ncontent-length: (\d+)/iu.exec(text.slice(0, end))?.[1]
  if (length !== undefined) return text.length - end - 4 >= Number(length)
  return text.endsWith('0\r\n\r\n')
}

/** A POST with the headers as given, in their order. */
export function rawPost(path: string, body: string | Buffer, headers: readonly string[] = ['content-type: application/json']): Buffer {
  const head = [`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', ...headers, `content-length: ${Buffer.byteLength(body)}`, '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.isBuffer(body) ? body : Buffer.from(body)])
}
