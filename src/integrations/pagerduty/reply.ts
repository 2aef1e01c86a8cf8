/**
 * What PagerDuty's Events API answers. The texts of refusals are those that its clients report.
 * Sources: PagerDuty/api-schema@91a06fb3 reference/events-v2/openapiv3.json and events-v1; blockpane/tenderduty#10,
 * grafana/grafana#8979 (read 2026-11-24).
 */
import type { JsonFault } from '../../core/alert/json.ts'
import type { Received, Reply } from '../../integration.ts'
import { jsonReply, refuse } from '../../integration-door.ts'

export function acceptEvent(dedupKey: string): Reply {
  return jsonReply(202, { status: 'success', message: 'Event processed', dedup_key: dedupKey })
}

export function acceptEventV1(incidentKey: string): Reply {
  return jsonReply(200, { status: 'success', message: 'Event processed', incident_key: incidentKey })
}

export function acceptChange(): Reply {
  return jsonReply(202, { status: 'success', message: 'Change event processed' })
}

export function invalidEvent(errors: readonly string[]): Reply {
  return jsonReply(400, { status: 'invalid event', message: 'Event object is invalid', errors })
}

/** Too large, too busy, or the database is away. The words for "too busy" are PagerDuty's own, seen in https://pastebin.com/SFQ3xm7g. */
export function explainRefusal(status: number, reason: string): Reply {
  if (status !== 429 && status !== 503)
    return jsonReply(status, { status: 'invalid event', message: 'Event object is invalid', errors: [reason] })
  return jsonReply(status, {
    status: 'throttle exceeded',
    message: 'Requests for this service are arriving too quickly. Please retry later.',
  })
}

export function refuseFault(fault: JsonFault): Received {
  return refuse(
    fault,
    'A PagerDuty client',
    jsonReply(400, { status: 'Unrecognized object', message: 'Event object format is unrecognized', errors: ['JSON parse error'] }),
  )
}

/** @param subject what the event was about, so that the page still says something. */
export function refuseEvent(errors: readonly string[], subject: string | null): Received {
  const reason = subject === null ? errors.join(', ') : `${errors.join(', ')} (${subject})`
  return refuse(reason, 'A PagerDuty client', invalidEvent(errors))
}
