/** Turns the file, once its shape is right, into the playbook that the engine runs: units resolved, names made equal, defaults filled in. */
import type { PlaybookDigest } from '../id.ts'
import { MINUTE_MS, HOUR_MS } from '../time.ts'
import { buildGrouping, buildHeartbeats, buildCarries, buildPageBound, buildResolution } from './build-correlation.ts'
import { buildEscalation, DEFAULT_ESCALATION } from './build-escalation.ts'
import { buildInhibition, buildMuting } from './build-muting.ts'
import { buildSignalMeasure, buildThresholds } from './build-impact.ts'
import { buildService, buildSla, buildTeam } from './build-ownership.ts'
import { parseDuration } from './duration.ts'
import { reportUnusual } from './report-unusual.ts'
import type { Path, Report } from './finding.ts'
import type {
  CommunicationRow,
  DetectionMetric,
  DetectionRule,
  GroupingRule,
  IncidentRole,
  IncidentType,
  Playbook,
  PostMortemRule,
  ProseEntry,
  SeverityRow,
} from './playbook.ts'
import type { PlaybookFile } from './schema.ts'
import { REPORT_ALARMS, type ReportWay } from './report.ts'
import { normalizeName, toSlug } from './text.ts'
import { parseThreshold } from './threshold.ts'

const DEFAULT_POST_MORTEM_MS = 48 * HOUR_MS
const DEFAULT_NEW_INCIDENTS_PER_MINUTE = 20

type FileOf<Key extends keyof PlaybookFile> = NonNullable<PlaybookFile[Key]>
type Item<List> = List extends readonly (infer One)[] ? One : never

/** Reports what a text cannot mean; the playbook returned is of use only when nothing was reported as an error. */
export function buildPlaybook(file: PlaybookFile, digest: PlaybookDigest, report: Report): Playbook {
  const severities = file.severities.map((row, index) => buildSeverity(file, row, index, report))
  const { metadata } = file
  const grouping = buildGrouping(file.grouping, readDuration, report)
  const { email } = metadata.maintainer
  return {
    digest,
    metadata: {
      id: normalizeName(metadata.id),
      maintainer: { name: metadata.maintainer.name ?? email, email: email.toLowerCase() },
      lastReview: readDate(metadata.last_review, ['metadata', 'last_review'], report),
      nextReviewDue: readDate(metadata.next_review_due, ['metadata', 'next_review_due'], report),
    },
    severities,
    defaultSeverity: normalizeName(file.default_severity),
    lifecycle: (file.lifecycle ?? []).map((step) => ({ phase: step.phase, title: step.title, description: step.description ?? '' })),
    resolution: buildResolution(file.resolution, severities, readDuration, report),
    incidentTypes: file.incident_types.map((type, index) => buildType(type, grouping, ['incident_types', index], report)),
    roles: (file.roles ?? []).map(buildRole),
    communication: (file.communication ?? []).map((row, index) => buildCommunication(row, severities, ['communication', index], report)),
    postMortem: buildPostMortem(file.post_mortem, severities, report),
    compliance: (file.compliance ?? []).map(({ id, title, text }) => ({ id: id ?? toSlug(title), title, text })),
    passCriteria: file.pass_criteria ?? [],
    slas: (file.slas ?? []).map((sla, index) => buildSla(sla, index, { matrix: severities, readDuration, report })),
    services: (file.services ?? []).map(buildService),
    teams: (file.teams ?? []).map(buildTeam),
    grouping,
    heartbeats: buildHeartbeats(file.heartbeats, readDuration, report),
    pagesPerPerson: buildPageBound(file.limits, readDuration, report),
    ...buildCarries(file.limits),
    ...(file.reports === undefined || file.reports.length === 0 ? {} : { reports: file.reports.map(buildReport) }),
    newIncidentsPerMinuteMax: file.limits?.new_incidents_per_minute ?? DEFAULT_NEW_INCIDENTS_PER_MINUTE,
    muting: buildMuting(file, readDuration, report),
    inhibition: buildInhibition(file, report),
    document: { title: file.document?.title ?? null, sections: file.document?.sections ?? [] },
    prose: (file.prose ?? []).map(buildProse),
  }
}

