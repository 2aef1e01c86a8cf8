/** A plain JSON door, `POST /hooks/json/<key>`, for scripts and for tools that let the body be written by hand. */
import { defineIntegration } from '../../integration.ts'
import { jsonReply } from '../../integration-door.ts'
import { receiveJson } from './receive.ts'
import { setup } from './setup.ts'

const BODY_BYTES_MAX = 1_048_576

export const json = defineIntegration({
  id: 'json',
  title: 'JSON webhook',
  setup,
  doors: [
    {
      id: 'json',
      method: 'POST',
      path: '/hooks/json/:key',
      keyIn: 'request',
      findKey: (_message, params) => ({ key: params['key'] ?? null }),
      receive: receiveJson,
      takesMapping: true,
      overloadStatus: 503,
      refuseKey: () => jsonReply(401, { status: 'error', error: 'unknown integration key' }),
      bodyBytesMax: BODY_BYTES_MAX,
    },
  ],
})
