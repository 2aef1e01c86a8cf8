/** PagerDuty's Events API as a way in: clients that page through PagerDuty need only another host and key. */
import { askPagerDuty } from './ask.ts'
import { field, isObject, parseJson } from '../../core/alert/json.ts'
import { defineIntegration, type Door, type FoundKey, type InboundMessage } from '../../integration.ts'
import { searchKey } from '../../integration-door.ts'
import { receiveEventV1 } from './receive-v1.ts'
import { receiveChange, receiveEvent } from './receive-v2.ts'
import { explainRefusal, invalidEvent } from './reply.ts'
import { setup } from './setup.ts'

/** PagerDuty's own limit: 512 KB. */
const BODY_BYTES_MAX = 524_288

function findKeyNamed(name: string) {
  return (message: InboundMessage): FoundKey => {
    const parsed = parseJson(message.body)
    if (parsed.kind === 'fault') return { key: searchKey(message.body, name), parsed }
    const key = isObject(parsed.value) ? field(parsed.value, name) : undefined
    return { key: typeof key === 'string' ? key : null, parsed }
  }
}

/** Its clients retry 429 (Alertmanager's notifier does, see contracts section 0.2), so overload is said that way. */
const shared = { method: 'POST', keyIn: 'body', overloadStatus: 429, bodyBytesMax: BODY_BYTES_MAX, explain: explainRefusal } as const

const doors: readonly Door[] = [
  {
    ...shared,
    id: 'pagerduty-v2',
    path: '/v2/enqueue',
    findKey: findKeyNamed('routing_key'),
    receive: receiveEvent,
    refuseKey: () => invalidEvent(['Invalid routing key']),
  },
  {
    ...shared,
    id: 'pagerduty-v2-change',
    path: '/v2/change/enqueue',
    findKey: findKeyNamed('routing_key'),
    receive: receiveChange,
    refuseKey: () => invalidEvent(['Invalid routing key']),
  },
  {
    ...shared,
    id: 'pagerduty-v1',
    // Version 1 says 403 for "too many", which many clients take for final; all of them try again on 5xx.
    overloadStatus: 503,
    path: '/generic/2010-04-15/create_event.json',
    findKey: findKeyNamed('service_key'),
    receive: receiveEventV1,
    refuseKey: () => invalidEvent(['Invalid service key']),
  },
]

export const pagerduty = defineIntegration({ id: 'pagerduty', title: 'PagerDuty Events API', doors, setup, ask: askPagerDuty })