function buildSeverity(file: PlaybookFile, row: Item<FileOf<'severities'>>, rank: number, report: Report): SeverityRow {
  const path = ['severities', rank]
  const responseMs = readDuration(row.response_time, [...path, 'response_time'], report)
  const [escalation, at] =
    row.escalation !== undefined ? [row.escalation, [...path, 'escalation']] : [file.escalation ?? DEFAULT_ESCALATION, ['escalation']]
  return {
    id: normalizeName(row.id),
    rank,
    definition: row.definition,
    example: row.example ?? '',
    thresholds: buildThresholds(row.thresholds, [...path, 'thresholds'], report),
    responseMs,
    roles: row.roles_paged.map(normalizeName),
    acknowledgement: row.acknowledgement ?? 'each',
    escalation: buildEscalation(escalation, responseMs, at, report),
    notify: (row.notify ?? []).map(normalizeName),
    ...(row.urgency === 'low' ? { urgency: row.urgency } : {}),
    ...(row.quiet_hours === 'respected' ? { quietHours: row.quiet_hours } : {}),
    ...(row.first_page === 'two_channels' ? { firstPage: 'two-channels' as const } : {}),
  }
}

function buildType(type: Item<FileOf<'incident_types'>>, grouping: GroupingRule, path: Path, report: Report): IncidentType {
  const mitigation = toList(type.immediate_mitigation).map((step) =>
    typeof step === 'string' ? { title: step, action: null } : { title: step.title, action: step.action ?? null },
  )
  return {
    id: type.id ?? toSlug(type.title),
    title: type.title,
    detection: (type.detection ?? []).map((rule, index) => buildDetection(rule, [...path, 'detection', index], report)),
    severity: normalizeName(type.severity),
    measures: buildSignalMeasure(type.measures, [...path, 'measures'], report),
    team: type.team === undefined ? null : normalizeName(type.team),
    ...(type.private === true ? { private: true } : {}),
    groupBy: type.group_by ?? grouping.by,
    windowMs: type.window === undefined ? grouping.windowMs : readDuration(type.window, [...path, 'window'], report),
    firstStep: type.first_step ?? mitigation[0]?.title ?? '',
    mitigation,
    followUp: toList(type.follow_up),
  }
}

type DetectionFile = Item<NonNullable<Item<FileOf<'incident_types'>>['detection']>>

function buildDetection(rule: DetectionFile, path: Path, report: Report): DetectionRule {
  const reading = rule.threshold === undefined ? null : parseThreshold(rule.threshold)
  if (reading?.kind === 'unclear') {
    report({ code: 'unclear-threshold', severity: 'error', path: [...path, 'threshold'], message: reading.message, fix: reading.fix })
  }
  return {
    alarm: rule.alarm ?? null,
    sources: toList(rule.sources).map((kind) => normalizeName(kind).toLowerCase()),
    threshold: reading?.kind === 'threshold' ? reading.threshold : null,
    when: rule.when ?? null,
    ...(rule.metric === undefined ? {} : { metric: buildMetric(rule.metric, [...path, 'metric'], report) }),
  }
}

const DEFAULT_PERIOD_MS = MINUTE_MS

function buildMetric(metric: NonNullable<DetectionFile['metric']>, path: Path, report: Report): DetectionMetric {
  const { cloudwatch } = metric
  return {
    prometheus: metric.prometheus ?? null,
    cloudwatch:
      cloudwatch === undefined
        ? null
        : {
            namespace: cloudwatch.namespace,
            name: cloudwatch.name,
            statistic: cloudwatch.statistic ?? 'Average',
            dimensions: cloudwatch.dimensions ?? {},
            periodMs: readOptional(cloudwatch.period, DEFAULT_PERIOD_MS, [...path, 'cloudwatch', 'period'], report),
          },
    measures: buildSignalMeasure(metric.measures, [...path, 'measures'], report),
    forMs: metric.for === undefined ? null : readDuration(metric.for, [...path, 'for'], report),
  }
}

