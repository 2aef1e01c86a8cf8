/** One form for files that mean the same: what is as it would be anyway is left out, one of many is written as one. */
import { automaticOf } from '../build-correlation.ts'
import { DEFAULT_ESCALATION } from '../build-escalation.ts'
import { parseDuration } from '../duration.ts'
import { type PlaybookFile, SCHEMA_VERSION } from '../schema.ts'
import { normalizeName, toSlug } from '../text.ts'
import { DEFAULT_TITLE, unusualSections } from './section-titles.ts'

type Item<Key extends keyof PlaybookFile> = NonNullable<PlaybookFile[Key]> extends readonly (infer One)[] ? One : never

const DEFAULT_QUIET = '5 min'
const DEFAULT_NEW_INCIDENTS = 20

/** Builds to an equal playbook, whatever the file is; done twice it changes nothing. */
export function canonical(file: PlaybookFile): PlaybookFile {
  const severities = file.severities.map((row) =>
    withoutEmpty({
      ...row,
      id: normalizeName(row.id),
      acknowledgement: unless(row.acknowledgement, 'each'),
      example: unless(row.example, ''),
      notify: filled(row.notify),
      urgency: unless(row.urgency, 'high'),
      quiet_hours: unless(row.quiet_hours, 'ignored'),
      first_page: unless(row.first_page, 'one_channel'),
      roles_paged: row.roles_paged.map(normalizeName),
    }),
  )
  const ids = severities.map((row) => row.id)
  const paging = severities.filter((row) => row.roles_paged.length > 0).map((row) => row.id)
  return withoutEmpty({
    ...file,
    schema_version: unless(file.schema_version, SCHEMA_VERSION),
    metadata: canonicalMetadata(file.metadata),
    severities,
    default_severity: normalizeName(file.default_severity),
    escalation: isEqual(file.escalation, DEFAULT_ESCALATION) ? undefined : file.escalation,
    lifecycle: filled(file.lifecycle?.map((step) => withoutEmpty({ ...step, description: unless(step.description, '') }))),
    resolution: nonEmpty(
      file.resolution &&
        withoutEmpty({
          ...file.resolution,
          quiet: unless(file.resolution.quiet, DEFAULT_QUIET),
          ...canonicalEnds(file),
        }),
    ),
    incident_types: file.incident_types.map((type) => canonicalType(type, (file.grouping?.by ?? []).length > 0)),
    communication: filled(file.communication?.map((row) => canonicalCommunication(row, ids))),
    roles: filled(file.roles?.map(canonicalRole)),
    post_mortem: canonicalPostMortem(file.post_mortem, paging),
    compliance: filled(file.compliance?.map((row) => withoutEmpty({ ...row, id: unless(row.id, toSlug(row.title)) }))),
    pass_criteria: filled(file.pass_criteria),
    limits: nonEmpty(
      file.limits &&
        withoutEmpty({ ...file.limits, new_incidents_per_minute: unless(file.limits.new_incidents_per_minute, DEFAULT_NEW_INCIDENTS) }),
    ),
    grouping: nonEmpty(file.grouping && withoutEmpty({ ...file.grouping, by: filled(file.grouping.by) })),
    heartbeats: filled(
      file.heartbeats?.map((row) => withoutEmpty({ ...row, description: unless(row.description, ''), labels: nonEmpty(row.labels) })),
    ),
    muting: canonicalMuting(file.muting, ids[0]),
    inhibition: filled(file.inhibition?.map((rule) => withoutEmpty({ ...rule, equal: filled(rule.equal) }))),
    document: canonicalDocument(file.document),
    prose: filled(
      file.prose?.map((entry) =>
        withoutEmpty({
          ...entry,
          text: unless(entry.text, ''),
          after: entry.before === undefined ? (entry.after ?? 'compliance') : undefined,
        }),
      ),
    ),
  })
}

function canonicalMetadata(metadata: PlaybookFile['metadata']): PlaybookFile['metadata'] {
  const { maintainer } = metadata
  const email = maintainer.email.toLowerCase()
  return {
    ...metadata,
    id: normalizeName(metadata.id),
    maintainer: withoutEmpty({ ...maintainer, name: maintainer.name ?? maintainer.email, email }),
    last_review: normalizeName(metadata.last_review),
    next_review_due: normalizeName(metadata.next_review_due),
  }
}

/** @param grouped an empty list of labels takes those of `grouping` away, and so says something */
function canonicalType(type: Item<'incident_types'>, grouped: boolean): Item<'incident_types'> {
  const steps = toList(type.immediate_mitigation).map((step) =>
    typeof step !== 'string' && isEqual(Object.keys(step), ['title']) ? step.title : step,
  )
  const first = steps[0]
  return withoutEmpty({
    ...type,
    id: unless(type.id, toSlug(type.title)),
    severity: normalizeName(type.severity),
    detection: filled(
      type.detection?.map((rule) => withoutEmpty({ ...rule, sources: oneOf(rule.sources?.length === 0 ? undefined : rule.sources) })),
    ),
    group_by: grouped ? type.group_by : filled(type.group_by),
    first_step: unless(type.first_step, (typeof first === 'string' ? first : first?.title) ?? ''),
    immediate_mitigation: oneOf(filled(steps)),
    follow_up: oneOf(filled(toList(type.follow_up))),
  })
}

