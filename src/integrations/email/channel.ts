/** Pages by e-mail, through the SMTP server of TOCSIN_MAIL_URL. */
import type { Channel, ChannelCheck } from '../../integration.ts'
import { composeMail, isAddress } from './compose.ts'
import { toDelivery } from './outcome.ts'
import { runSmtp } from './smtp.ts'

export interface EmailOptions {
  /** `smtp://user:password@host:587` or `smtps://`. Holds a password: never log it. */
  readonly url: string
  readonly from: string
  readonly timeoutMs?: number
  readonly connectTimeoutMs?: number
}
const TIMEOUT_MS = 15_000
const CONNECT_TIMEOUT_MS = 5_000

export function emailChannel(options: EmailOptions): Channel {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const timeouts = { connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS, idleTimeoutMs: timeoutMs }
  return {
    kind: 'email',
    title: 'E-mail',
    evidence: 'Sent means that the mail server took the mail. Whether it reached the mailbox, or was read, is not known.',
    timeoutMs,
    send: async (message, address, signal) => {
      if (!isAddress(address.to)) return { kind: 'rejected', reason: 'the address is not an e-mail address' }
      const mail = await composeMail(message, options.from, address.to)
      return toDelivery(await runSmtp(options.url, mail, { ...timeouts, signal }))
    },
    check: async (_address, signal) => check(await runSmtp(options.url, null, { ...timeouts, signal })),
  }
}

function check(result: Awaited<ReturnType<typeof runSmtp>>): ChannelCheck {
  if (result.kind === 'accepted') return { ok: true, detail: 'The mail server answers and takes the login.' }
  return { ok: false, detail: `The mail server cannot be used: ${result.reason}.` }
}
