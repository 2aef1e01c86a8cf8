/** Whether another version of the playbook is in force than the one an open incident runs by. Pure. */
import type { Incident, PlaybookView } from '../../../src/api/schema.ts'

/** By digest: a file that was put back has the number of before and is in force all the same. */
export function isNewer(incident: Pick<Incident, 'open' | 'playbook_digest'>, current: Pick<PlaybookView, 'digest'> | undefined): boolean {
  return incident.open && current !== undefined && current.digest !== incident.playbook_digest
}
