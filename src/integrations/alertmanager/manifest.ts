/** Alertmanager's webhook receiver as a way in, with the key in the address or in any `Authorization`. */
import { defineIntegration, type Door } from '../../integration.ts'
import { jsonReply, keyOfAuthorization } from '../../integration-door.ts'
import { askAlertmanager } from './ask.ts'
import { receiveWebhook } from './receive.ts'
import { setup } from './setup.ts'

const BODY_BYTES_MAX = 4_194_304

const shared = {
  method: 'POST',
  keyIn: 'request',
  receive: receiveWebhook,
  // Never 429: Alertmanager's webhook takes that for final (contracts section 0.2).
  overloadStatus: 503,
  bodyBytesMax: BODY_BYTES_MAX,
  refuseKey: () => jsonReply(401, { status: 'error', error: 'unknown integration key' }, { 'www-authenticate': 'Bearer' }),
} as const

const doors: readonly Door[] = [
  { ...shared, id: 'alertmanager', path: '/hooks/alertmanager/:key', findKey: (_message, params) => ({ key: params['key'] ?? null }) },
  { ...shared, id: 'alertmanager-bearer', path: '/hooks/alertmanager', findKey: (message) => ({ key: keyOfAuthorization(message) }) },
]

export const alertmanager = defineIntegration({ id: 'alertmanager', title: 'Alertmanager', doors, setup, ask: askAlertmanager })
