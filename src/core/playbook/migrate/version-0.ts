/**
 * Version 0 of the language: the form of early drafts, which was never released. It is read so that the way from version to
 * version is there, and tested, from the first release on. docs/lint.md lists its keys.
 */
import { type Document, isMap, isScalar, isSeq, Scalar, type YAMLMap } from 'yaml'
import type { TextEdit } from '../finding.ts'

/** A file without a version is one of these when it has this key: no later version knows it. */
export const VERSION_0_KEY = 'severity_matrix'

type Names = Readonly<Record<string, string>>

const TOP: Names = {
  playbook: 'metadata',
  [VERSION_0_KEY]: 'severities',
  unclassified: 'default_severity',
  incidents: 'incident_types',
  communication_plan: 'communication',
  responsibilities: 'roles',
}
const METADATA: Names = { last_reviewed: 'last_review', review_due: 'next_review_due' }
/** By section, what the keys of its rows are called now. */
const ROWS: readonly (readonly [section: string, names: Names])[] = [
  [VERSION_0_KEY, { severity: 'id', response: 'response_time', page: 'roles_paged' }],
  ['incidents', { incident: 'title', mitigation: 'immediate_mitigation' }],
  ['communication_plan', { channel: 'channels' }],
  ['responsibilities', { role: 'title' }],
]

/** What must be written otherwise; none of it adds or takes away a line. What is not understood is left as it stands. */
export function editsFromVersion0(document: Document, text: string): TextEdit[] {
  const top = document.contents
  if (!isMap(top)) return []
  const metadata = top.get('playbook', true)
  const incidents = rowsOf(top, 'incidents')
  return [
    ...replaceValue(top, 'schema_version', () => '1', text),
    ...(isMap(metadata)
      ? [...rename(metadata, METADATA), ...replaceValue(metadata, 'maintainer', (value) => `{ email: ${value} }`, text)]
      : []),
    ...ROWS.flatMap(([section, names]) => rowsOf(top, section).flatMap((row) => rename(row, names))),
    ...incidents.flatMap((row) => {
      if (row.has('detection')) return []
      const wrapped = replaceValue(row, 'signal', (value) => `[{ alarm: ${value} }]`, text)
      return wrapped.length === 0 ? [] : [...wrapped, ...rename(row, { signal: 'detection' })]
    }),
    ...rename(top, TOP),
  ]
}

function rowsOf(top: YAMLMap, section: string): YAMLMap[] {
  const rows = top.get(section, true)
  return isSeq(rows) ? rows.items.filter((row): row is YAMLMap => isMap(row)) : []
}

/** Never onto a key that is there already: two of one name would be worse than one that is not known. */
function rename(map: YAMLMap, names: Names): TextEdit[] {
  return map.items.flatMap(({ key }) => {
    if (!isScalar(key) || typeof key.value !== 'string' || !Object.hasOwn(names, key.value)) return []
    const name = names[key.value] ?? ''
    const [offset = 0, end = 0] = key.range ?? []
    return map.has(name) ? [] : [{ offset, length: end - offset, text: name }]
  })
}

/** Of a text or number on one line; it keeps its quotes, and gets some where brackets around it would change it. */
function replaceValue(map: YAMLMap, key: string, write: (value: string) => string, text: string): TextEdit[] {
  const node = map.get(key, true)
  if (!isScalar(node) || node.type === Scalar.BLOCK_FOLDED || node.type === Scalar.BLOCK_LITERAL) return []
  const [offset = 0, end = 0] = node.range ?? []
  const written = text.slice(offset, end)
  if (written === '' || written.includes('\n')) return []
  const needsQuotes = node.type === Scalar.PLAIN && /[[\]{},]/.test(written)
  return [{ offset, length: end - offset, text: write(needsQuotes ? JSON.stringify(written) : written) }]
}
