/**
 * A playbook as the engine runs it: parsed, units resolved, references checked. The file's own shape and how it
 * becomes this are in `schema.ts` and `parse.ts`. Nothing outside this folder knows what a SEV-1 is.
 */
import type { PlaybookDigest } from '../id.ts'
import type { Limit, LimitedKind } from '../page/carries.ts'
import type { InhibitionRule } from '../silence/inhibition.ts'
import type { MutingRule } from '../silence/muting.ts'
import type { MeasureUnit } from './quantity.ts'
import type { ReportWay } from './report.ts'

export interface Playbook {
  /** SHA-256 of the file's bytes. */
  readonly digest: PlaybookDigest
  readonly metadata: PlaybookMetadata
  /** The severity matrix, most severe first; `rank` is the place in it, 0 first. */
  readonly severities: readonly SeverityRow[]
  /** Id of the row that unmatched signals and undecided incidents get. */
  readonly defaultSeverity: string
  readonly lifecycle: readonly LifecycleStep[]
  readonly resolution: ResolutionRule
  readonly incidentTypes: readonly IncidentType[]
  readonly roles: readonly IncidentRole[]
  readonly communication: readonly CommunicationRow[]
  readonly postMortem: PostMortemRule
  readonly compliance: readonly ComplianceRow[]
  readonly passCriteria: readonly string[]
  /** What was promised to whom, against which the matrix and each incident are judged. */
  readonly slas: readonly Sla[]
  /** In the order of the file: the first whose labels match a signal is its service. */
  readonly services: readonly Service[]
  readonly teams: readonly Team[]
  readonly grouping: GroupingRule
  /** Senders whose silence is an alarm. */
  readonly heartbeats: readonly HeartbeatDeclaration[]
  /** How people outside report something; undefined: not at all. */
  readonly reports?: readonly ReportWay[]
  /** New incidents a source may open in a minute; the rest joins one storm incident. */
  readonly newIncidentsPerMinuteMax: number
  readonly pagesPerPerson: PageBound
  /** What messages may say of an incident, by kind of channel; one that is left out: all. */
  readonly carries?: Readonly<Partial<Record<LimitedKind, Limit>>>
  /** What may be muted, and for what a reason must be given. */
  readonly muting: MutingRule
  /** While an alert of the source fires, those of the target are held. */
  readonly inhibition: readonly InhibitionRule[]
  /** For readers of the document; the engine does nothing by it. */
  readonly document: DocumentTitles
  readonly prose: readonly ProseEntry[]
}

export interface DocumentTitles {
  /** Null: the usual one. */
  readonly title: string | null
  /** What the document calls its sections, in its order; a `section` is a key of the file. */
  readonly sections: readonly { readonly section: string; readonly title: string }[]
}

/** What the document says and nothing runs, with its place among what does. */
export interface ProseEntry {
  /** A key of the file, or `start`. */
  readonly at: string
  /** `before`: under that section's title, above what it lists. `after`: below it. */
  readonly place: 'before' | 'after'
  /** Null: it belongs to the section; else it is one of its own. */
  readonly title: string | null
  /** Markdown. */
  readonly text: string
}

export interface PlaybookMetadata {
  /** The document's key, such as `IRP-2025-06-06`. */
  readonly id: string
  readonly maintainer: { readonly name: string; readonly email: string }
  /** Calendar dates, `yyyy-mm-dd`. */
  readonly lastReview: string
  readonly nextReviewDue: string
}

export interface SeverityRow {
  /** As written in the document, such as `SEV-1`. */
  readonly id: string
  readonly rank: number
  readonly definition: string
  readonly example: string
  /** Any one of them that a measured impact meets makes an incident one of this row, if no row above is met. */
  readonly thresholds: readonly ImpactThreshold[]
  /** From opening (or a rise to this row) to the first acknowledgement. */
  readonly responseMs: number
  /** Duty roles paged; empty: the incident waits in the queue. */
  readonly roles: readonly string[]
  /** `each`: every role is paged until its own acknowledgement. `any`: the first one ends all. */
  readonly acknowledgement: 'each' | 'any'
  readonly escalation: EscalationPolicy
  /** Duty roles told (not paged) when nobody answered a row without roles in time; empty: the owners. */
  readonly notify: readonly string[]
  /** How much it presses: people may keep other channels for what is less urgent. Left out: high. */
  readonly urgency?: 'low'
  /** Its pages wait for the end of a person's quiet hours; left out: they never do. */
  readonly quietHours?: 'respected'
  /** The first page of a duty goes to each by two channels at once that do not fall together; left out: as the person says. */
  readonly firstPage?: 'two-channels'
}

