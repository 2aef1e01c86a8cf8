/** Where in playbook.yaml something is said: the path, its line, and the line's own words. */
import { toLine } from '../../alert/text.ts'
import { asId, type PlaybookDigest } from '../../id.ts'
import type { Path } from '../finding.ts'
import { type ParsedPlaybook, parsePlaybook } from '../parse.ts'

export interface Clause {
  /** Keys from the top of the file, such as `severities.0.roles_paged`. */
  readonly path: string
  /** From 1; null where the file says nothing and the language's default counts, or where the text is not known. */
  readonly line: number | null
  readonly column: number | null
  /** The line as it stands in the file, trimmed; empty with a null line. */
  readonly quote: string
}

export interface Clauses {
  /** The first of these paths that leads to something in the file, else the first without a line. */
  readonly find: (...paths: readonly [Path, ...Path[]]) => Clause
}

const QUOTE_CHARS_MAX = 200
const NO_DIGEST = asId<PlaybookDigest>('')

/**
 * @param text of playbook.yaml; null: lines are not known
 * @param parsed the same text, where it has been parsed already; a file of an older language has its lines as it is written
 */
export function openClauses(text: string | null, parsed?: Pick<ParsedPlaybook, 'file' | 'place'>): Clauses {
  if (text === null) return { find: (path) => nowhere(path) }
  const { file, place } = parsed ?? parsePlaybook(text, NO_DIGEST)
  const lines = text.split('\n')
  const known = new Map<string, Clause>()
  const locate = (path: Path): Clause => {
    const { line, column } = place({ code: 'wrong-value', severity: 'warning', path, message: '', fix: '' })
    return { path: path.join('.'), line, column, quote: toLine(lines[line - 1] ?? '', QUOTE_CHARS_MAX) }
  }
  return {
    find: (...paths) => {
      const path = paths.find((candidate) => leadsTo(file, candidate))
      if (path === undefined) return nowhere(paths[0])
      const key = path.join('\u0000')
      const found = known.get(key) ?? locate(path)
      known.set(key, found)
      return found
    },
  }
}

function nowhere(path: Path): Clause {
  return { path: path.join('.'), line: null, column: null, quote: '' }
}

function leadsTo(data: unknown, path: Path): boolean {
  let value = data
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return false
    value = (value as Record<string | number, unknown>)[part]
  }
  return path.length > 0
}