function buildReport({ kind, alarm, form, mail }: Item<FileOf<'reports'>>): ReportWay {
  return { kind, alarm: alarm ?? REPORT_ALARMS[kind], form: form ?? false, mail: toList(mail).map((address) => address.toLowerCase()) }
}

function buildRole(role: Item<FileOf<'roles'>>): IncidentRole {
  const { title, responsibility, checklist = [] } = role
  return { id: role.id ?? toSlug(title), title, responsibility, checklist, heldBy: toList(role.held_by).map(normalizeName) }
}

/** Nowhere in particular is at the end of the document. */
function buildProse({ before, after, title, text }: Item<FileOf<'prose'>>): ProseEntry {
  const at = before ?? after ?? 'compliance'
  return { at, place: before === undefined ? 'after' : 'before', title: title ?? null, text: text ?? '' }
}

const WORDS: Readonly<Record<string, number | null>> = {
  'real-time': null,
  'real time': null,
  realtime: null,
  hourly: HOUR_MS,
  daily: 24 * HOUR_MS,
  weekly: 7 * 24 * HOUR_MS,
}

function buildCommunication(
  row: Item<FileOf<'communication'>>,
  matrix: readonly SeverityRow[],
  path: Path,
  report: Report,
): CommunicationRow {
  const written = normalizeName(row.frequency).toLowerCase()
  const named = Object.hasOwn(WORDS, written) ? WORDS[written] : undefined
  return {
    audience: row.audience,
    channels: toList(row.channels),
    severities: row.severities?.map(normalizeName) ?? matrix.map((severity) => severity.id),
    everyMs: named !== undefined ? named : readDuration(row.frequency.replace(/^(every|each)\s+/i, ''), [...path, 'frequency'], report),
    content: row.content ?? '',
  }
}

function buildPostMortem(rule: PlaybookFile['post_mortem'], matrix: readonly SeverityRow[], report: Report): PostMortemRule {
  const paging = matrix.filter((row) => row.roles.length > 0).map((row) => row.id)
  return {
    withinMs: readOptional(rule?.within, DEFAULT_POST_MORTEM_MS, ['post_mortem', 'within'], report),
    severities: rule?.severities?.map(normalizeName) ?? paging,
    sections: (rule?.sections ?? []).map(({ title, description }) => ({ title, description: description ?? '' })),
  }
}

/** Zero is no time to respond, wait or look again in. */
function readDuration(text: string, path: Path, report: Report): number {
  const reading = parseDuration(text)
  if (reading.kind === 'duration' && reading.ms > 0) {
    reportUnusual(text, reading.ms, path, report)
    return reading.ms
  }
  const [message, fix] =
    reading.kind === 'unclear' ? [reading.message, reading.fix] : ['This must be longer than nothing.', 'Write at least "1 s".']
  report({ code: 'unclear-duration', severity: 'error', path, message, fix })
  return MINUTE_MS
}

function readOptional(text: string | undefined, fallbackMs: number, path: Path, report: Report): number {
  return text === undefined ? fallbackMs : readDuration(text, path, report)
}

/** A date that the calendar has, as `yyyy-mm-dd`. */
function readDate(text: string, path: Path, report: Report): string {
  const written = normalizeName(text)
  const at = /^\d{4}-\d{2}-\d{2}$/.test(written) ? Date.parse(`${written}T00:00:00Z`) : Number.NaN
  // Some engines roll 30 February over into March.
  if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(written)) return written
  report({
    code: 'unclear-date',
    severity: 'error',
    path,
    message: `"${text}" is not a date.`,
    fix: 'Write it as yyyy-mm-dd, such as "2025-06-06".',
  })
  return '1970-01-01'
}

function toList<One>(value: One | readonly One[] | undefined): readonly One[] {
  if (value === undefined) return []
  return Array.isArray(value) ? (value as readonly One[]) : [value as One]
}
