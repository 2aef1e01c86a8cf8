/** Measurements, `POST /hooks/measure/<key>`: a number, or two histograms, that the playbook compares. */
import { defineIntegration, type Door } from '../../integration.ts'
import { jsonReply, keyOfAuthorization } from '../../integration-door.ts'
import { receiveMeasurements } from './receive.ts'

const BODY_BYTES_MAX = 1_048_576

const shared = {
  method: 'POST',
  keyIn: 'request',
  receive: receiveMeasurements,
  overloadStatus: 503,
  refuseKey: () => jsonReply(401, { status: 'error', error: 'unknown integration key' }),
  bodyBytesMax: BODY_BYTES_MAX,
} as const

const doors: readonly Door[] = [
  { ...shared, id: 'measure', path: '/hooks/measure/:key', findKey: (_message, params) => ({ key: params['key'] ?? null }) },
  { ...shared, id: 'measure-bearer', path: '/hooks/measure', findKey: (message) => ({ key: keyOfAuthorization(message) }) },
]

const SAMPLE = {
  measure: 'drift_psi',
  group: 'age 18-25',
  expected: [120, 110, 140, 120, 120],
  actual: [60, 110, 50, 130, 260],
  bins: ['0-10', '10-20', '20-30', '30-40', '40+'],
}

export const measure = defineIntegration({
  id: 'measure',
  title: 'Measurements',
  doors,
  setup: {
    purpose: 'Numbers of models and jobs, such as drift and bias, that the playbook compares: over the threshold opens, under it ends.',
    steps: [
      'Give an incident type of the playbook a detection with the name of the measure as its alarm, and a threshold.',
      'Post each number as it is computed, with the group that it is of; or both histograms, and Tocsin computes the index.',
    ],
    snippets: [
      {
        title: 'A number',
        language: 'sh',
        text: `curl -fsS --retry 5 --retry-all-errors '{{url}}' -H 'content-type: application/json' \\\n  -d '{"measure":"BiasAgeAlarm","value":0.09,"group":"age 18-25"}'`,
      },
      {
        title: 'Two histograms in the same bins, counts or shares',
        language: 'sh',
        text: `curl -fsS --retry 5 --retry-all-errors '{{url}}' -H 'content-type: application/json' \\\n  -d '{"measure":"drift_psi","group":"income","expected":[120,110,140],"actual":[60,110,200]}'`,
      },
    ],
    signing: null,
    sample: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(SAMPLE) },
    askable: false,
  },
})
