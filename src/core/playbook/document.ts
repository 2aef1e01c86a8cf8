/**
 * Reads one YAML file of the playbook folder into plain values and a map back to its lines. Whatever the text is, the
 * answer is values or findings with a line and a column: it never throws.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, Scalar, visit, type YAMLError } from 'yaml'
import type { FindingCode } from './finding-code.ts'
import type { Finding, Path, Problem } from './finding.ts'

/** A playbook of 500 incident types is about 300 kB. In UTF-16 code units. */
export const FILE_CHARS_MAX = 1_000_000
/** References to one anchor, counted through one another; more is an attack or a mistake. */
export const ALIASES_MAX = 100
/** The language needs 8. */
const DEPTH_MAX = 32
/** So many findings of one file are shown; a file with more is not read any better by a longer list. */
export const FINDINGS_MAX = 200

export interface YamlFile {
  /** JSON types only; undefined when the text could not be read. */
  readonly data: unknown
  readonly findings: readonly Finding[]
  readonly place: (problem: Problem) => Finding
}

type Locate = (path: Path, atKey: boolean) => { readonly offset: number; readonly node: Node | null }

/** @param text the file, decoded; a byte order mark is fine */
export function readYaml(text: string): YamlFile {
  const unreadable = checkText(text)
  if (unreadable !== null) return { data: undefined, findings: [unreadable], place: placeAtTop }
  try {
    return readDocument(text)
  } catch (error) {
    // The parser recurses: a file of brackets can exhaust the stack. Anything else here is as fatal to the file.
    const message = error instanceof RangeError ? 'It is nested too deeply.' : `The YAML cannot be read: ${(error as Error).message}`
    return {
      data: undefined,
      findings: [atTop('yaml-unreadable', message, 'Write it as the example playbook is written.')],
      place: placeAtTop,
    }
  }
}

function checkText(text: string): Finding | null {
  if (text.length > FILE_CHARS_MAX) {
    return atTop('file-too-large', `The file has ${text.length} characters; at most ${FILE_CHARS_MAX} are read.`, 'Split prose out of it.')
  }
  let depth = 0
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1
    else if (character === '\n' || character === ']' || character === '}') depth = Math.max(0, depth - 1)
    if (depth > 10 * DEPTH_MAX)
      return atTop('nested-too-deeply', 'Brackets are nested too deeply.', 'Write it as the example playbook is written.')
  }
  return null
}

function readDocument(text: string): YamlFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', stringKeys: true })
  const locate = locateIn(document)
  const place = (problem: Problem): Finding => placeIn(problem, locate, lines)
  const syntax = [...document.errors, ...document.warnings].slice(0, FINDINGS_MAX).map((error) => toFinding(error, lines))
  const bad = [...syntax, ...findBadNodes(document, lines)]
  if (bad.some((finding) => finding.severity === 'error')) return { data: undefined, findings: bad, place }
  try {
    return { data: document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown, findings: bad, place }
  } catch (error) {
    const message = `An anchor is used too often or is not there: ${(error as Error).message}.`
    return { data: undefined, findings: [...bad, atTop('anchors-explode', message, 'Write the values out.')], place }
  }
}

const KNOWN_ERRORS: Readonly<Record<string, readonly [code: FindingCode, message: string, fix: string]>> = {
  TAB_AS_INDENT: ['yaml-tab', 'A tab stands where YAML wants spaces.', 'Indent with spaces.'],
  DUPLICATE_KEY: ['duplicate-key', 'This key is in the map already.', 'Keep one of the two.'],
  MULTIPLE_DOCS: ['yaml-many-documents', 'The file holds more than one document.', 'Remove the second "---" or what follows it.'],
  TAG_RESOLVE_FAILED: ['yaml-tag', 'Tags are not read here.', 'Remove the tag: only text, numbers, lists and maps are read.'],
}

/** What the YAML parser says, in our codes; the common ones with what to do about them. */
function toFinding(error: YAMLError, lines: LineCounter): Finding {
  const { line, col } = lines.linePos(error.pos[0])
  const [code, message, fix] = KNOWN_ERRORS[error.code] ?? ['yaml-syntax', `${error.message.replace(/\.$/, '')}.`, '']
  return { code, severity: 'error', line: Math.max(line, 1), column: Math.max(col, 1), message, fix, path: '' }
}

