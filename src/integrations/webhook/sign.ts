/**
 * Standard Webhooks signatures: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`. A secret that begins
 * with `whsec_` is base64 after it, any other is taken as its UTF-8 bytes.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-11-02).
 */
import { createHmac } from 'node:crypto'

export interface Signed {
  readonly id: string
  /** Whole seconds since 1970. */
  readonly timestampSeconds: number
  readonly body: string
}

export function signatureOf(signed: Signed, secret: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret, 'utf8')
  const mac = createHmac('sha256', key).update(`${signed.id}.${signed.timestampSeconds}.${signed.body}`).digest('base64')
  return `v1,${mac}`
}
