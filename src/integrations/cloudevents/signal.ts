/** What an event says as an alert. CloudEvents fixes the envelope and nothing inside: the data is read as the JSON door reads it. */
import { linkPairs, toLabels, toLinks, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField, toNumber } from '../../core/alert/json.ts'
import type { Signal, SignalStatus } from '../../core/alert/signal.ts'
import { toInstant } from '../../core/alert/time-text.ts'
import { toStatus } from '../../core/mapping/status-words.ts'
import { scalarsOf, wordsIn } from '../../integration-hook.ts'
import type { CloudEvent } from './event.ts'

const NOTHING: JsonObject = {}

export function toEventSignal({ attributes, data }: CloudEvent): Signal {
  const type = attributes['type'] ?? 'event'
  const source = attributes['source'] ?? ''
  const subject = attributes['subject'] ?? null
  const matter = isObject(data) ? data : NOTHING
  const { base, status } = readType(type)
  const words = typeof data === 'string' && data.trim() !== '' ? data : wordsIn(matter)
  return toSignal({
    alarm: textField(matter, 'alarm') ?? textField(matter, 'alertname') ?? type,
    status: toStatus(field(matter, 'status')) ?? toStatus(field(matter, 'state')) ?? status,
    title: words ?? [type, subject ?? source].filter((part) => part !== '').join(': '),
    summary: words === null ? null : (textField(matter, 'description') ?? words),
    dedupKey: textField(matter, 'dedup_key') ?? attributes['dedupkey'] ?? [source, subject ?? '', base].join('|'),
    severityHint: textField(matter, 'severity') ?? textField(matter, 'priority') ?? attributes['severity'] ?? null,
    value: toNumber(field(matter, 'value')),
    labels: { ...without(scalarsOf(matter), READ), ...toLabels(field(matter, 'labels')), ...without(toLabels(attributes), ENVELOPE) },
    links: toLinks([...linkPairs(field(matter, 'links')), [field(matter, 'url'), 'Link'], [field(matter, 'link'), 'Link']]),
    // The event's time is when it was said, not when the trouble began.
    startsAt: toInstant(field(matter, 'starts_at')),
    endsAt: null,
  })
}

/** They say how the event came, not what it is about. */
const ENVELOPE = new Set(['id', 'specversion', 'time', 'datacontenttype', 'dataschema', 'dedupkey'])
/** Fields of the data that have a place of their own. */
const READ = new Set(['alarm', 'title', 'summary', 'message', 'description', 'value', 'url', 'link', 'status', 'state', 'starts_at'])

function without(labels: Readonly<Record<string, string>>, names: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.has(name)))
}

const OVER = new Set(['resolved', 'recovered', 'closed', 'cleared', 'ok', 'fixed', 'ended'])
const BEGUN = new Set(['triggered', 'firing', 'opened', 'raised', 'started', 'created', 'alarm'])

/** `com.example.alert.triggered` and `com.example.alert.resolved` are the same alert, `com.example.alert`, at two times. */
function readType(type: string): { readonly base: string; readonly status: SignalStatus } {
  const parts = /^(.{1,512}?)\.([a-z]{1,20})(\.v\d{1,4})?$/i.exec(type)
  const word = parts?.[2]?.toLowerCase() ?? ''
  const base = `${parts?.[1] ?? ''}${parts?.[3] ?? ''}`
  if (OVER.has(word)) return { base, status: 'resolved' }
  if (word === 'acknowledged') return { base, status: 'acknowledged' }
  return BEGUN.has(word) ? { base, status: 'firing' } : { base: type, status: 'firing' }
}
