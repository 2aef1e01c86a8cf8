/**
 * Keeps secrets in the database so that a copy of the database alone does not give them away: AES-256-GCM under a key
 * made from the installation's secret, a file beside the database. See docs/decisions/0013-source-trust.md.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config.ts'

export interface Sealer {
  /** @param about what it belongs to: it opens only with the same. @throws when the installation's secret cannot be had */
  readonly seal: (text: string, about: string) => Buffer
  /** @returns null when it was sealed under another secret, is damaged, or the installation's secret cannot be had */
  readonly open: (sealed: Buffer, about: string) => string | null
}

/** First byte of what is sealed: how it was done. */
const FORM = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32
const ALGORITHM = 'aes-256-gcm'
const FILE_NAME = 'secret'
const SECRET_CHARS_MIN = 32

/** The file is read, or made, when it is needed first. */
export function openSealer(config: Pick<Config, 'dataDir' | 'secretFile'>): Sealer {
  let known: Buffer | null = null
  const key = (make: boolean): Buffer => {
    known ??= deriveKey(readSecret(config, make))
    return known
  }
  return {
    seal: (text, about) => {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(ALGORITHM, key(true), nonce)
      cipher.setAAD(Buffer.from(about))
      return Buffer.concat([Buffer.of(FORM), nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    },
    open: (sealed, about) => {
      if (sealed[0] !== FORM || sealed.length < 1 + NONCE_BYTES + TAG_BYTES) return null
      try {
        const decipher = createDecipheriv(ALGORITHM, key(false), sealed.subarray(1, 1 + NONCE_BYTES))
        decipher.setAAD(Buffer.from(about))
        decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
        return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
      } catch {
        // Another secret, or damage: both are told where the source is shown.
        return null
      }
    },
  }
}

function deriveKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'tocsin', 'secrets of sources', KEY_BYTES))
}

/** @throws when it cannot be read or is too short, without saying what is in it */
function readSecret({ dataDir, secretFile }: Pick<Config, 'dataDir' | 'secretFile'>, make: boolean): string {
  const path = secretFile ?? join(dataDir, FILE_NAME)
  // A file that was named is somebody's own: it is never made here, and several servers must share it.
  if (make && secretFile === null) makeSecret(dataDir, path)
  const secret = readFileSync(path, 'utf8').trim()
  if (secret.length < SECRET_CHARS_MIN) throw new Error(`the secret in ${path} is shorter than ${SECRET_CHARS_MIN} characters`)
  return secret
}

function makeSecret(dataDir: string, path: string): void {
  mkdirSync(dataDir, { recursive: true })
  try {
    writeFileSync(path, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