function canonicalCommunication(row: Item<'communication'>, ids: readonly string[]): Item<'communication'> {
  const severities = row.severities?.map(normalizeName)
  const frequency = normalizeName(row.frequency).toLowerCase()
  const named = {
    'real-time': 'real-time',
    'real time': 'real-time',
    realtime: 'real-time',
    hourly: 'hourly',
    daily: 'daily',
    weekly: 'weekly',
  }
  return withoutEmpty({
    ...row,
    channels: oneOf(row.channels) ?? row.channels,
    severities: isEqual(severities, ids) ? undefined : severities,
    frequency: Object.hasOwn(named, frequency) ? named[frequency as keyof typeof named] : row.frequency,
    content: unless(row.content, ''),
  })
}

function canonicalRole(role: Item<'roles'>): Item<'roles'> {
  const heldBy = toList(role.held_by).map(normalizeName)
  return withoutEmpty({
    ...role,
    id: unless(role.id, toSlug(role.title)),
    checklist: filled(role.checklist),
    held_by: oneOf(filled(heldBy)),
  })
}

function canonicalPostMortem(rule: PlaybookFile['post_mortem'], paging: readonly string[]): PlaybookFile['post_mortem'] {
  if (rule === undefined) return undefined
  const severities = rule.severities?.map(normalizeName)
  const sections = rule.sections?.map((section) => withoutEmpty({ ...section, description: unless(section.description, '') }))
  const whole = withoutEmpty({ ...rule, severities: isEqual(severities, paging) ? undefined : severities, sections: filled(sections) })
  return Object.keys(whole).length === 1 && rule.within === '48 h' ? undefined : whole
}

/** Which severities end by themselves: only what differs from what it is where nothing is said. */
function canonicalEnds(file: PlaybookFile): Pick<NonNullable<PlaybookFile['resolution']>, 'automatic' | 'propose'> {
  const automatic = file.resolution?.automatic?.map(normalizeName)
  const propose = (file.resolution?.propose ?? []).map(normalizeName)
  const usual = usualAutomatic(file)
  const meant = automatic ?? usual.filter((id) => !propose.includes(id))
  return { automatic: isEqual(meant, usual) ? undefined : meant, propose: undefined }
}

/** As the engine does where `resolution` says nothing. */
export function usualAutomatic(file: PlaybookFile): string[] {
  const rows = file.severities.map((row) => {
    const reading = parseDuration(row.response_time)
    return { id: normalizeName(row.id), responseMs: reading.kind === 'duration' ? reading.ms : 0 }
  })
  return automaticOf(rows, [])
}

function canonicalMuting(muting: PlaybookFile['muting'], first: string | undefined): PlaybookFile['muting'] {
  if (muting === undefined) return undefined
  const required = muting.reason_required?.map(normalizeName)
  return nonEmpty(
    withoutEmpty({
      ...muting,
      reason_required: isEqual(required, [first]) ? undefined : required,
      max: unless(muting.max, '24 h'),
      never: filled(muting.never?.map(normalizeName)),
      notice_before: unless(muting.notice_before, '15 min'),
    }),
  )
}

function canonicalDocument(document: PlaybookFile['document']): PlaybookFile['document'] {
  if (document === undefined) return undefined
  const named = document.sections ?? []
  const isWhole = new Set(named.map(({ section }) => section)).size === named.length
  const sections = isWhole ? unusualSections(named) : named
  return nonEmpty(withoutEmpty({ ...document, title: unless(document.title, DEFAULT_TITLE), sections: filled(sections) }))
}

function toList<One>(value: One | readonly One[] | undefined): One[] {
  if (value === undefined) return []
  return Array.isArray(value) ? [...(value as readonly One[])] : [value as One]
}

function oneOf<One>(value: One | One[] | undefined): One | One[] | undefined {
  return Array.isArray(value) && value.length === 1 ? value[0] : value
}

function unless<Value>(value: Value | undefined, usual: Value): Value | undefined {
  return value === usual ? undefined : value
}

function filled<One>(list: One[] | undefined): One[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list
}

function nonEmpty<Value extends object>(value: Value | undefined): Value | undefined {
  return value === undefined || Object.keys(value).length === 0 ? undefined : value
}

/** Without the keys that hold nothing: a file has no such thing. */
function withoutEmpty<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Value
}

/** Maps whose keys people choose: their order is seen, in what is shown first. */
export const ORDERED: ReadonlySet<string> = new Set(['thresholds', 'labels', 'response_times'])

/** Of JSON values; the order of keys is a difference only where people choose them. @param key under which both stand */
export function isEqual(left: unknown, right: unknown, key = ''): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) !== Array.isArray(right)) return false
  if (ORDERED.has(key)) return JSON.stringify(left) === JSON.stringify(right)
  const [ours, theirs] = [Object.entries(left), Object.entries(right)]
  return (
    ours.length === theirs.length &&
    ours.every(([name, value]) => Object.hasOwn(right, name) && isEqual(value, (right as Record<string, unknown>)[name], name))
  )
}
