/** GitHub's webhooks, of a repository or of an organisation, as a way in. */
import { defineIntegration } from '../../integration.ts'
import { hookDoors } from '../../integration-hook.ts'
import { receiveGithub } from './receive.ts'
import { setup } from './setup.ts'

/** A push names up to 2,048 commits with their files; GitHub itself stops at 25 MB. */
const BODY_BYTES_MAX = 8_388_608

export const github = defineIntegration({
  id: 'github',
  title: 'GitHub',
  doors: hookDoors({ id: 'github', receive: receiveGithub, bodyBytesMax: BODY_BYTES_MAX }),
  setup,
})
