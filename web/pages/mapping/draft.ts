/** A mapping while it is being written: every expression a text, empty for none. Pure. */
import type { Mapping } from '../../../src/api/schema.ts'

/** In the order of the form; `each` first, since the others are about one of what it gives. */
export const FIELDS = [
  ['each', 'Each of', 'Gives a list, such as body.alerts: each of its items, called item, is a signal. Empty: the message is one.'],
  ['alarm', 'Alarm', 'Its name, by which the playbook’s rules know it.'],
  ['status', 'Status', 'A word such as firing, ok, open, closed, or true for firing. Empty: it fires.'],
  ['title', 'Title', 'One line for people. Empty: the alarm.'],
  ['summary', 'Summary', 'More for people.'],
  ['dedup_key', 'Key', 'The same for messages about the same thing. Empty: alarm and labels.'],
  ['severity_hint', 'Severity', 'The sender’s word; a hint.'],
  ['value', 'Value', 'A number that was measured.'],
  ['starts_at', 'Began', 'RFC 3339 text or seconds.'],
  ['ends_at', 'Ended', 'RFC 3339 text or seconds.'],
] as const
export type FieldName = (typeof FIELDS)[number][0]

export interface Draft {
  readonly fields: Readonly<Record<FieldName, string>>
  /** `name = expression`, one a line; or a single expression that gives an object. */
  readonly labels: string
  /** `text = expression`, one a line. */
  readonly links: string
}

export const BLANK_DRAFT: Draft = {
  fields: {
    each: '',
    alarm: '',
    status: '',
    title: '',
    summary: '',
    dedup_key: '',
    severity_hint: '',
    value: '',
    starts_at: '',
    ends_at: '',
  },
  labels: '',
  links: '',
}

export function toMapping({ fields, labels, links }: Draft): Mapping {
  const expression = (name: FieldName): string | null => (fields[name].trim() === '' ? null : fields[name].trim())
  return {
    each: expression('each'),
    alarm: expression('alarm'),
    status: expression('status'),
    title: expression('title'),
    summary: expression('summary'),
    dedup_key: expression('dedup_key'),
    severity_hint: expression('severity_hint'),
    value: expression('value'),
    starts_at: expression('starts_at'),
    ends_at: expression('ends_at'),
    labels: toLabels(labels),
    links: pairsOf(links).map(([text, href]) => ({ text, href })),
  }
}

export function fromMapping(mapping: Mapping): Draft {
  const fields = Object.fromEntries(FIELDS.map(([name]) => [name, mapping[name] ?? ''])) as Draft['fields']
  const labels =
    mapping.labels === null
      ? ''
      : typeof mapping.labels === 'string'
        ? mapping.labels
        : Object.entries(mapping.labels)
            .map(([name, value]) => `${name} = ${value}`)
            .join('\n')
  return { fields, labels, links: mapping.links.map(({ text, href }) => `${text} = ${href}`).join('\n') }
}

function toLabels(text: string): Mapping['labels'] {
  if (text.trim() === '') return null
  const pairs = pairsOf(text)
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return pairs.length === lines.length ? Object.fromEntries(pairs) : text.trim()
}

/** A name, one sign of equality, an expression: `a == b` is no name. */
const PAIR = /^\s*([^=\s][^=]*?)\s*=(?!=)\s*(.+?)\s*$/

function pairsOf(text: string): [string, string][] {
  return text.split('\n').flatMap((line) => {
    const pair = PAIR.exec(line)
    return pair === null ? [] : [[pair[1] ?? '', pair[2] ?? ''] as [string, string]]
  })
}
