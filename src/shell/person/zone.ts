/** Time zones by their IANA names, as this Node knows them. */
import { badField } from '../http/problem.ts'

/** @throws a problem for a zone that is none; a zone left out is fine. */
export function refuseUnknownZone(zone: string | undefined): void {
  if (zone === undefined) return
  try {
    Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    throw badField('zone', 'is no IANA time zone, such as Europe/Berlin')
  }
}
