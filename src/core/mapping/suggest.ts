/**
 * A first mapping for a pasted sample: by the names that tools give the parts of an alert. A person looks at it and changes
 * it; `places` lists everything in the sample to choose from.
 */
import { isObject } from '../alert/json.ts'
import { toLine } from '../alert/text.ts'
import { type MappingText, MAPPED_FIELDS, type MappedField, NO_MAPPING } from './mapping.ts'
import { toStatus } from './status-words.ts'

export interface Place {
  readonly expression: string
  readonly example: string
}

export interface Suggestion {
  readonly mapping: MappingText
  readonly found: readonly (Place & { readonly field: string })[]
  readonly places: readonly Place[]
}

interface Leaf {
  readonly expression: string
  /** The last name, in lower case without signs between words. */
  readonly name: string
  readonly depth: number
  readonly value: string | number | boolean
}

/** Best first. */
const NAMES: Readonly<Record<MappedField, readonly string[]>> = {
  alarm: [
    'alertname',
    'alarmname',
    'rulename',
    'monitorname',
    'checkname',
    'alarm',
    'checkid',
    'rule',
    'monitor',
    'check',
    'name',
    'eventtype',
    'event',
  ],
  status: [
    'status',
    'state',
    'alertstate',
    'newstate',
    'newstatevalue',
    'currentstate',
    'alertstatus',
    'action',
    'eventaction',
    'isfiring',
    'active',
    'firing',
  ],
  title: ['title', 'subject', 'summary', 'headline', 'shortmessage', 'message', 'msg', 'text', 'reason'],
  summary: ['description', 'details', 'detail', 'body', 'longmessage', 'statereason', 'newstatereason', 'message', 'text'],
  dedup_key: [
    'dedupkey',
    'deduplicationkey',
    'alertid',
    'incidentid',
    'incidentkey',
    'fingerprint',
    'alias',
    'eventid',
    'issueid',
    'uuid',
    'id',
    'key',
  ],
  severity_hint: ['severity', 'priority', 'level', 'urgency', 'criticality', 'impact'],
  value: ['value', 'currentvalue', 'metricvalue', 'measured', 'measurement', 'lastvalue', 'count'],
  starts_at: [
    'startsat',
    'startedat',
    'starttime',
    'start',
    'triggeredat',
    'firedat',
    'openedat',
    'createdat',
    'timestamp',
    'time',
    'date',
  ],
  ends_at: ['endsat', 'endedat', 'endtime', 'end', 'resolvedat', 'closedat', 'recoveredat'],
}
const LABEL_NAMES = ['labels', 'tags', 'dimensions', 'attributes', 'annotations', 'metadata', 'context']
const LINK_NAMES = ['url', 'link', 'href', 'alerturl', 'dashboardurl', 'runbookurl', 'permalink', 'htmlurl', 'incidenturl', 'generatorurl']
const LIST_NAMES = ['alerts', 'events', 'incidents', 'alarms', 'items', 'issues', 'results', 'records', 'data', 'messages']

const PLACES_MAX = 200
const DEPTH_MAX = 5
const LINKS_MAX = 4
const EXAMPLE_CHARS_MAX = 120

