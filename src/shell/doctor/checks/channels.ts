/** Can every way out be used? Each is asked to go as far as it can without sending anything. */
import type { DoctorCheck } from '../../../api/doctor.ts'
import { type ChannelReport, checkChannels as askChannels } from '../../outbox/check-channels.ts'
import { type Examination, fail, ok, warn } from '../check.ts'

export async function checkChannels({ ports, parts }: Examination): Promise<readonly DoctorCheck[]> {
  const reports = (await askChannels(parts.channels)).filter((report) => report.channel !== 'console')
  return [checkMail(ports.config.mailUrl !== null, reports.length > 0), ...reports.map(toCheck)]
}

const MAIL = 'Mail'

function checkMail(configured: boolean, others: boolean): DoctorCheck {
  if (configured) return ok('mail', MAIL, 'a mail server is configured')
  const remedy = 'set TOCSIN_MAIL_URL (smtp://user:password@host:587) and TOCSIN_MAIL_FROM'
  const found = 'TOCSIN_MAIL_URL is not set'
  if (others) {
    return warn('mail', MAIL, {
      found,
      meaning: 'pages go by the other channels alone; whoever has none is paged in the console alone',
      remedy,
    })
  }
  return fail('mail', MAIL, {
    found: `${found}, and no other channel is configured`,
    meaning: 'NOTHING LEAVES THIS MACHINE: a page shows only where somebody has the console open',
    remedy,
  })
}

function toCheck(report: ChannelReport): DoctorCheck {
  const id = `channel:${report.channel}`
  const title = `Channel ${report.channel}`
  if (report.ok) return ok(id, title, report.detail)
  return fail(id, title, {
    found: report.detail,
    meaning: 'pages on this channel wait and are tried again; nobody is reached by it',
    remedy:
      report.channel === 'email'
        ? 'check host, port, user and password in TOCSIN_MAIL_URL, and that this machine may connect there'
        : 'check the address, settings and secret of this connection in connections.yaml, and that this machine may connect there',
  })
}
