/** What a Lambda function is given, and may hand on as it is: a list of records, some of them messages of SNS. */
import { field, isObject, type JsonObject } from '../../core/alert/json.ts'
import { type Envelope, readEnvelope } from './envelope.ts'

/** AWS gives one at a time. */
const RECORDS_MAX = 100

export interface Records {
  readonly envelopes: readonly Envelope[]
  readonly others: readonly JsonObject[]
}

/** @returns null when the object is no event of that kind */
export function readRecords(object: JsonObject): Records | null {
  const list = field(object, 'Records')
  if (!Array.isArray(list) || list.length === 0) return null
  const records = list.filter(isObject).slice(0, RECORDS_MAX)
  const read = records.map((record) => ({ record, envelope: envelopeOf(record) }))
  if (records.length === 0) return null
  return {
    envelopes: read.flatMap(({ envelope }) => envelope ?? []),
    others: read.flatMap(({ record, envelope }) => (envelope === null ? [record] : [])),
  }
}

function envelopeOf(record: JsonObject): Envelope | null {
  const sns = field(record, 'Sns')
  return isObject(sns) ? readEnvelope(sns) : null
}
