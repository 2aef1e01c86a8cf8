/** Datadog's webhooks integration as a way in. */
import { defineIntegration } from '../../integration.ts'
import { hookDoors } from '../../integration-hook.ts'
import { receiveDatadog } from './receive.ts'
import { setup } from './setup.ts'

export const datadog = defineIntegration({
  id: 'datadog',
  title: 'Datadog',
  doors: hookDoors({ id: 'datadog', receive: receiveDatadog }),
  setup,
})
