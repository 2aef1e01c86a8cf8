/** What a text of playbook.yaml would do, without saving it: its findings, and what it changes. Runs in a thread of its own. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { asId, type PlaybookDigest } from '../../core/id.ts'
import { type FolderTexts, lintFolder, PLAYBOOK_FILE } from '../../core/oncall/lint.ts'
import { diffFolders, type FileChange, placesOf } from '../../core/playbook/diff/folder.ts'
import type { FileFinding } from '../../core/playbook/finding.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import type { Instant } from '../../core/time.ts'
import { digestOf } from './folder.ts'

export interface CheckAsked {
  readonly kind: 'check'
  /** Of the folder, with the text to be checked as its playbook. */
  readonly texts: FolderTexts & { readonly playbook: string }
  /** The text in force. */
  readonly base: string
  readonly now: Instant
}

export interface Checked {
  readonly kind: 'checked'
  readonly digest: string
  readonly findings: readonly FileFinding[]
  /** Against the text in force; empty when the text has errors. */
  readonly changes: readonly FileChange[]
  readonly playbook: Playbook | null
}

export interface CompareAsked {
  readonly kind: 'compare'
  readonly before: string
  readonly after: string
}

export interface Compared {
  readonly kind: 'compared'
  /** Null where one of the two cannot be read by this release. */
  readonly changes: readonly FileChange[] | null
  readonly patch: string
}

export type Asked = CheckAsked | CompareAsked
export type Answer = Checked | Compared

/** Longer comparisons of lines are given up for one that replaces the whole text. */
const PATCH_MS_MAX = 2_000

export function answer(asked: Asked): Answer {
  return asked.kind === 'check' ? check(asked) : compare(asked)
}

function check({ texts, base, now }: CheckAsked): Checked {
  const digest = digestOf(texts.playbook)
  const linted = lintFolder(texts, { digest: asId<PlaybookDigest>(digest), now })
  const playbook = linted.playbook?.playbook ?? null
  const changes = compareTexts(base, texts.playbook)
  return { kind: 'checked', digest, findings: linted.findings, changes: changes ?? [], playbook }
}

function compare({ before, after }: CompareAsked): Compared {
  return { kind: 'compared', changes: compareTexts(before, after), patch: makePatch(before, after) }
}

/** Of playbook.yaml alone: schedules and connections have no versions. */
function compareTexts(before: string, after: string): readonly FileChange[] | null {
  const [was, is] = [lintFolder({ playbook: before, ...NO_OTHERS }), lintFolder({ playbook: after, ...NO_OTHERS })]
  const [old, fresh] = [was.playbook?.playbook ?? null, is.playbook?.playbook ?? null]
  if (old === null || fresh === null) return null
  const alone = { onCall: null, connections: null }
  return diffFolders(
    { playbook: old, ...alone },
    { playbook: fresh, ...alone },
    { from: null, places: { before: placesOf(was), after: placesOf(is) } },
  )
}
const NO_OTHERS = { onCall: null, connections: null }

/** A unified diff that `git apply` and `patch -p1` take in the playbook folder; empty where nothing differs. */
export function makePatch(before: string, after: string): string {
  if (before === after) return ''
  const names = [`a/${PLAYBOOK_FILE}`, `b/${PLAYBOOK_FILE}`] as const
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY }
  const patch = createTwoFilesPatch(...names, before, after, undefined, undefined, { ...options, timeout: PATCH_MS_MAX })
  return patch ?? replaceAll(names, before, after)
}

/** Takes away every line and puts in every other: true, if long. */
function replaceAll([from, to]: readonly [string, string], before: string, after: string): string {
  const [removed, added] = [signed(before, '-'), signed(after, '+')]
  const place = `@@ -1,${countLines(removed)} +1,${countLines(added)} @@`
  return [`--- ${from}`, `+++ ${to}`, place, ...removed, ...added, ''].join('\n')
}

const NO_END = '\\ No newline at end of file'

function signed(text: string, sign: string): string[] {
  const lines = text.split('\n')
  const isEnded = lines.at(-1) === ''
  const all = (isEnded ? lines.slice(0, -1) : lines).map((line) => `${sign}${line}`)
  return isEnded ? all : [...all, NO_END]
}

function countLines(lines: readonly string[]): number {
  return lines.filter((line) => line !== NO_END).length
}
