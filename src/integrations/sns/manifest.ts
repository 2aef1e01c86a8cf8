/** Amazon SNS as a way in: topics that deliver over HTTPS, with the key in the address. */
import { defineIntegration, type Door } from '../../integration.ts'
import { jsonReply } from '../../integration-door.ts'
import { certificateUrlOf, receiveSns } from './receive.ts'
import { setup } from './setup.ts'

/** A message has at most 256 KiB; its envelope writes it as a text within JSON, which may double it. */
const BODY_BYTES_MAX = 1_048_576

const door: Door = {
  id: 'sns',
  method: 'POST',
  path: '/hooks/sns/:key',
  keyIn: 'request',
  findKey: (_message, params) => ({ key: params['key'] ?? null }),
  receive: receiveSns,
  certificateUrl: certificateUrlOf,
  // SNS tries again after either; other 4xx are final.
  overloadStatus: 503,
  refuseKey: () => jsonReply(401, { error: 'unknown integration key' }),
  bodyBytesMax: BODY_BYTES_MAX,
}

export const sns = defineIntegration({ id: 'sns', title: 'Amazon SNS (CloudWatch alarms)', doors: [door], setup })
