/** Opsgenie's alert API as a way in: clients that page through Opsgenie need only another host (and key, if theirs is not taken over). */
import { defineIntegration, type Door } from '../../integration.ts'
import { keyOfAuthorization } from '../../integration-door.ts'
import { receiveCreate } from './receive.ts'
import { ACT_DOOR, receiveAct } from './receive-act.ts'
import { NO_REQUEST_ID, refused, THROTTLED, UNAUTHORIZED } from './reply.ts'
import { setup } from './setup.ts'

/** Opsgenie names no limit of its own; a description has 15,000 characters, all details 8,000. */
const BODY_BYTES_MAX = 524_288

/** Opsgenie's clients retry 429, Alertmanager's notifier does (contracts section 0.2), so overload is said that way. */
const shared: Omit<Door, 'id' | 'path'> = {
  method: 'POST',
  keyIn: 'request',
  overloadStatus: 429,
  bodyBytesMax: BODY_BYTES_MAX,
  sharesAddress: true,
  findKey: (message) => ({ key: keyOfAuthorization(message) }),
  receive: receiveCreate,
  refuseKey: () => refused(401, UNAUTHORIZED, NO_REQUEST_ID),
  explain: (status, reason) =>
    status === 429 ? throttled() : refused(status, status === 503 ? 'Service is unavailable, please try again' : reason, NO_REQUEST_ID),
}

/** With the headers by which Opsgenie's own SDKs tell throttling from other refusals. */
function throttled() {
  const reply = refused(429, THROTTLED, NO_REQUEST_ID)
  const state = { 'x-ratelimit-state': 'THROTTLED', 'x-ratelimit-reason': 'ACCOUNT', 'x-ratelimit-period-in-sec': '60' }
  return { ...reply, headers: { ...reply.headers, ...state } }
}

/** The address of Opsgenie, and of its successor in Jira Service Management: same key, same body. */
const doors: readonly Door[] = [
  { ...shared, id: 'opsgenie', path: '/v2/alerts' },
  { ...shared, id: 'opsgenie-jsm', path: '/jsm/ops/integration/v2/alerts' },
]

export const opsgenie = defineIntegration({
  id: 'opsgenie',
  title: 'Opsgenie alert API',
  doors,
  innerDoors: [{ id: ACT_DOOR, receive: receiveAct }],
  setup,
})
