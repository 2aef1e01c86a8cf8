/**
 * What Opsgenie's alert API answers, each with `took` and `requestId`.
 * Sources: https://docs.opsgenie.com/docs/alert-api and /docs/response (read 2026-11-24), opsgenie/opsgenie-oas@71c55343;
 * answers of the live API quoted in streaak/keyhacks#124 and louislam/uptime-kuma#3613.
 */
import { type Reply } from '../../integration.ts'
import { jsonReply } from '../../integration-door.ts'

/** The time is not measured here: a door is pure. */
const TOOK_S = 0.001

export function accepted(requestId: string): Reply {
  return jsonReply(202, { result: 'Request will be processed', took: TOOK_S, requestId }, { 'x-request-id': requestId })
}

export function refused(status: number, message: string, requestId: string, errors: Readonly<Record<string, string>> = {}): Reply {
  const named = Object.keys(errors).length === 0 ? {} : { errors }
  return jsonReply(status, { message, ...named, took: TOOK_S, requestId }, { 'x-request-id': requestId })
}

/** Where a request could not be given an id of its own. */
export const NO_REQUEST_ID = '00000000-0000-0000-0000-000000000000'

export const UNAUTHORIZED = 'Could not authenticate'
export const UNPROCESSABLE = 'Request body is not processable. Please check the errors.'
export const THROTTLED = 'You are making too many requests!'

/** 32 hex digits as Opsgenie writes its ids. */
export function toUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
