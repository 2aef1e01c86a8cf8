/** Sentry's internal or public integration as a way in. Sentry wants its answer within a second; the commit takes milliseconds. */
import { defineIntegration } from '../../integration.ts'
import { hookDoors } from '../../integration-hook.ts'
import { askSentry } from './ask.ts'
import { receiveSentry } from './receive.ts'
import { setup } from './setup.ts'

/** Events carry whole stack traces. */
const BODY_BYTES_MAX = 2_097_152

export const sentry = defineIntegration({
  id: 'sentry',
  title: 'Sentry',
  doors: hookDoors({ id: 'sentry', receive: receiveSentry, bodyBytesMax: BODY_BYTES_MAX }),
  setup: { ...setup, askable: true },
  ask: askSentry,
})
