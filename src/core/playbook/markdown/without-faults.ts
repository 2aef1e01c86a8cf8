/**
 * Takes out of an imported file what lint would refuse: a name that is too long, two rows of one id. The file that an
 * import writes takes effect as it is; what was taken out is told, and kept as prose.
 */
import { asId, type PlaybookDigest } from '../../id.ts'
import type { Finding } from '../finding.ts'
import { parsePlaybook } from '../parse.ts'
import type { PlaybookFile } from '../schema.ts'
import { type Desk, tell } from './desk.ts'
import { TOP } from './note.ts'
import { joinBlocks, writeMarkdown } from './prose.ts'
import { writePlaybook } from './write-yaml.ts'

/** Each pass takes out at least one thing; a document that needs more is not made better by it. */
const PASSES_MAX = 200

export function withoutFaults(file: PlaybookFile, desk: Desk): { readonly file: PlaybookFile; readonly yaml: string } {
  let current = file
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const yaml = writePlaybook(current)
    const fault = parsePlaybook(yaml, asId<PlaybookDigest>('')).findings.find((finding) => finding.severity === 'error')
    if (fault === undefined) return { file: current, yaml }
    current = takeOut(current, fault, desk)
  }
  const standIn = {
    ...STAND_IN,
    metadata: { ...STAND_IN.metadata, id: `IRP-${desk.today}`, last_review: desk.today, next_review_due: desk.today },
  }
  return { file: standIn, yaml: writePlaybook(standIn) }
}

const STAND_IN: PlaybookFile = {
  metadata: { id: '', maintainer: { email: 'owner@localhost' }, last_review: '', next_review_due: '' },
  severities: [{ id: 'SEV-1', definition: 'Every incident', response_time: '15 min', roles_paged: ['On-call engineer'] }],
  default_severity: 'SEV-1',
  incident_types: [],
}

type Json = Record<string, unknown>

/** The nearest row of a list that holds the fault goes; where that would empty a list that must be there, a stand-in comes. */
function takeOut(file: PlaybookFile, fault: Finding, desk: Desk): PlaybookFile {
  const parts = fault.path.split('.').filter((part) => part !== '')
  const copy = JSON.parse(JSON.stringify(file)) as Json
  const taken = removeAt(copy, parts)
  const shown = typeof taken === 'string' ? taken : JSON.stringify(taken ?? '')
  tell(desk, 'refused', TOP, fault.path, shown, `${fault.message} ${fault.fix}`.trim())
  const text = writeMarkdown({ type: 'paragraph', children: [{ type: 'text', value: shown.slice(0, 10_000) }] })
  const next = mend({ ...(copy as unknown as PlaybookFile) })
  const prose = next.prose ?? []
  if (parts[0] === 'prose' || shown === '') return next
  const last = prose.at(-1)
  if (last?.title === LEFT_TITLE) return { ...next, prose: [...prose.slice(0, -1), { ...last, text: joinBlocks([last.text ?? '', text]) }] }
  return { ...next, prose: [...prose, { after: 'compliance', title: LEFT_TITLE, text }] }
}

const LEFT_TITLE = 'What could not be imported'

/** @returns what was there */
function removeAt(root: Json, path: readonly string[]): unknown {
  let parent: unknown = root
  let holder: { list: unknown[] | Json; key: string } | null = null
  for (const part of path) {
    if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, part)) break
    // A place in a list, or a key of the file itself: smaller parts are seldom of use without the rest.
    if (Array.isArray(parent) || parent === root) holder = { list: parent as unknown[] | Json, key: part }
    parent = (parent as Json)[part]
  }
  if (holder === null) {
    const taken = { ...root }
    for (const key of Object.keys(root)) delete root[key]
    return taken
  }
  const taken = (holder.list as Json)[holder.key]
  if (Array.isArray(holder.list)) holder.list.splice(Number(holder.key), 1)
  else delete holder.list[holder.key]
  return taken
}

/** What every file must have. */
function mend(file: Partial<PlaybookFile>): PlaybookFile {
  const severities = (file.severities ?? []).length === 0 ? STAND_IN.severities : (file.severities ?? [])
  const ids = severities.map((row) => row.id)
  const fallback = file.default_severity !== undefined && ids.includes(file.default_severity) ? file.default_severity : (ids[0] ?? '')
  return {
    ...file,
    metadata: file.metadata ?? { ...STAND_IN.metadata, id: 'IRP', last_review: '1970-01-01', next_review_due: '1970-01-01' },
    severities,
    default_severity: fallback,
    incident_types: (file.incident_types ?? []).map((type) => (ids.includes(type.severity) ? type : { ...type, severity: fallback })),
  }
}
