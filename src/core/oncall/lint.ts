/** All that is wrong with a playbook folder, file by file and between the files. */
import type { PlaybookDigest } from '../id.ts'
import { asId } from '../id.ts'
import type { FileFinding, Finding } from '../playbook/finding.ts'
import { reviewOf } from '../playbook/review.ts'
import { type ParsedPlaybook, parsePlaybook } from '../playbook/parse.ts'
import type { Instant } from '../time.ts'
import { parseConnections, type ParsedConnections } from './connections.ts'
import { findLostSecrets, findMissingChannels, findPowerlessActions, findUnreachedPeople, type Surroundings } from './lint-reach.ts'
import { findLonelySteps, findRoleGaps, findStaffingGaps } from './lint-staffing.ts'
import { findUnfitWays } from './lint-ways.ts'
import { type ParsedOnCall, parseOnCall } from './parse.ts'

export const PLAYBOOK_FILE = 'playbook.yaml'
export const ONCALL_FILE = 'oncall.yaml'
export const CONNECTIONS_FILE = 'connections.yaml'

/** How far ahead schedules are looked at, in days. */
export const LOOK_AHEAD_DAYS = 90

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
  /** Without it nothing is overdue and no schedule is looked at. */
  readonly now?: Instant
  /** How far ahead schedules are looked at; LOOK_AHEAD_DAYS when left out. */
  readonly days?: number
  /** Without it nothing is said of mail and secrets, which are where the server runs. */
  readonly surroundings?: Surroundings
}

/** Never throws. A missing playbook.yaml is a finding; the other two files may be missing. */
export function lintFolder(texts: FolderTexts, options: LintOptions = {}): LintedFolder {
  const playbook = texts.playbook === null ? null : parsePlaybook(texts.playbook, options.digest ?? asId<PlaybookDigest>(''))
  const onCall = parseOnCall(texts.onCall ?? '')
  const connections = parseConnections(texts.connections ?? '')
  const { now, days = LOOK_AHEAD_DAYS, surroundings: around = null } = options
  const findings = [
    ...inFile(PLAYBOOK_FILE, [
      ...(playbook?.findings ?? [MISSING]),
      ...(now === undefined ? [] : [...findReview(playbook, now), ...findLonelySteps(playbook, onCall.onCall, now)]),
      ...findMissingChannels(playbook, connections, around),
      ...findPowerlessActions(playbook, connections, around),
    ]),
    ...inFile(ONCALL_FILE, [
      ...onCall.findings,
      ...findRoleGaps(playbook, onCall, texts.onCall !== null),
      ...(now === undefined ? [] : findStaffingGaps(onCall, now, days)),
      ...findUnreachedPeople(onCall, connections, around),
      ...findUnfitWays(playbook, onCall, connections),
    ]),
    ...inFile(CONNECTIONS_FILE, [...connections.findings, ...findLostSecrets(connections, around)]),
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
function findReview(parsed: ParsedPlaybook | null, now: Instant): Finding[] {
  if (parsed === null || parsed.playbook === null) return []
  const { state, due } = reviewOf(parsed.playbook.metadata, now)
  const path = ['metadata', 'next_review_due']
  if (state === 'overdue') {
    const message = `The review of the playbook was due on ${due}.`
    const fix = 'Review it, then set last_review and next_review_due.'
    return [parsed.place({ code: 'review-overdue', severity: 'warning', path, message, fix })]
  }
  if (state === 'ok') return []
  const message = `The review of the playbook is due on ${due}.`
  const fix = 'Plan it; once it is held, set last_review and next_review_due.'
  return [parsed.place({ code: 'review-due-soon', severity: 'warning', path, message, fix })]
}
