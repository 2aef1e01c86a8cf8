/** Grafana's webhook contact point as a way in; it may be set to POST or PUT. */
import { defineIntegration } from '../../integration.ts'
import { hookDoors } from '../../integration-hook.ts'
import { receiveGrafana } from './receive.ts'
import { setup } from './setup.ts'

const BODY_BYTES_MAX = 4_194_304

export const grafana = defineIntegration({
  id: 'grafana',
  title: 'Grafana',
  doors: hookDoors({ id: 'grafana', receive: receiveGrafana, alsoMethod: 'PUT', bodyBytesMax: BODY_BYTES_MAX }),
  setup,
})