/** Things that are valid YAML and yet never meant, or that no database takes. */
function findBadNodes(document: Document, lines: LineCounter): Finding[] {
  const findings: Finding[] = []
  const add = (node: Node, code: FindingCode, severity: 'error' | 'warning', message: string, fix: string): void => {
    const { line, col } = lines.linePos(node.range?.[0] ?? 0)
    if (findings.length < FINDINGS_MAX) findings.push({ code, severity, line, column: col, message, fix, path: '' })
  }
  if (document.directives?.yaml.version === '1.1') {
    const fix = 'Remove the line: YAML 1.2 is read, where "no" and "12:30" are texts.'
    findings.push(atTop('yaml-directive', 'The file asks for YAML 1.1.', fix))
  }
  let tooDeep = false
  visit(document, {
    Node(_key, node, ancestors) {
      // A pair lies between each map and its value.
      if (!tooDeep && ancestors.length > 2 * DEPTH_MAX) {
        tooDeep = true
        add(node, 'nested-too-deeply', 'error', 'This is nested too deeply.', 'Write it as the example playbook is written.')
        return visit.BREAK
      }
      return undefined
    },
    Alias(_key, node, ancestors) {
      const target = node.resolve(document)
      if (target !== undefined && ancestors.includes(target)) {
        add(node, 'anchors-explode', 'error', `The anchor ${node.source} holds itself.`, 'Write the values out.')
      }
    },
    Scalar(_key, node) {
      if (typeof node.value === 'string' && !isStorable(node.value)) {
        add(node, 'bad-character', 'error', 'This text holds a character that cannot be stored: NUL or half of a pair.', 'Remove it.')
      }
      if (node.type === Scalar.PLAIN && node.comment !== undefined && node.comment !== null && /^\S/.test(node.comment)) {
        const lost = node.comment.split('\n')[0] ?? ''
        add(
          node,
          'comment-cuts-text',
          'warning',
          `YAML reads "#${lost}" as a comment, not as text.`,
          'Put the whole text in quotes, or a space after "#".',
        )
      }
    },
  })
  return findings
}

function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed()
}

/** Walks down as far as the path can be followed, so that a missing key is shown at the map that lacks it. */
function locateIn(document: Document): Locate {
  return (path, atKey) => {
    let node: unknown = document.contents
    let offset = (node as Node | null)?.range?.[0] ?? 0
    for (const [index, part] of path.entries()) {
      if (isAlias(node)) node = node.resolve(document)
      const last = index === path.length - 1
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part))
        if (pair === undefined) return { offset, node: null }
        const key = pair.key as Node
        node = pair.value
        offset = (last && atKey ? undefined : (pair.value as Node | null)?.range?.[0]) ?? key.range?.[0] ?? offset
      } else if (isSeq(node)) {
        const item = node.items[Number(part)] as Node | undefined
        if (item === undefined) return { offset, node: null }
        node = item
        offset = item.range?.[0] ?? offset
      } else return { offset, node: null }
    }
    return { offset, node: node as Node | null }
  }
}

function placeIn(problem: Problem, locate: Locate, lines: LineCounter): Finding {
  const { offset, node } = locate(problem.path, problem.atKey === true)
  const { line, col } = lines.linePos(offset + (problem.offset === undefined ? 0 : offsetWithin(node, problem.offset)))
  const { code, severity, message, fix } = problem
  return { code, severity, line: Math.max(line, 1), column: Math.max(col, 1), message, fix, path: problem.path.join('.') }
}

/** A place within a text maps to the file only where the text stands there unchanged: on one line, with nothing escaped. */
function offsetWithin(node: Node | null, offset: number): number {
  if (!isScalar(node) || typeof node.value !== 'string') return 0
  const quote = node.type === Scalar.QUOTE_SINGLE || node.type === Scalar.QUOTE_DOUBLE ? 1 : 0
  const length = (node.range?.[1] ?? 0) - (node.range?.[0] ?? 0) - 2 * quote
  return length === node.value.length && (quote === 1 || node.type === Scalar.PLAIN) ? quote + offset : 0
}

function atTop(code: FindingCode, message: string, fix: string): Finding {
  return { code, severity: 'error', line: 1, column: 1, message, fix, path: '' }
}

function placeAtTop(problem: Problem): Finding {
  const { code, severity, message, fix } = problem
  return { code, severity, line: 1, column: 1, message, fix, path: problem.path.join('.') }
}
