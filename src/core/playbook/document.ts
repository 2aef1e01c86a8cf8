/**
 * Reads one YAML file of the playbook folder into plain values and a map back to its lines. Whatever the text is, the
 * answer is values or findings with a line and a column: it never throws.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, Scalar, visit, type YAMLError } from 'yaml'
import { FINDING_ADVICE } from './finding-advice.ts'
import type { FindingCode } from './finding-code.ts'
import type { Finding, Path, Problem, TextEdit } from './finding.ts'

/** A playbook of 500 incident types is about 300 kB. In UTF-16 code units. */
export const FILE_CHARS_MAX = 1_000_000
/** References to one anchor, counted through one another; more is an attack or a mistake. */
export const ALIASES_MAX = 100
/** The language needs 8. */
const DEPTH_MAX = 32
/** Brackets that nothing closes, as prose may hold; the parser takes seconds for a hundred thousand of them. */
const OPEN_BRACKETS_MAX = 1_000
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
    // The parser reports what it finds. That it throws is not known to happen; were it so, the file is unreadable and no more.
    const message = `The YAML cannot be read: ${(error as Error).message}`
    return { data: undefined, findings: [atTop('yaml-syntax', message, LIKE_THE_EXAMPLE)], place: placeAtTop }
  }
}

function checkText(text: string): Finding | null {
  if (text.length > FILE_CHARS_MAX) {
    return atTop('file-too-large', `The file has ${text.length} characters; at most ${FILE_CHARS_MAX} are read.`, 'Split prose out of it.')
  }
  let depth = 0
  let open = 0
  for (const character of text) {
    if (character === '[' || character === '{') [depth, open] = [depth + 1, open + 1]
    else if (character === ']' || character === '}') [depth, open] = [Math.max(0, depth - 1), Math.max(0, open - 1)]
    else if (character === '\n') depth = Math.max(0, depth - 1)
    if (depth > 10 * DEPTH_MAX || open > OPEN_BRACKETS_MAX)
      return atTop('nested-too-deeply', 'Brackets are nested too deeply.', LIKE_THE_EXAMPLE)
  }
  return null
}

const LIKE_THE_EXAMPLE = 'Write it as the example playbook is written.'

function readDocument(text: string): YamlFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', stringKeys: true })
  const locate = locateIn(document)
  const place = (problem: Problem): Finding => placeIn(problem, locate, lines)
  const said = [...document.errors, ...document.warnings].slice(0, FINDINGS_MAX).map((error) => toFinding(error, lines, text))
  const syntax = [...new Map(said.map((finding) => [`${finding.code}:${finding.line}`, finding])).values()]
  const bad = [...syntax, ...findBadNodes(document, lines)]
  if (bad.some((finding) => finding.severity === 'error')) return { data: undefined, findings: bad, place }
  try {
    return { data: document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown, findings: bad, place }
  } catch (error) {
    return { data: undefined, findings: [...bad, tooManyAliases(document, lines, error as Error)], place }
  }
}

function tooManyAliases(document: Document, lines: LineCounter, error: Error): Finding {
  let offset = 0
  visit(document, {
    Alias(_key, node) {
      offset = node.range?.[0] ?? 0
      return visit.BREAK
    },
  })
  const { line, col } = lines.linePos(offset)
  const message = `Anchors are referred to more than ${ALIASES_MAX} times, counted through one another: ${error.message}.`
  return { code: 'anchors-explode', severity: 'error', line, column: col, message, fix: WRITE_OUT, path: '' }
}

const WRITE_OUT = 'Write the values out.'

const KNOWN_ERRORS: Readonly<Record<string, readonly [code: FindingCode, message: string, fix: string]>> = {
  RESOURCE_EXHAUSTION: ['nested-too-deeply', 'This is nested too deeply.', LIKE_THE_EXAMPLE],
  TAB_AS_INDENT: ['yaml-tab', 'A tab stands where YAML wants spaces.', 'Indent with spaces.'],
  DUPLICATE_KEY: ['duplicate-key', 'This key is in the map already.', 'Keep one of the two.'],
  MULTIPLE_DOCS: ['yaml-many-documents', 'The file holds more than one document.', 'Remove the second "---" or what follows it.'],
  TAG_RESOLVE_FAILED: ['yaml-tag', 'Tags are not read here.', 'Remove the tag: only text, numbers, lists and maps are read.'],
}

