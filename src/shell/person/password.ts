/**
 * Passwords: Argon2id of Node's own crypto, in the usual PHC text so that the parameters can rise later.
 * Parameters by OWASP's Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane; read 2026-11).
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'

const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
const TAG_BYTES = 32
const SALT_BYTES = 16
/** Hashes at once; more wait. Each takes 19 MiB, and libuv has four threads that files need as well. */
const RUNNING_MAX = 2

let running = 0
const waiting: (() => void)[] = []

/** `$argon2id$v=19$m=…,t=…,p=…$salt$tag`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const tag = await derive(password, salt, { memory: MEMORY_KIB, passes: PASSES, lanes: LANES, tagBytes: TAG_BYTES })
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${encode(salt)}$${encode(tag)}`
}

/** Takes as long for no account (`hash` null) as for a wrong password. A hash that cannot be read matches nothing. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const stored = parse(hash ?? NOBODY)
  if (stored === null) return false
  const tag = await derive(password, stored.salt, { ...stored, tagBytes: stored.tag.length })
  return timingSafeEqual(tag, stored.tag) && hash !== null
}

/** A well-formed hash that no password is known for. */
const NOBODY = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${encode(Buffer.alloc(SALT_BYTES))}$${encode(Buffer.alloc(TAG_BYTES))}`

interface Cost {
  readonly memory: number
  readonly passes: number
  readonly lanes: number
  readonly tagBytes: number
}

async function derive(password: string, nonce: Buffer, cost: Cost): Promise<Buffer> {
  await enter()
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      const parameters = {
        message: password.normalize('NFKC'),
        nonce,
        parallelism: cost.lanes,
        tagLength: cost.tagBytes,
        memory: cost.memory,
        passes: cost.passes,
      }
      argon2('argon2id', parameters, (error, tag) => (error === null ? resolve(tag) : reject(error)))
    })
  } finally {
    leave()
  }
}

function parse(hash: string): (Omit<Cost, 'tagBytes'> & { salt: Buffer; tag: Buffer }) | null {
  const match = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([\w+/]+)\$([\w+/]+)$/.exec(hash)
  if (match === null) return null
  const [, memory, passes, lanes, salt = '', tag = ''] = match
  return {
    memory: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}

async function enter(): Promise<void> {
  if (running < RUNNING_MAX) {
    running += 1
    return
  }
  await new Promise<void>((resolve) => waiting.push(resolve))
}

function leave(): void {
  const next = waiting.shift()
  if (next === undefined) running -= 1
  else next()
}
