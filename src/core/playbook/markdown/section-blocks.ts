/** What each section of the document shows: the tables and lists of the template, drawn from the file. */
import type { PhrasingContent, RootContent } from 'mdast'
import { parseDuration } from '../duration.ts'
import type { PlaybookFile } from '../schema.ts'
import { listNode, tableNode, textNode, words } from './nodes.ts'
import { writeSeverities } from './phrase-severity.ts'
import { hintCondition, type DetectionFile, titleOfSource } from './read-detection.ts'
import { FIELD_NOTES, nameOfAddress } from './read-metadata.ts'
import type { SectionKey } from './vocabulary.ts'

type Cell = readonly PhrasingContent[]
type Item<Key extends keyof PlaybookFile> = NonNullable<PlaybookFile[Key]> extends readonly (infer One)[] ? One : never

/** Nothing where the file has no such section. @param file in its canonical form */
export function sectionBlocks(file: PlaybookFile, section: SectionKey): readonly (readonly RootContent[])[] {
  const nodes = DRAWN[section](file)
  return nodes.length === 0 ? [] : [nodes]
}

const DRAWN: Readonly<Record<SectionKey, (file: PlaybookFile) => RootContent[]>> = {
  metadata: ({ metadata }) => [metadataTable(metadata)],
  severities: ({ severities }) => [
    tableNode(
      ['Severity', 'Definition', 'Example', 'Initial Response Time', 'Roles Paged'],
      severities.map((row) => [
        bold(row.id),
        words(row.definition),
        words(row.example ?? ''),
        words(row.response_time),
        names(row.roles_paged),
      ]),
    ),
  ],
  lifecycle: ({ lifecycle = [] }) =>
    titledList(
      lifecycle.map((step) => [step.title, step.description ?? '']),
      true,
    ),
  incident_types: (file) => (file.incident_types.length === 0 ? [] : [typesTable(file)]),
  communication: (file) => (file.communication === undefined ? [] : [communicationTable(file.communication, file)]),
  roles: ({ roles }) => (roles === undefined ? [] : [rolesTable(roles)]),
  post_mortem: ({ post_mortem: rule }) => {
    if (rule?.sections === undefined) return []
    return [
      tableNode(
        ['Section', 'Description'],
        rule.sections.map((section) => [bold(section.title), words(section.description ?? '')]),
      ),
    ]
  },
  compliance: ({ compliance = [] }) =>
    titledList(
      compliance.map((row) => [row.title, row.text]),
      false,
    ),
}

function bold(text: string): Cell {
  return [{ type: 'strong', children: words(text) }]
}

function names(list: readonly string[]): Cell {
  return list.length === 0 ? [textNode('—')] : words(list.join(', '))
}

function metadataTable({ id, maintainer, last_review, next_review_due }: PlaybookFile['metadata']): RootContent {
  const { email, name } = maintainer
  const link: PhrasingContent = { type: 'link', url: `mailto:${email}`, children: [textNode(email)] }
  const who = name === undefined || name === nameOfAddress(email) ? [link] : [textNode(`${name} (`), link, textNode(')')]
  const rows: readonly (readonly [string, Cell])[] = [
    ['Playbook ID', [{ type: 'inlineCode', value: id }]],
    ['Maintainer', who],
    ['Last Review Date', words(last_review)],
    ['Next Review Due', words(next_review_due)],
  ]
  return tableNode(
    ['Field', 'Description', 'Value'],
    rows.map(([field, value]) => [bold(field), words(FIELD_NOTES[field] ?? ''), value]),
  )
}

function titledList(rows: readonly (readonly [title: string, text: string])[], ordered: boolean): RootContent[] {
  if (rows.length === 0) return []
  const items = rows.map(([title, text]) => [...bold(title), ...(text === '' ? [] : words(` – ${text}`))])
  return [listNode(items, ordered)]
}

function typesTable(file: PlaybookFile): RootContent {
  const ids = file.severities.map((row) => row.id)
  const extra = file.incident_types.some((type) => type.first_step !== undefined)
  const titles = [
    'Incident Type',
    'Severity',
    'Detection Signal',
    ...(extra ? ['First Step'] : []),
    'Immediate Mitigation',
    'Follow-Up Action',
  ]
  return tableNode(
    titles,
    file.incident_types.map((type) => [
      words(type.title),
      words(type.severity),
      detectionCell(type.detection ?? [], ids),
      ...(extra ? [words(type.first_step ?? '')] : []),
      steps(toList(type.immediate_mitigation).map((step) => (typeof step === 'string' ? step : step.title))),
      steps(toList(type.follow_up)),
    ]),
  )
}

