/**
 * Amazon EventBridge as a way in: an API destination posts events here. It signs nothing; the key stands in the address,
 * or where the connection's authorization puts it: an `Authorization` in any scheme, or a header for API keys.
 */
import { defineIntegration, type Door } from '../../integration.ts'
import { jsonReply, keyOfAuthorization } from '../../integration-door.ts'
import { receiveEvents } from './receive.ts'
import { setup } from './setup.ts'

/** An event has at most 1 MB since 2026, 256 KB before; what is larger is no event. */
const BODY_BYTES_MAX = 2_097_152

const shared = {
  method: 'POST',
  keyIn: 'request',
  receive: receiveEvents,
  // EventBridge tries both again for a day.
  overloadStatus: 503,
  refuseKey: () => jsonReply(401, { error: 'unknown integration key' }),
  bodyBytesMax: BODY_BYTES_MAX,
} as const

const doors: readonly Door[] = [
  { ...shared, id: 'eventbridge', path: '/hooks/eventbridge/:key', findKey: (_message, params) => ({ key: params['key'] ?? null }) },
  {
    ...shared,
    id: 'eventbridge-header',
    path: '/hooks/eventbridge',
    findKey: (message) => ({ key: message.headers['x-api-key'] ?? keyOfAuthorization(message) }),
  },
]

export const eventbridge = defineIntegration({ id: 'eventbridge', title: 'Amazon EventBridge', doors, setup })
