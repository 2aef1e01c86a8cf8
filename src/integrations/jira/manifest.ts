/** Jira's webhooks, and the web requests of Jira's automation, as a way in. */
import { defineIntegration } from '../../integration.ts'
import { hookDoors } from '../../integration-hook.ts'
import { receiveJira } from './receive.ts'
import { setup } from './setup.ts'

/** An issue comes whole, with all of its fields. */
const BODY_BYTES_MAX = 2_097_152

export const jira = defineIntegration({
  id: 'jira',
  title: 'Jira',
  doors: hookDoors({ id: 'jira', receive: receiveJira, bodyBytesMax: BODY_BYTES_MAX }),
  setup,
  spokenBy: 'people',
})