const QUOTE_IT = 'Correct the line; where a text is meant, put it in quotes.'
/** What to do about the other things that the parser may say. */
const SYNTAX_FIXES: Readonly<Record<string, string>> = {
  BAD_INDENT: 'Indent it as its neighbours are indented, or close the bracket above it.',
  BAD_DQ_ESCAPE: 'Use single quotes, in which a backslash is a backslash.',
  BLOCK_AS_IMPLICIT_KEY: 'Put the text in quotes: a colon and a space begin a value.',
  MULTILINE_IMPLICIT_KEY: 'Put the text in quotes, and a colon after each key.',
  MISSING_CHAR: 'Add what is missing, or put the text in quotes.',
}

/** The parser has several words for what a tab at the beginning of a line breaks. */
function isIndentedByTab(text: string, offset: number): boolean {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /^ *\t/.test(text.slice(start, start + INDENT_CHARS_MAX))
}
const INDENT_CHARS_MAX = 200

/** What the YAML parser says, in our codes; the common ones with what to do about them. */
function toFinding(error: YAMLError, lines: LineCounter, text: string): Finding {
  const { line, col } = lines.linePos(error.pos[0])
  const known = isIndentedByTab(text, error.pos[0]) ? KNOWN_ERRORS['TAB_AS_INDENT'] : KNOWN_ERRORS[error.code]
  const [code, message, fix] = known ?? ['yaml-syntax', `${error.message.replace(/\.$/, '')}.`, SYNTAX_FIXES[error.code] ?? QUOTE_IT]
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
        add(node, 'nested-too-deeply', 'error', 'This is nested too deeply.', LIKE_THE_EXAMPLE)
        return visit.BREAK
      }
      return undefined
    },
    Alias(_key, node, ancestors) {
      const target = node.resolve(document)
      if (target === undefined) add(node, 'anchors-explode', 'error', `No anchor above is called ${node.source}.`, WRITE_OUT)
      else if (ancestors.includes(target)) add(node, 'anchors-explode', 'error', `The anchor ${node.source} holds itself.`, WRITE_OUT)
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
        node = last && atKey ? key : pair.value
        offset = (node as Node | null)?.range?.[0] ?? key.range?.[0] ?? offset
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
  const edit = problem.replacement === undefined ? null : replaceText(node, problem.replacement)
  const { line, col } = lines.linePos(offset + (problem.offset === undefined ? 0 : offsetWithin(node, problem.offset)))
  const { code, severity, message } = problem
  const fix = problem.fix || FINDING_ADVICE[code]
  const place = { line: Math.max(line, 1), column: Math.max(col, 1) }
  return { code, severity, ...place, message, fix, path: problem.path.join('.'), ...(edit === null ? {} : { edit }) }
}

/** What stands between the quotes, if there are any; null where the text in the file is not the value itself. */
function replaceText(node: Node | null, replacement: string): TextEdit | null {
  if (!isScalar(node)) return null
  const at = textRange(node)
  const fits = node.type === Scalar.PLAIN ? PLAIN_TEXT.test(replacement) : !/['"\\\n]/.test(replacement)
  return at === null || !fits ? null : { ...at, text: replacement }
}

/** What needs no quotes wherever it stands. */
const PLAIN_TEXT = /^[A-Za-z0-9][\w %./-]*$/

/** A place within a text maps to the file only where the text stands there unchanged: on one line, with nothing escaped. */
function offsetWithin(node: Node | null, offset: number): number {
  const at = isScalar(node) ? textRange(node) : null
  return at === null ? 0 : at.offset - (node?.range?.[0] ?? 0) + offset
}

function textRange(node: Scalar): { readonly offset: number; readonly length: number } | null {
  if (typeof node.value !== 'string') return null
  const quote = node.type === Scalar.QUOTE_SINGLE || node.type === Scalar.QUOTE_DOUBLE ? 1 : 0
  const [start = 0, end = 0] = node.range ?? []
  const length = end - start - 2 * quote
  return length === node.value.length && (quote === 1 || node.type === Scalar.PLAIN) ? { offset: start + quote, length } : null
}

function atTop(code: FindingCode, message: string, fix: string): Finding {
  return { code, severity: 'error', line: 1, column: 1, message, fix, path: '' }
}

function placeAtTop(problem: Problem): Finding {
  const { code, severity, message } = problem
  const fix = problem.fix || FINDING_ADVICE[code]
  return { code, severity, line: 1, column: 1, message, fix, path: problem.path.join('.') }
}
