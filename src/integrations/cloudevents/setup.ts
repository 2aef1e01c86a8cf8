/** What "Connect a source" shows for senders of CloudEvents. */
import type { SourceSetup } from '../../integration.ts'

const SAMPLE = {
  specversion: '1.0',
  type: 'com.example.alert.triggered',
  source: '/monitoring/api',
  id: 'A234-1234-1234',
  subject: 'api',
  time: '2026-11-24T09:45:12Z',
  datacontenttype: 'application/json',
  data: {
    alarm: 'API5xxAlarm',
    title: 'API answers 61 % with 5xx',
    severity: 'critical',
    value: 61.2,
    labels: { service: 'api', region: 'eu-west-1' },
    url: 'https://dashboards.example.com/api',
  },
}

const NODE = `import { CloudEvent, emitterFor, httpTransport } from 'cloudevents'

const emit = emitterFor(httpTransport('{{url}}/hooks/cloudevents/{{key}}'))
await emit(new CloudEvent({
  type: 'com.example.alert.triggered', // ends with the same up to .resolved
  source: '/monitoring/api',
  subject: 'api',
  data: { alarm: 'API5xxAlarm', title: 'API answers 61 % with 5xx', severity: 'critical', value: 61.2 },
}))`

const EVENT_GRID = `az eventgrid event-subscription create --name tocsin --source-resource-id "$TOPIC_ID" \\
  --endpoint '{{url}}/hooks/cloudevents/{{key}}' --event-delivery-schema cloudeventschemav1_0 \\
  --event-ttl 1440 --max-delivery-attempts 30 \\
  --deadletter-endpoint "$STORAGE_ID/blobServices/default/containers/undelivered" # by default what fails is dropped`

export const setup: SourceSetup = {
  purpose: 'Takes events of CloudEvents 1.0 from any sender: structured, binary or in batches.',
  steps: [
    'Point the sender at {{url}}/hooks/cloudevents/{{key}}, or at {{url}}/hooks/cloudevents with the header Authorization: Bearer {{key}}.',
    'It may ask first by OPTIONS with WebHook-Request-Origin: with a valid key the answer is yes.',
    'Put what people shall read into the data: title, severity, value, labels, url; `alarm` is the name that the playbook’s rules match, else the type is.',
    'Say the end by `status: resolved` in the data, or by a type that ends in .resolved where the beginning ended in .triggered; both under the same dedup_key, or the same source and subject.',
  ],
  snippets: [
    { title: 'Node, with the client of CloudEvents', language: 'js', text: NODE },
    {
      title: 'curl',
      language: 'sh',
      text: `curl -X POST {{url}}/hooks/cloudevents/{{key}} -H 'Content-Type: application/cloudevents+json' -d '${JSON.stringify(SAMPLE)}'`,
    },
    { title: 'Azure Event Grid', language: 'sh', text: EVENT_GRID },
  ],
  signing: null,
  sample: { headers: { 'content-type': 'application/cloudevents+json' }, body: JSON.stringify(SAMPLE) },
  askable: false,
}
