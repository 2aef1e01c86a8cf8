/**
 * The sockets: the main listener, the second one for outsiders, and TLS on them. What is served is decided elsewhere;
 * here are addresses, certificates, bounds of a connection, and errors that name the variable to change.
 */
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer, Server as TlsServer } from 'node:https'
import type { Logger } from 'pino'
import type { AcmeSettings } from './acme.ts'
import { closeServer, hostInUrl, listen } from './listeners-bind.ts'
import { type DoorHandler, publicOnly, type RequestHandler } from './listeners-public.ts'
import type { Certificate, CertificateFiles } from './tls.ts'
import { type CertificateSource, certificateFromFiles, type TlsStatus } from './tls-source.ts'

export interface ListenerSettings {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Null: one listener serves all. */
  readonly public: { readonly host: string; readonly port: number } | null
  /** Null: plain HTTP, for a proxy in front or for this machine alone. */
  readonly tls: { readonly files: CertificateFiles } | { readonly acme: AcmeSettings } | null
}

export interface ListenerParts {
  /** Everything: console, API, doors. */
  readonly handler: RequestHandler
  /** The ingest doors alone, asked first by the public listener. */
  readonly doors: DoorHandler
  readonly log: Logger
}

export interface Listeners {
  /** Where they listen, such as `http://127.0.0.1:4600`. */
  readonly main: string
  readonly public: string | null
  /** Null without built-in TLS. */
  readonly tls: () => TlsStatus | null
  /** Reads certificate files again (SIGHUP). */
  readonly reload: () => Promise<void>
  /** Takes no new connection, lets requests under way end, and cuts what is left after `graceMs`. */
  readonly close: (graceMs?: number) => Promise<void>
}

/** Slow senders may not hold a connection: the whole head in 10 s, the whole request in 60 s. */
const BOUNDS = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 75_000, maxHeaderSize: 16_384 }
const CLOSE_GRACE_MS = 5_000
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

/**
 * Binds all listeners. With a public listener the certificate is served there, and on the main one only where that is
 * not bound to loopback; without one it is served on the main listener.
 * @throws {ListenerError} when an address is taken or a certificate file is unusable; the message names the variable.
 */
export async function startListeners(settings: ListenerSettings, parts: ListenerParts): Promise<Listeners> {
  const open: Server[] = []
  const renew = (certificate: Certificate) => {
    for (const server of open) if (server instanceof TlsServer) server.setSecureContext(contextOf(certificate))
  }
  const source = await certificateSource(settings, parts.log, renew)
  const bind = async (place: { host: string; port: number; variable: string; secure: boolean; handler: RequestHandler }) => {
    const server = place.secure ? makeTlsServer(source?.current() ?? null, place.handler) : createServer(BOUNDS, place.handler)
    open.push(server)
    const { port } = await listen(server, place)
    return `${place.secure ? 'https' : 'http'}://${hostInUrl(place.host)}:${port}`
  }
  const close = async (graceMs = CLOSE_GRACE_MS) => {
    source?.stop()
    await Promise.all(open.map((server) => closeServer(server, graceMs)))
  }
  try {
    const outside = settings.public
    const mainSecure = source !== null && (outside === null || !LOOPBACK.has(settings.host))
    const main = await bind({ ...settings, variable: 'TOCSIN_PORT', secure: mainSecure, handler: parts.handler })
    const handler = publicOnly(parts.handler, parts.doors)
    const place = outside && { ...outside, variable: 'TOCSIN_PUBLIC_PORT', secure: source !== null, handler }
    return {
      main,
      public: place && (await bind(place)),
      tls: () => source?.status() ?? null,
      reload: async () => source?.reload(),
      close,
    }
  } catch (error) {
    await close(0)
    throw error
  }
}

async function certificateSource(
  settings: ListenerSettings,
  log: Logger,
  onChange: (certificate: Certificate) => void,
): Promise<CertificateSource | null> {
  if (settings.tls === null) return null
  if ('files' in settings.tls) return certificateFromFiles(settings.tls.files, log, onChange)
  // Loaded here: the ACME client brings 40 MB that nobody else needs.
  const { certificateFromAcme } = await import('./acme.ts')
  return certificateFromAcme(settings.tls.acme, log, onChange)
}

function makeTlsServer(certificate: Certificate | null, handler: RequestHandler): Server {
  return createTlsServer({ ...BOUNDS, ...(certificate && contextOf(certificate)), minVersion: 'TLSv1.2' }, handler)
}

function contextOf(certificate: Certificate): { cert: string; key: string; minVersion: 'TLSv1.2' } {
  return { cert: certificate.cert, key: certificate.key, minVersion: 'TLSv1.2' }
}
