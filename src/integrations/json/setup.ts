/** What "Connect a source" shows for JSON of one's own. */
import type { SourceSetup } from '../../integration.ts'

export const setup: SourceSetup = {
  purpose: 'Scripts, and tools that send JSON of their own: as a flat object, or in any shape by a mapping.',
  steps: [
    'Post one flat JSON object to the address below: "title" or "alarm" is enough, "status" with "resolved" ends it.',
    'If the tool sends another shape, paste one of its messages under "Mapping": a mapping is suggested, and tried against the playbook before it counts.',
  ],
  snippets: [
    {
      title: 'Fire and end an alarm',
      language: 'sh',
      text: `curl -sS '{{url}}/hooks/json/{{key}}' -H 'content-type: application/json' \\
  --retry 5 --retry-all-errors \\
  -d '{"alarm":"BackupFailed","title":"The nightly backup failed","labels":{"host":"db1"}}'
curl -sS '{{url}}/hooks/json/{{key}}' -H 'content-type: application/json' \\
  -d '{"alarm":"BackupFailed","status":"resolved","labels":{"host":"db1"}}'
`,
    },
  ],
  signing: null,
  sample: {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      alarm: 'API5xxAlarm',
      title: 'API answers 61 % with 5xx',
      status: 'firing',
      severity: 'critical',
      labels: { service: 'api' },
      url: 'https://dashboards.example.com/api',
    }),
  },
  askable: false,
}
