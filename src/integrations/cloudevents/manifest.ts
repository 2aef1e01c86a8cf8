/** CloudEvents 1.0 over HTTP as a way in. Its webhook specification wants 429 with Retry-After, and a handshake by OPTIONS. */
import { defineIntegration } from '../../integration.ts'
import { hookDoors } from '../../integration-hook.ts'
import { greet } from './greet.ts'
import { receiveCloudEvents } from './receive.ts'
import { setup } from './setup.ts'

const BODY_BYTES_MAX = 2_097_152

export const cloudevents = defineIntegration({
  id: 'cloudevents',
  title: 'CloudEvents',
  doors: hookDoors({ id: 'cloudevents', receive: receiveCloudEvents, greet, overloadStatus: 429, bodyBytesMax: BODY_BYTES_MAX }),
  setup,
})
