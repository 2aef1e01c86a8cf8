/** Whom a recipient's address stands for: a source by its key, or a report that the playbook names. */
import { readAddress, withoutKey } from '../../core/mail/address.ts'
import { findReportByAddress } from '../../core/playbook/report.ts'
import type { Intake } from '../alert/intake.ts'
import type { Ports } from '../ports.ts'
import { ensureReportSource } from '../form/report-source.ts'

export interface Recipient {
  readonly source: { readonly id: string; readonly name: string }
  /** As it is kept: without the key. */
  readonly address: string
  /** Alarm that the playbook gives to mails of this address; null: told by the subject. */
  readonly alarm: string | null
  /** True: no key was needed, so that anybody can write. */
  readonly open: boolean
}

const MAIL_KIND = 'email'

/** @returns null for nobody. @throws when the database is away and the key is not known */
export async function findRecipient(ports: Ports, intake: Pick<Intake, 'sources'>, given: string): Promise<Recipient | null> {
  const address = readAddress(given)
  if (address === null) return null
  const report = findReportByAddress(ports.playbooks.current(), address.address)
  if (report !== undefined) {
    const source = await ensureReportSource(ports, report.kind, 'email')
    return { source, address: address.address, alarm: report.alarm, open: true }
  }
  const candidates = address.keys.flatMap((key) => [key, key.toLowerCase()])
  for (const key of candidates) {
    const source = intake.sources.find(key)
    if (source !== undefined && takesMail(source.kind)) return { source, address: withoutKey(given, key), alarm: null, open: false }
  }
  const [likeliest] = candidates
  const fresh = likeliest === undefined ? undefined : await intake.sources.findFresh(likeliest)
  if (likeliest === undefined || fresh === undefined || !takesMail(fresh.kind)) return null
  return { source: fresh, address: withoutKey(given, likeliest), alarm: null, open: false }
}

function takesMail(kind: string | null): boolean {
  return kind === null || kind === MAIL_KIND
}
