/** All that is wrong with a playbook folder, file by file and between the files. */
import type { PlaybookDigest } from '../id.ts'
import { asId } from '../id.ts'
import type { FindingCode } from '../playbook/finding-code.ts'
import type { FileFinding, Finding } from '../playbook/finding.ts'
import { type ParsedPlaybook, parsePlaybook } from '../playbook/parse.ts'
import { dutyRolesOf } from '../playbook/playbook.ts'
import { findNearest, suggest } from '../playbook/text.ts'
import { parseConnections, type ParsedConnections } from './connections.ts'
import { type ParsedOnCall, parseOnCall } from './parse.ts'

export const PLAYBOOK_FILE = 'playbook.yaml'
export const ONCALL_FILE = 'oncall.yaml'
export const CONNECTIONS_FILE = 'connections.yaml'

/** The texts of a folder; null where a file is not there. */
export interface FolderTexts {
  readonly playbook: string | null
  readonly onCall: string | null
  readonly connections: string | null
}

export interface LintedFolder {
  readonly playbook: ParsedPlaybook | null
  readonly onCall: ParsedOnCall
  readonly connections: ParsedConnections
  /** Of all files, each in its own order. */
  readonly findings: readonly FileFinding[]
}

export interface LintOptions {
  /** Of playbook.yaml; any text where only findings are wanted. */
  readonly digest?: PlaybookDigest
  /** `yyyy-mm-dd`; without it nothing is overdue. */
  readonly today?: string
}

/** Never throws. A missing playbook.yaml is a finding; the other two files may be missing. */
export function lintFolder(texts: FolderTexts, options: LintOptions = {}): LintedFolder {
  const playbook = texts.playbook === null ? null : parsePlaybook(texts.playbook, options.digest ?? asId<PlaybookDigest>(''))
  const onCall = parseOnCall(texts.onCall ?? '')
  const connections = parseConnections(texts.connections ?? '')
  const findings = [
    ...inFile(PLAYBOOK_FILE, playbook === null ? [MISSING] : [...playbook.findings, ...findOverdue(playbook, options.today)]),
    ...inFile(ONCALL_FILE, [
      ...onCall.findings,
      ...findRoleGaps(playbook, onCall, texts.onCall !== null),
      ...findLostChannels(onCall, connections),
    ]),
    ...inFile(CONNECTIONS_FILE, connections.findings),
  ]
  return { playbook, onCall, connections, findings }
}

const MISSING: Finding = {
  code: 'file-missing',
  severity: 'error',
  line: 1,
  column: 1,
  message: 'The folder has no playbook.yaml.',
  fix: 'Copy the one that ships with Tocsin, or import a document.',
  path: '',
}

function inFile(file: string, findings: readonly Finding[]): FileFinding[] {
  return findings.map((finding) => ({ file, ...finding })).sort((left, right) => left.line - right.line || left.column - right.column)
}

/** Dates as `yyyy-mm-dd` order as texts. The day itself is still in time. */
function findOverdue(parsed: ParsedPlaybook, today: string | undefined): Finding[] {
  const due = parsed.playbook?.metadata.nextReviewDue
  if (due === undefined || today === undefined || today <= due) return []
  const message = `The review of the playbook was due on ${due}.`
  const fix = 'Review it, then set last_review and next_review_due.'
  return [parsed.place({ code: 'review-overdue', severity: 'warning', path: ['metadata', 'next_review_due'], message, fix })]
}

/** Roles of the playbook without a schedule, and schedules for roles that the playbook does not name. */
function findRoleGaps(parsed: ParsedPlaybook | null, { onCall, place }: ParsedOnCall, fileIsThere: boolean): Finding[] {
  const playbook = parsed?.playbook ?? null
  if (playbook === null || onCall === null || !fileIsThere) return []
  const named = dutyRolesOf(playbook)
  const staffed = onCall.schedules.map((schedule) => schedule.role)
  const unstaffed = named.filter((role) => !staffed.includes(role))
  const warn = (code: FindingCode, path: readonly (string | number)[], message: string, fix: string): Finding =>
    place({ code, severity: 'warning', path, message, fix })
  return [
    ...unstaffed.map((role) => {
      const nearest = findNearest(
        role,
        staffed.filter((other) => !named.includes(other)),
      )
      const fix = nearest === null ? 'Add a schedule for it.' : `The schedule of "${nearest}" may be meant for it.`
      return warn('role-unstaffed', ['schedules'], `No schedule names who holds "${role}"; the owners do.`, fix)
    }),
    ...onCall.schedules.flatMap(({ role }, index) => {
      if (named.includes(role)) return []
      return [warn('schedule-unused', ['schedules', index, 'role'], `The playbook has no duty role "${role}".`, suggest(role, unstaffed))]
    }),
  ]
}

/** Channels of people by connections that are not there. */
function findLostChannels({ onCall, place }: ParsedOnCall, { connections }: ParsedConnections): Finding[] {
  if (onCall === null || connections === null) return []
  const known = connections.map((connection) => connection.name)
  return onCall.people.flatMap((person, index) =>
    person.channels.flatMap((channel, position) => {
      const name = channel.startsWith('webhook:') ? channel.slice('webhook:'.length) : null
      if (name === null || known.includes(name)) return []
      const message = `connections.yaml names no connection "${name}", so ${person.name} is not reached by it.`
      return [
        place({
          code: 'unknown-connection',
          severity: 'warning',
          path: ['people', index, 'channels', position],
          message,
          fix: suggest(name, known),
        }),
      ]
    }),
  )
}
