/**
 * The way in for mail: a server of its own on `TOCSIN_SMTP_PORT`, meant to stand behind the company's mail server. It takes
 * mail for keys and for addresses that the playbook names, relays nothing, and says "250" only when the mail is on disk.
 */
import { readFileSync } from 'node:fs'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { Config } from '../../config.ts'
import type { Intake } from '../alert/intake.ts'
import { ListenerError } from '../http/listeners-error.ts'
import type { Ports } from '../ports.ts'
import { MAIL_BYTES_MAX, MAIL_CONNECTIONS_MAX, MAIL_IDLE_MS_MAX, MAIL_SESSION_MS_MAX } from './mail-limits.ts'
import { openSmtpSessions, type SmtpAnswer, type SmtpSessions } from './smtp-session.ts'

export interface MailListener {
  readonly port: number
  /** Lets mails that are being taken end. */
  readonly stop: () => Promise<void>
}

const CLOSE_MS_MAX = 5_000

/** Undefined where no port is set. @throws {ListenerError} when the port cannot be had */
export async function startMail(ports: Ports, intake: Intake): Promise<MailListener | undefined> {
  const { config, log } = ports
  if (config.smtpPort === null) return undefined
  const server = new SMTPServer({ ...settingsOf(config), ...handlersOf(openSmtpSessions(ports, intake)) })
  server.server.on('connection', (socket) => {
    const timer = setTimeout(() => socket.destroy(), MAIL_SESSION_MS_MAX).unref()
    socket.once('close', () => clearTimeout(timer))
  })
  // Errors of single connections (resets, wrong TLS) are the senders'.
  server.on('error', (error) => log.debug({ err: error }, 'a mail connection failed'))
  const port = await listen(server, config.host, config.smtpPort)
  log.info({ host: config.host, port }, 'taking mail')
  return { port, stop: () => new Promise((resolve) => server.close(() => resolve())) }
}

function settingsOf({ tls }: Config): SMTPServerOptions {
  return {
    banner: 'Tocsin takes alerts',
    size: MAIL_BYTES_MAX,
    authOptional: true,
    disabledCommands: tls === null ? ['AUTH', 'STARTTLS'] : ['AUTH'],
    ...(tls === null ? {} : { key: readFileSync(tls.keyFile), cert: readFileSync(tls.certFile) }),
    disableReverseLookup: true,
    // Ours stand in the texts already.
    hideENHANCEDSTATUSCODES: true,
    maxClients: MAIL_CONNECTIONS_MAX,
    socketTimeout: MAIL_IDLE_MS_MAX,
    closeTimeout: CLOSE_MS_MAX,
    logger: false,
  }
}

type Done = (error?: Error | null, message?: string) => void

/** The library wants callbacks; a refusal is an error with three digits to it. */
function answer(done: Done, given: SmtpAnswer): void {
  if (given === null) done()
  else if (given.status === 250) done(null, given.text)
  else done(Object.assign(new Error(given.text), { responseCode: given.status }))
}

function handlersOf(sessions: SmtpSessions): SMTPServerOptions {
  return {
    onConnect: (session, done) => answer(done, sessions.connect(session)),
    onClose: sessions.close,
    onMailFrom: (_address, session, done) => answer(done, sessions.mailFrom(session)),
    onRcptTo: async (address, session, done) => answer(done, await sessions.rcptTo(session, address.address)),
    onData: async (stream, session, done) => answer(done, await sessions.data(session, stream)),
  }
}

/** @throws {ListenerError} */
async function listen(server: SMTPServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void =>
      reject(new ListenerError(`TOCSIN_SMTP_PORT: ${host}:${port} cannot be listened on (${error.code ?? error.message})`))
    server.server.once('error', fail)
    server.listen(port, host, () => {
      server.server.off('error', fail)
      const address = server.server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