/** Parted by semicolons, unless a step has one itself. */
function steps(list: readonly string[]): Cell {
  if (list.length === 0) return [textNode('—')]
  return words(list.join(list.some((step) => /[;\n]/.test(step)) ? '\n' : '; '))
}

function detectionCell(rules: readonly DetectionFile[], ids: readonly string[]): Cell {
  if (rules.length === 0) return [textNode('—')]
  return rules.flatMap((rule, index) => [...(index === 0 ? [] : [textNode(' or ')]), ...detection(rule, ids)])
}

/** "`API5xxAlarm`", "`drift_psi` > 0.2 from Grafana", "Sentry SEV-1", "`X` when `signal.value > 3.0`". */
function detection(rule: DetectionFile, ids: readonly string[]): PhrasingContent[] {
  const sources = toList(rule.sources)
  const hinted = ids.find((id) => hintCondition(id, ids) === rule.when)
  if (rule.alarm === undefined && sources.length > 0 && hinted !== undefined && rule.threshold === undefined) {
    return [...sourceList(sources), textNode(` ${hinted}`)]
  }
  const alarm: PhrasingContent[] = rule.alarm === undefined ? [] : [{ type: 'inlineCode', value: rule.alarm }]
  const parts: PhrasingContent[][] = [
    alarm,
    rule.threshold === undefined ? [] : [textNode(rule.threshold)],
    sources.length === 0 ? [] : [...(rule.alarm === undefined ? [] : [textNode('from ')]), ...sourceList(sources)],
    rule.when === undefined ? [] : [textNode('when '), { type: 'inlineCode', value: rule.when.replaceAll(/\s*\n\s*/g, ' ') }],
  ]
  return parts.filter((part) => part.length > 0).flatMap((part, index) => (index === 0 ? part : [textNode(' '), ...part]))
}

function sourceList(kinds: readonly string[]): PhrasingContent[] {
  return kinds.flatMap((kind, index): PhrasingContent[] => {
    const title = titleOfSource(kind)
    const shown: PhrasingContent = title === kind ? { type: 'inlineCode', value: kind } : textNode(title)
    return index === 0 ? [shown] : [textNode(' + '), shown]
  })
}

function communicationTable(rows: readonly Item<'communication'>[], file: PlaybookFile): RootContent {
  const ids = file.severities.map((row) => row.id)
  return tableNode(
    ['Audience', 'Channel', 'Frequency', 'Content'],
    rows.map((row) => [words(row.audience), words(toList(row.channels).join(' + ')), words(rhythm(row, ids)), words(row.content ?? '')]),
  )
}

/** "Real-time", "SEV-1 hourly", "SEV-1/2 30-min cadence". */
function rhythm({ frequency, severities }: Item<'communication'>, ids: readonly string[]): string {
  const often = parseDuration(frequency).kind === 'duration' ? `${frequency} cadence` : frequency
  if (severities === undefined) return often.charAt(0).toUpperCase() + often.slice(1)
  return `${writeSeverities(severities, ids)} ${often}`
}

function rolesTable(roles: readonly Item<'roles'>[]): RootContent {
  const withHolders = roles.some((role) => role.held_by !== undefined)
  const withChecklist = roles.some((role) => role.checklist !== undefined)
  const titles = ['Role', 'Responsibility', ...(withHolders ? ['May Be Held By'] : []), ...(withChecklist ? ['Checklist'] : [])]
  return tableNode(
    titles,
    roles.map((role) => [
      bold(role.title),
      words(role.responsibility),
      ...(withHolders ? [words(toList(role.held_by).join(', '))] : []),
      ...(withChecklist ? [words((role.checklist ?? []).join('\n'))] : []),
    ]),
  )
}

export function toList<One>(value: One | readonly One[] | undefined): readonly One[] {
  if (value === undefined) return []
  return Array.isArray(value) ? (value as readonly One[]) : [value as One]
}