/** A measured impact against a row of the matrix, as in "> 50 % for 10 min". */
export interface ImpactThreshold {
  /** What is measured, such as `users_affected`. */
  readonly measure: string
  readonly unit: MeasureUnit
  /** One or two, which must all hold. */
  readonly bounds: readonly Threshold[]
  /** How long without a break; 0: at once. */
  readonly forMs: number
  /** Keys from the top of the file, such as `severities.0.thresholds.error_rate`. */
  readonly path: string
}

export interface EscalationPolicy {
  /** In order; a wait runs from the recorded hand-over of that step's page to the next step. */
  readonly steps: readonly EscalationStep[]
  /** How many times the whole list runs; after the last the duty is exhausted, and says so. */
  readonly rounds: number
}

export interface EscalationStep {
  /** `on-call`: who holds the duty role now; `next`: who holds it next; `owners`: every owner; else a duty role. */
  readonly page: 'on-call' | 'next' | 'owners' | { readonly role: string }
  readonly waitMs: number
}

export interface LifecycleStep {
  readonly phase: string
  readonly title: string
  readonly description: string
}

export interface ResolutionRule {
  /** All alerts must have been green this long before the incident counts as green. */
  readonly quietMs: number
  /** Severities that resolve by themselves when green; others are proposed to the commander. */
  readonly automatic: readonly string[]
  /** So many turns to red or green within the time hold the resolution; they never hold a page. */
  readonly flapping: { readonly changes: number; readonly withinMs: number }
}

/** How alerts of one incident type are brought together, where the type says nothing of its own. */
export interface GroupingRule {
  /** Labels whose values tell incidents apart. */
  readonly by: readonly string[]
  /** An alert joins when the last one came no longer ago; null: as long as the incident is open. */
  readonly windowMs: number | null
}

/** What a storm may send to one person: what is more goes out as one page that says how many. */
export interface PageBound {
  readonly max: number
  readonly withinMs: number
}

export interface HeartbeatDeclaration {
  readonly name: string
  readonly description: string
  readonly intervalMs: number
  readonly graceMs: number
  /** A firing alert of this name, with these labels, is a ping; null: none is. */
  readonly alarm: string | null
  readonly labels: Readonly<Record<string, string>>
}

export interface IncidentType {
  /** Stable key, kebab-case, such as `api-5xx-spike`. */
  readonly id: string
  readonly title: string
  readonly detection: readonly DetectionRule[]
  readonly severity: string
  /** What the value of its signals measures; null: nothing that a severity is computed from. */
  readonly measures: SignalMeasure | null
  /** Whose it is where no service says so; null: the organisation's. */
  readonly team: string | null
  /** Label names whose values tell incidents of this type apart. */
  readonly groupBy: readonly string[]
  /** An alert joins when the last one came no longer ago; null: as long as the incident is open. */
  readonly windowMs: number | null
  /** True: its incidents are shown to those alone who are paged for them, or added. */
  readonly private?: true
  /** The first thing to do, as shown on the page. */
  readonly firstStep: string
  readonly mitigation: readonly { readonly title: string; readonly action: string | null }[]
  readonly followUp: readonly string[]
}

export interface DetectionRule {
  /** Exact alarm name; null: any. */
  readonly alarm: string | null
  /** Source kinds this rule listens to (`sentry`); empty: any. */
  readonly sources: readonly string[]
  /** Met by a signal whose value compares so, and by one without a value: its source's own threshold has decided. */
  readonly threshold: Threshold | null
  /** CEL over `signal`; null: always. */
  readonly when: string | null
  /** What its alert rule is written from; undefined: nothing is said. The engine does nothing by it. */
  readonly metric?: DetectionMetric
}