export function suggestMapping(body: unknown): Suggestion {
  const each = findList(body)
  const root = each === null ? { value: body, name: 'body' } : { value: each.first, name: 'item' }
  const leaves = collect(root.value, root.name)
  const outer = each === null ? [] : collect(body, 'body').filter((leaf) => !leaf.expression.startsWith(`${each.expression}[`))
  const taken = new Map<MappedField, Leaf>()
  for (const field of MAPPED_FIELDS) {
    const leaf =
      best(field, leaves, taken) ?? (field === 'alarm' || field === 'title' || field === 'status' ? best(field, outer, taken) : undefined)
    if (leaf !== undefined) taken.set(field, leaf)
  }
  const links = leaves.filter((leaf) => LINK_NAMES.includes(leaf.name) && /^https?:\/\//i.test(String(leaf.value))).slice(0, LINKS_MAX)
  const labels = findLabels(root.value, root.name)
  const mapping: MappingText = {
    ...NO_MAPPING,
    each: each?.expression ?? null,
    ...Object.fromEntries([...taken].map(([field, leaf]) => [field, leaf.expression])),
    labels: labels?.expression ?? null,
    links: links.map((leaf) => ({ href: leaf.expression, text: 'Link' })),
  }
  const found = [
    ...(each === null ? [] : [{ field: 'each', expression: each.expression, example: each.example }]),
    ...[...taken].map(([field, leaf]) => ({ field, ...toPlace(leaf) })),
    ...(labels === null ? [] : [{ field: 'labels', ...labels }]),
    ...links.map((leaf, index) => ({ field: `links.${index}.href`, ...toPlace(leaf) })),
  ]
  return { mapping, found, places: [...leaves, ...outer].slice(0, PLACES_MAX).map(toPlace) }
}

function best(field: MappedField, leaves: readonly Leaf[], taken: ReadonlyMap<MappedField, Leaf>): Leaf | undefined {
  const used = new Set([...taken.values()].map((leaf) => leaf.expression))
  let found: { readonly leaf: Leaf; readonly rank: number } | undefined
  for (const leaf of leaves) {
    const place = NAMES[field].indexOf(leaf.name)
    if (place < 0 || used.has(leaf.expression) || !fits(field, leaf.value)) continue
    const rank = place * 10 + leaf.depth
    if (found === undefined || rank < found.rank) found = { leaf, rank }
  }
  return found?.leaf
}

/** A field of the right name may hold something else: an `action` that is a URL is no status. */
function fits(field: MappedField, value: Leaf['value']): boolean {
  if (field === 'status') return toStatus(value) !== null
  if (field === 'value') return typeof value === 'number' || (value !== '' && Number.isFinite(Number(value)))
  if (field === 'starts_at' || field === 'ends_at')
    return typeof value !== 'boolean' && /\d{4}-\d\d-\d\d|^\d{10,13}(\.\d+)?$/.test(String(value))
  return typeof value !== 'boolean' && String(value).trim() !== ''
}

type FoundList = { readonly expression: string; readonly first: unknown; readonly example: string }

function describe(expression: string, list: readonly unknown[]): FoundList {
  return { expression, first: list[0], example: `${list.length} ${list.length === 1 ? 'item' : 'items'}` }
}

function findList(body: unknown): FoundList | null {
  if (Array.isArray(body)) return isObject(body[0]) ? describe('body', body) : null
  if (!isObject(body)) return null
  for (const name of LIST_NAMES) {
    for (const [key, value] of Object.entries(body)) {
      if (plainName(key) === name && Array.isArray(value) && isObject(value[0])) return describe(select('body', key), value)
    }
  }
  return null
}

function findLabels(scope: unknown, name: string): Place | null {
  if (!isObject(scope)) return null
  for (const wanted of LABEL_NAMES) {
    const entry = Object.entries(scope).find(([key, value]) => plainName(key) === wanted && isObject(value))
    if (entry !== undefined) return { expression: select(name, entry[0]), example: toLine(JSON.stringify(entry[1]), EXAMPLE_CHARS_MAX) }
  }
  return null
}

/** Level by level, so that what is near the top is listed first. */
function collect(root: unknown, name: string): Leaf[] {
  const leaves: Leaf[] = []
  let level: { readonly value: unknown; readonly expression: string; readonly name: string }[] = [
    { value: root, expression: name, name: '' },
  ]
  for (let depth = 0; depth <= DEPTH_MAX && leaves.length < PLACES_MAX; depth += 1) {
    const next: typeof level = []
    for (const { value, expression, name: own } of level) {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        leaves.push({ expression, name: own, depth, value })
      } else if (Array.isArray(value)) {
        if (value.length > 0) next.push({ value: value[0], expression: `${expression}[0]`, name: own })
      } else if (isObject(value)) {
        for (const [key, item] of Object.entries(value).slice(0, PLACES_MAX)) {
          next.push({ value: item, expression: select(expression, key), name: plainName(key) })
        }
      }
    }
    level = next.slice(0, PLACES_MAX * 2)
  }
  return leaves.slice(0, PLACES_MAX)
}

function toPlace(leaf: Leaf): Place {
  return { expression: leaf.expression, example: toLine(String(leaf.value).slice(0, EXAMPLE_CHARS_MAX * 2), EXAMPLE_CHARS_MAX) }
}

function plainName(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Words that CEL keeps for itself. Source: CEL language definition, section "Syntax", RESERVED (read 2026-11-24). */
const RESERVED = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true var void while'.split(' '),
)

function select(expression: string, key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && !RESERVED.has(key) ? `${expression}.${key}` : `${expression}[${JSON.stringify(key)}]`
}
