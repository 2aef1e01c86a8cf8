/** Can every way out be used? Each is asked to go as far as it can without sending anything. */
import type { DoctorCheck } from '../../../api/doctor.ts'
import type { ChannelBook } from '../../../integration.ts'
import { type Examination, fail, ok, warn } from '../check.ts'

const TIMEOUT_MS = 20_000
type Listed = ReturnType<ChannelBook['list']>[number]

export async function checkChannels({ ports, parts }: Examination): Promise<readonly DoctorCheck[]> {
  const listed = parts.channels.list().filter((entry) => entry.channel.kind !== 'console')
  const checks = await Promise.all(listed.map(checkOne))
  return [checkMail(ports.config.mailUrl !== null, listed), ...checks]
}

const MAIL = 'Mail'

function checkMail(configured: boolean, listed: readonly Listed[]): DoctorCheck {
  if (configured) return ok('mail', MAIL, 'a mail server is configured')
  const remedy = 'set TOCSIN_MAIL_URL (smtp://user:password@host:587) and TOCSIN_MAIL_FROM'
  const found = 'TOCSIN_MAIL_URL is not set'
  if (listed.length > 0) {
    return warn('mail', MAIL, {
      found,
      meaning: 'only webhooks leave this machine; whoever has none is paged in the console alone',
      remedy,
    })
  }
  return fail('mail', MAIL, {
    found: `${found}, and no webhook is configured`,
    meaning: 'NOTHING LEAVES THIS MACHINE: a page shows only where somebody has the console open',
    remedy,
  })
}

async function checkOne(entry: Listed): Promise<DoctorCheck> {
  const id = `channel:${entry.id}`
  const title = `Channel ${entry.id}`
  const result = await entry.channel.check(entry.address, AbortSignal.timeout(TIMEOUT_MS))
  if (result.ok) return ok(id, title, result.detail)
  return fail(id, title, {
    found: result.detail,
    meaning: 'pages on this channel wait and are tried again; nobody is reached by it',
    remedy:
      entry.id === 'email'
        ? 'check host, port, user and password in TOCSIN_MAIL_URL, and that this machine may connect there'
        : 'check the address of this connection in connections.yaml, its name service, and that this machine may connect there',
  })
}