/** What a monitoring system must measure so that a detection can be met. */
export interface DetectionMetric {
  /** A PromQL expression of the number. */
  readonly prometheus: string | null
  readonly cloudwatch: CloudWatchMetric | null
  /** What the number is: the threshold of the severity row for it counts, where the detection has none. */
  readonly measures: SignalMeasure | null
  /** Null: as the severity row says, else at once. */
  readonly forMs: number | null
}

export interface CloudWatchMetric {
  readonly namespace: string
  readonly name: string
  /** `Average`, `Sum`, `p95`. */
  readonly statistic: string
  /** An empty value is not known to the playbook. */
  readonly dimensions: Readonly<Record<string, string>>
  readonly periodMs: number
}

/** A signal's number as a measure: `value * factor` is in the unit. */
export interface SignalMeasure {
  readonly measure: string
  readonly unit: MeasureUnit
  readonly factor: number
}

/** The number of a signal against the playbook's, as in "`drift_psi` > 0.2". */
export interface Threshold {
  readonly comparison: '>' | '>=' | '<' | '<='
  readonly bound: number
}

export interface IncidentRole {
  /** `incident-commander`. */
  readonly id: string
  readonly title: string
  readonly responsibility: string
  readonly checklist: readonly string[]
  /** Duty roles whose holders may take it. */
  readonly heldBy: readonly string[]
}

export interface CommunicationRow {
  readonly audience: string
  readonly channels: readonly string[]
  /** Severities it applies to. */
  readonly severities: readonly string[]
  /** Null: in real time, on every change. */
  readonly everyMs: number | null
  readonly content: string
}

export interface PostMortemRule {
  /** From the first resolution. */
  readonly withinMs: number
  readonly severities: readonly string[]
  readonly sections: readonly { readonly title: string; readonly description: string }[]
}

export interface ComplianceRow {
  readonly id: string
  readonly title: string
  readonly text: string
}

/** A promise to a customer, or about services. */
export interface Sla {
  /** Stable key, kebab-case. */
  readonly id: string
  readonly title: string
  /** To whom; null: to everybody. */
  readonly customer: string | null
  /** Names of the services it is about; empty: all. */
  readonly services: readonly string[]
  /** What share of the window it is to be up; null: nothing is promised about that. */
  readonly objective: { readonly percent: number; readonly windowMs: number } | null
  /** Severities whose incidents count as being down. */
  readonly severities: readonly string[]
  /** Within what time somebody answers. */
  readonly responses: readonly { readonly severity: string; readonly withinMs: number }[]
}

/** What a company runs, and who looks after it. */
export interface Service {
  /** How the files name it, such as `checkout`. */
  readonly name: string
  readonly description: string
  /** Name of the team that owns it; null: the organisation. */
  readonly team: string | null
  /** 1 is the most important; null: unsaid. */
  readonly tier: number | null
  /** A signal is of this service when each of these labels has one of its values. */
  readonly labels: readonly { readonly name: string; readonly values: readonly string[] }[]
  readonly links: readonly { readonly title: string; readonly url: string }[]
}

/** Who owns services and incident types; its schedules are those of `oncall.yaml` that name it. */
export interface Team {
  readonly name: string
  readonly description: string
}

/** All duty roles the playbook names, in order of first mention. */
export function dutyRolesOf(playbook: Playbook): readonly string[] {
  const names = playbook.severities.flatMap((row) => [
    ...row.roles,
    ...row.notify,
    ...row.escalation.steps.flatMap((step) => (typeof step.page === 'object' ? [step.page.role] : [])),
  ])
  return [...new Set([...names, ...playbook.roles.flatMap((role) => role.heldBy)])]
}

export function findRow(playbook: Playbook, id: string): SeverityRow | undefined {
  return playbook.severities.find((row) => row.id === id)
}

export function findType(playbook: Playbook, id: string): IncidentType | undefined {
  return playbook.incidentTypes.find((type) => type.id === id)
}

/** The row with that id. @throws when the playbook has none: references are checked when it is parsed. */
export function severityRow(playbook: Playbook, id: string): SeverityRow {
  const row = playbook.severities.find((candidate) => candidate.id === id)
  if (row === undefined) throw new Error(`no severity ${id} in playbook ${playbook.metadata.id}`)
  return row
}
