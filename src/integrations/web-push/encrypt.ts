/**
 * A push message so that only the browser can read it, not the push service on the way: RFC 8291 over the content
 * encoding `aes128gcm` of RFC 8188, in one record (both read 2026-11-24).
 */
import { createCipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'

const CURVE = 'prime256v1'
const SALT_BYTES = 16
const KEY_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** What push services must take at least: RFC 8030, 7.2. */
const BODY_BYTES_MAX = 4_096
const POINT_BYTES = 65
const HEADER_BYTES = SALT_BYTES + 4 + 1 + POINT_BYTES
/** One byte ends the record's text. RFC 8291, 4. */
export const PLAIN_BYTES_MAX = BODY_BYTES_MAX - HEADER_BYTES - TAG_BYTES - 1
const LAST_RECORD = 2

export interface Recipient {
  /** 65 bytes, uncompressed. */
  readonly publicKey: Buffer
  readonly authSecret: Buffer
}

/** What must never be used twice; given only by the test of the RFC's own example. */
export interface Fresh {
  readonly salt: Buffer
  readonly privateKey: Buffer | null
}

/** @throws when the recipient's key is no point of the curve, or the text is longer than `PLAIN_BYTES_MAX` */
export function encrypt(plain: Buffer, recipient: Recipient, fresh: Fresh = { salt: randomBytes(SALT_BYTES), privateKey: null }): Buffer {
  if (plain.length > PLAIN_BYTES_MAX) throw new Error(`a push message has at most ${PLAIN_BYTES_MAX} bytes`)
  const own = createECDH(CURVE)
  if (fresh.privateKey === null) own.generateKeys()
  else own.setPrivateKey(fresh.privateKey)
  const ownPublic = own.getPublicKey()
  const shared = own.computeSecret(recipient.publicKey)
  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), recipient.publicKey, ownPublic])
  const material = derive(shared, recipient.authSecret, keyInfo, 32)
  const key = derive(material, fresh.salt, Buffer.from('Content-Encoding: aes128gcm\0'), KEY_BYTES)
  const nonce = derive(material, fresh.salt, Buffer.from('Content-Encoding: nonce\0'), NONCE_BYTES)
  const cipher = createCipheriv('aes-128-gcm', key, nonce)
  const sealed = Buffer.concat([cipher.update(plain), cipher.update(Buffer.of(LAST_RECORD)), cipher.final(), cipher.getAuthTag()])
  const recordBytes = Buffer.alloc(4)
  recordBytes.writeUInt32BE(BODY_BYTES_MAX)
  return Buffer.concat([fresh.salt, recordBytes, Buffer.of(ownPublic.length), ownPublic, sealed])
}

function derive(material: Buffer, salt: Buffer, info: Buffer, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', material, salt, info, bytes))
}
