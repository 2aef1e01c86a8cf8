/** What the channel of browsers' push messages needs of the shell: devices that were subscribed, and the key that signs for us. */
import type { KeyObject } from 'node:crypto'

/** A browser that takes push messages for one person, as it subscribed. */
export interface PushDevice {
  readonly id: string
  /** As its person calls it, such as "Pixel 9". */
  readonly name: string
  /** Where its vendor's push service takes messages for it. Who knows it can try to write to it: never logged. */
  readonly endpoint: string
  /** The browser's own public key, 65 bytes of an uncompressed point on P-256. */
  readonly publicKey: Buffer
  /** 16 bytes that the browser made for this subscription. */
  readonly authSecret: Buffer
}

/** By which push services know us; RFC 8292. */
export interface VapidKey {
  readonly privateKey: KeyObject
  /** 65 bytes of an uncompressed point on P-256, base64url: what browsers subscribe with. */
  readonly publicKey: string
}

export interface PushDevices {
  /** Null: it is not subscribed any more, or cannot be read. @throws when the database is away */
  readonly find: (id: string) => Promise<PushDevice | null>
  /** Its push service took a message. Never throws. */
  readonly taken: (id: string) => Promise<void>
  /** Its push service says that it takes messages no more. Never throws. @param reason one sentence without a full stop */
  readonly gone: (id: string, reason: string) => Promise<void>
  /** Null: it cannot be had. */
  readonly key: () => Promise<VapidKey | null>
}
