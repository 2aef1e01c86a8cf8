/** Zendesk's webhooks as a way in, by triggers or by event subscriptions. */
import { defineIntegration } from '../../integration.ts'
import { hookDoors } from '../../integration-hook.ts'
import { receiveZendesk } from './receive.ts'
import { setup } from './setup.ts'

export const zendesk = defineIntegration({
  id: 'zendesk',
  title: 'Zendesk',
  // Zendesk repeats 429 and 503 with a Retry-After under a minute, which ours has.
  doors: hookDoors({ id: 'zendesk', receive: receiveZendesk }),
  setup,
  spokenBy: 'people',
})
