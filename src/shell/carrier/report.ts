/** Writes down what a vendor tells of a message, once, and tells its incident where a way proved dead. */
import type { VendorReport } from '../../integration.ts'
import type { Tx } from '../database/database.ts'
import { changeInTransaction } from '../incident/change.ts'
import { lockIncidents } from '../incident/store.ts'
import type { Ports } from '../ports.ts'
import { applyReport, type CarriedMessage, insertReport } from './report-store.ts'

/** @returns false when it was told before. Locks the incident first, as acknowledgements do. */
export async function takeReport(ports: Ports, tx: Tx, message: CarriedMessage, report: VendorReport): Promise<boolean> {
  await lockIncidents(tx, [message.incidentId])
  if (!(await insertReport(tx, message.effectKey, report))) return false
  await applyReport(tx, message.effectKey, report)
  if (report.dead === true && message.pageKeys.length > 0) {
    const { pageKeys: pages, channel } = message
    await changeInTransaction(ports, tx, message.incidentId, {
      type: 'record-failure',
      pages,
      channel,
      reason: report.sentence,
      final: true,
    })
  }
  return true
}
