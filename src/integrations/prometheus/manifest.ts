/** Prometheus (and whatever else can push to an Alertmanager, such as Grafana's "Alertmanager" contact point) as a way in. */
import { defineIntegration, type Door } from '../../integration.ts'
import { jsonReply, keyOfAuthorization } from '../../integration-door.ts'
import { queryPrometheus } from './ask-query.ts'
import { askPrometheus } from './ask.ts'
import { receiveAlerts } from './receive.ts'
import { setup } from './setup.ts'

const BODY_BYTES_MAX = 4_194_304

const shared = {
  method: 'POST',
  keyIn: 'request',
  receive: receiveAlerts,
  // Prometheus drops what it is told 4xx about, and sends again what is answered 5xx.
  overloadStatus: 503,
  bodyBytesMax: BODY_BYTES_MAX,
  // Reading alerts is Alertmanager's API, see src/shell/alertmanager-api.
  sharesAddress: true,
  refuseKey: () => jsonReply(401, { code: 401, message: 'unknown integration key' }, { 'www-authenticate': 'Bearer' }),
} as const

const doors: readonly Door[] = [
  { ...shared, id: 'prometheus', path: '/alertmanager/api/v2/alerts', findKey: (message) => ({ key: keyOfAuthorization(message) }) },
  {
    ...shared,
    id: 'prometheus-key',
    path: '/alertmanager/:key/api/v2/alerts',
    findKey: (_message, params) => ({ key: params['key'] ?? null }),
  },
]

export const prometheus = defineIntegration({ id: 'prometheus', title: 'Prometheus', doors, setup, ask: [askPrometheus, queryPrometheus] })
