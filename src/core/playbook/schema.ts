/**
 * The shape of `playbook.yaml`: the sections of the document a company already writes, in its words. Plain JSON types
 * only, so that the JSON Schema drawn from it (`io: 'input'`) serves any editor. What the texts mean (durations,
 * references) is for `build.ts` and `check.ts`.
 */
import { z } from 'zod'
import { CEILINGS, LIMITED_KINDS } from '../page/carries.ts'

const TEXT_CHARS_MAX = 4_000
const NAME_CHARS_MAX = 100
const ROWS_MAX = 1_000

const Text = z.string().max(TEXT_CHARS_MAX)
/** Unlike `Text` it must say something. */
const Line = z.string().trim().min(1).max(TEXT_CHARS_MAX)
const Name = z.string().trim().min(1).max(NAME_CHARS_MAX)
const Key = Name.meta({ description: 'Stable key, kebab-case; drawn from the title when left out.' })

/** Its examples also tell `shape.ts` to answer a bare number with "write the unit". */
const Duration = z.string().meta({
  description: 'A duration as people write it: "5 min", "48 h", "1 h 30 min", "7 d".',
  examples: ['5 min', '1 h', '48 h', '7 d'],
})

/** One name, or a list of them. */
function oneOrMany<Item extends z.ZodType>(item: Item) {
  return z.union([item, z.array(item).max(ROWS_MAX)])
}

const PageTarget = z.union([
  z.enum(['on-call', 'next', 'owners']),
  z.strictObject({ role: Name.meta({ description: 'A duty role other than the one that is paged.' }) }),
])

const EscalationStepFile = z.strictObject({
  page: oneOrMany(PageTarget).meta({
    description: 'Whom to page: "on-call" (who holds the duty role now), "next" (who holds it next), "owners", or { role: … }.',
  }),
  wait: z.string().meta({
    description: 'How long to wait for an acknowledgement, from the hand-over of the page: a duration, or a share of the response time.',
    examples: ['40 % of response', '10 min'],
  }),
})

export const EscalationFile = z.strictObject({
  rounds: z.number().int().min(1).max(100).optional().meta({ description: 'How many times the steps run; 3 when left out.' }),
  steps: z.array(EscalationStepFile).min(1).max(50),
})

const MetadataFile = z.strictObject({
  id: Name.meta({ description: "The document's key.", examples: ['IRP-2025-06-06'] }),
  maintainer: z.strictObject({ name: Name.optional(), email: z.string().trim().min(3).max(254) }),
  last_review: z.string().meta({ description: 'yyyy-mm-dd' }),
  next_review_due: z.string().meta({ description: 'yyyy-mm-dd' }),
})

const ImpactThresholdText = z.string().meta({
  description: 'A comparison with its unit, and for how long: "> 25 %", "> 50 % for 10 min", "> 0 % and <= 25 %", "> 4 s".',
  examples: ['> 25 %', '> 50 % for 10 min', '> 0 % and <= 25 %', '> 4 s'],
})

const SeverityFile = z.strictObject({
  id: Name.meta({ examples: ['SEV-1', 'P1'] }),
  definition: Line,
  example: Text.optional(),
  thresholds: z.record(Name, oneOrMany(ImpactThresholdText)).optional().meta({
    description:
      'What can be measured, by measure: users_affected, error_rate, latency_p50, latency_p95, latency_p99, or a name of your own. Any one that is met is enough.',
  }),
  response_time: Duration.meta({ description: 'From opening, or a rise to this row, to the first acknowledgement.' }),
  roles_paged: z.array(Name).max(100).meta({ description: 'Duty roles; an empty list: the incident waits in the queue.' }),
  acknowledgement: z.enum(['each', 'any']).optional().meta({
    description: '"each": every role is paged until it has acknowledged. "any": the first acknowledgement ends all. "each" when left out.',
  }),
  escalation: EscalationFile.optional().meta({ description: "This row's own; the playbook's when left out." }),
  notify: z.array(Name).max(100).optional().meta({
    description: 'Duty roles told, not paged, when a row that pages nobody was not answered in time; the owners when left out.',
  }),
  urgency: z.enum(['high', 'low']).optional().meta({
    description: 'How much it presses: people may keep other channels for what is of low urgency. "high" when left out.',
  }),
  quiet_hours: z.enum(['respected', 'ignored']).optional().meta({
    description: 'Whether its pages wait for the end of a person\'s quiet hours; "ignored" when left out.',
  }),
  first_page: z.enum(['two_channels', 'one_channel']).optional().meta({
    description:
      '"two_channels": the first page goes to each person by two channels at once that do not fall together, whatever their delays. "one_channel" when left out.',
  }),
})

const LIFECYCLE_PHASES = ['detected', 'triaged', 'mitigating', 'communication', 'resolved', 'reviewed', 'closed'] as const

const LifecycleFile = z.strictObject({
  phase: z
    .enum(LIFECYCLE_PHASES)
    .meta({ description: 'The phase of the engine that this step of the document is; "communication" runs beside them.' }),
  title: Name,
  description: Text.optional(),
})

const ResolutionFile = z.strictObject({
  quiet: Duration.optional().meta({
    description: 'All alerts must have been clear this long before the incident counts as green; 5 min when left out.',
  }),
  automatic: z
    .array(Name)
    .max(100)
    .optional()
    .meta({ description: 'Severities that resolve by themselves when green; those that leave an hour or more to respond, when left out.' }),
  propose: z
    .array(Name)
    .max(100)
    .optional()
    .meta({ description: 'Severities whose resolution is proposed to the commander; all that are not automatic.' }),
  flapping: z
    .strictObject({ changes: z.number().int().min(2).max(1_000), within: Duration })
    .optional()
    .meta({
      description: 'So many turns to red or green within that time hold the resolution, never a page; 4 within 30 min when left out.',
    }),
})

const GroupingFile = z.strictObject({
  by: z.array(Name).max(8).optional().meta({ description: 'Labels whose values tell incidents apart, for types that have no group_by.' }),
  window: Duration.optional().meta({
    description: 'An alert joins an open incident when the last one came no longer ago; as long as it is open when left out.',
  }),
})

const HeartbeatFile = z.strictObject({
  name: Name.meta({ description: 'Stands in the address of its ping.' }),
  description: Text.optional(),
  interval: Duration.meta({ description: 'A ping is expected at least this often.' }),
  grace: Duration.optional().meta({
    description: 'How much later it may come; a tenth of the interval, a minute at least, when left out.',
  }),
  alarm: z
    .string()
    .trim()
    .min(1)
    .max(1_024)
    .optional()
    .meta({ description: 'A firing alert of this name is a ping and opens no incident.', examples: ['Watchdog'] }),
  labels: z
    .record(Name, z.string().max(TEXT_CHARS_MAX))
    .optional()
    .meta({ description: 'Labels that such an alert must have, and that the alarm of the heartbeat carries.' }),
})

const CloudWatchFile = z.strictObject({
  namespace: Name.meta({ examples: ['AWS/ApiGateway'] }),
  name: Name.meta({ description: 'Of the metric, as CloudWatch calls it.', examples: ['5XXError'] }),
  statistic: Name.optional().meta({ description: '"Average" when left out; "p95" and the like too.', examples: ['Average', 'Sum', 'p95'] }),
  dimensions: z
    .record(Name, z.string().max(NAME_CHARS_MAX * 3))
    .optional()
    .meta({ description: 'Names and values; an empty value becomes a parameter of the stack.' }),
  period: Duration.optional().meta({ description: 'One data point; 1 min when left out.' }),
})

const MetricFile = z.strictObject({
  prometheus: Line.optional().meta({
    description: 'A PromQL expression that gives the number; the rule compares it with the threshold.',
    examples: ['max by (model) (drift_psi)'],
  }),
  cloudwatch: CloudWatchFile.optional(),
  measures: z
    .string()
    .optional()
    .meta({
      description:
        'What the number is, where the detection has no threshold of its own: that of the severity row then counts. As `measures` of an incident type.',
      examples: ['error_rate as share'],
    }),
  for: Duration.optional().meta({ description: 'How long without a break; that of the severity row, else at once, when left out.' }),
})

const DetectionFile = z.strictObject({
  alarm: z
    .string()
    .trim()
    .min(1)
    .max(1_024)
    .optional()
    .meta({ description: 'Exact name of the alarm, in whatever field its source keeps it.' }),
  sources: oneOrMany(Name).optional().meta({ description: 'Kinds of source listened to, such as "sentry"; all when left out.' }),
  threshold: z
    .string()
    .optional()
    .meta({
      description: 'Compares the value of the signal. A signal without one passes: its source has compared already.',
      examples: ['> 0.2', '<= 99.5'],
    }),
  when: z
    .string()
    .optional()
    .meta({
      description: 'A CEL condition over `signal`: alarm, status, title, dedup_key, severity_hint, value, labels, source.',
      examples: ['"env" in signal.labels && signal.labels["env"] == "prod"'],
    }),
  metric: MetricFile.optional().meta({
    description:
      'What `tocsin render --prometheus-rules` and `--cloudwatch-alarms` need to write its alert rule. Matches nothing by itself.',
  }),
})

const MitigationFile = z.union([Line, z.strictObject({ title: Line, action: Name.optional() })])

const IncidentTypeFile = z.strictObject({
  id: Key.optional(),
  title: Name,
  severity: Name,
  detection: z.array(DetectionFile).max(100).optional().meta({ description: 'Any one of these is enough; none: opened by people only.' }),
  measures: z
    .string()
    .optional()
    .meta({
      description:
        'What the value of its signals is, and in which unit: "error_rate in %", "error_rate as share" (0 to 1), "latency_p95 in ms".',
      examples: ['error_rate in %', 'error_rate as share', 'latency_p95 in ms'],
    }),
  team: Name.optional().meta({ description: 'The team it belongs to, where no service says so.' }),
  group_by: z.array(Name).max(8).optional().meta({ description: 'Labels whose values tell incidents of this type apart.' }),
  private: z.boolean().optional().meta({ description: 'Its incidents are shown to those alone who are paged for them, or added.' }),
  window: Duration.optional().meta({
    description: 'An alert joins an open incident of this type when the last one came no longer ago; as grouping says when left out.',
  }),
  first_step: Text.optional().meta({ description: 'What the page says to do first; the first mitigation when left out.' }),
  immediate_mitigation: oneOrMany(MitigationFile).optional(),
  follow_up: oneOrMany(Line).optional(),
})

const CommunicationFile = z.strictObject({
  audience: Name,
  channels: oneOrMany(Name),
  severities: z.array(Name).max(100).optional().meta({ description: 'Severities it applies to; all when left out.' }),
  frequency: z
    .string()
    .meta({ description: '"real-time" (on every change), or how often: "30 min", "hourly".', examples: ['real-time', 'hourly', '30 min'] }),
  content: Text.optional(),
})

const RoleFile = z.strictObject({
  id: Key.optional(),
  title: Name,
  responsibility: Line,
  checklist: z.array(Line).max(100).optional(),
  held_by: oneOrMany(Name).optional().meta({ description: 'Duty roles whose holders may take it; anybody when left out.' }),
})

const PostMortemFile = z.strictObject({
  within: Duration.meta({ description: 'From the first resolution.' }),
  severities: z.array(Name).max(100).optional().meta({ description: 'Severities that need one; all that page somebody when left out.' }),
  sections: z
    .array(z.strictObject({ title: Name, description: Text.optional() }))
    .max(100)
    .optional(),
})

const ComplianceFile = z.strictObject({ id: Key.optional(), title: Name, text: Line })

const SlaFile = z.strictObject({
  id: Key.optional(),
  title: Name,
  customer: Name.optional().meta({ description: 'To whom it was promised; everybody when left out.' }),
  services: z.array(Name).max(ROWS_MAX).optional().meta({ description: 'Names of services; all when left out.' }),
  objective: z
    .string()
    .optional()
    .meta({ description: 'The share of the window in which it is up.', examples: ['99.9 %'] }),
  window: Duration.optional().meta({ description: '30 d when left out.' }),
  severities: z
    .array(Name)
    .max(100)
    .optional()
    .meta({ description: 'Severities whose incidents count as down; the most severe row when left out.' }),
  response_times: z
    .record(Name, Duration)
    .optional()
    .meta({ description: 'Within what time somebody answers, by severity.', examples: [{ 'SEV-1': '15 min' }] }),
})

const ServiceFile = z.strictObject({
  name: Name,
  description: Text.optional(),
  team: Name.optional().meta({ description: 'The team that owns it; the organisation when left out.' }),
  tier: z.number().int().min(1).max(9).optional().meta({ description: '1 is the most important.' }),
  labels: z
    .record(Name, oneOrMany(z.string().max(TEXT_CHARS_MAX)))
    .optional()
    .meta({ description: 'Labels by which its signals are known, all of them; the label "service" with its name when left out.' }),
  links: z
    .array(z.strictObject({ title: Name, url: z.string().trim().min(1).max(2_000) }))
    .max(20)
    .optional(),
})

const TeamFile = z.strictObject({ name: Name, description: Text.optional() })

/** Sections of the document that have their own keys in the file, in the order in which it is rendered. */
export const DOCUMENT_SECTIONS = [
  'metadata',
  'severities',
  'lifecycle',
  'incident_types',
  'communication',
  'roles',
  'post_mortem',
  'compliance',
] as const

const DocumentFile = z.strictObject({
  title: Line.optional().meta({ description: 'Title of the document; "Incident Response Playbook" when left out.' }),
  sections: z
    .array(z.strictObject({ section: z.enum(DOCUMENT_SECTIONS), title: Line }))
    .max(DOCUMENT_SECTIONS.length)
    .optional()
    .meta({ description: 'How the document calls its sections, in its order; those left out have their usual title and place.' }),
})

const PROSE_CHARS_MAX = 200_000

const ProseFile = z.strictObject({
  before: z.enum(DOCUMENT_SECTIONS).optional().meta({ description: 'Stands within that section, above what it lists.' }),
  after: z
    .enum(['start', ...DOCUMENT_SECTIONS])
    .optional()
    .meta({ description: 'Stands after what that section lists; "start" is beneath the title of the document.' }),
  title: Line.optional().meta({ description: 'With a title it is a section of its own.' }),
  text: z.string().max(PROSE_CHARS_MAX).optional().meta({ description: 'Markdown. People read it; the engine does not.' }),
})

const LimitsFile = z.strictObject({
  new_incidents_per_minute: z.number().int().min(1).max(10_000).optional().meta({
    description: 'New incidents that one source may open in a minute; the rest joins one storm incident. 20 when left out.',
  }),
  pages_per_person: z
    .strictObject({ pages: z.number().int().min(4).max(100_000), within: Duration })
    .optional()
    .meta({
      description:
        'Messages that a person gets at most in that time; what is more goes out as one that says how many. 30 within 10 min when left out.',
    }),
  carries: z
    .partialRecord(z.enum(LIMITED_KINDS), z.enum(CEILINGS))
    .optional()
    .meta({ description: 'What messages may say of an incident, by kind of channel; "all" where it is left out.' }),
})

const ReportFile = z.strictObject({
  kind: z.enum(['ticket', 'security']).meta({ description: 'What people report: that something does not work, or that it is not safe.' }),
  alarm: Name.optional().meta({
    description: 'Of the signal that a report becomes; a detection names it. "CustomerTicket" or "SecurityReport" when left out.',
  }),
  form: z
    .boolean()
    .optional()
    .meta({ description: 'Opens the form /report/ticket or /report/security on the public listener; closed when left out.' }),
  mail: oneOrMany(z.string().trim().min(3).max(254))
    .optional()
    .meta({
      description: 'Addresses whose mails are such reports; anybody may write to them.',
      examples: ['security@example.com'],
    }),
})

const MutingFile = z.strictObject({
  reason_required: z.array(Name).max(100).optional().meta({
    description: 'Severities whose alerts nothing mutes without a reason; the most severe row when left out.',
  }),
  max: Duration.optional().meta({
    description: 'So long may one silence, maintenance window or snooze mute alerts of those severities; 24 h when left out.',
  }),
  never: z.array(Name).max(100).optional().meta({ description: 'Severities whose alerts nothing mutes; none when left out.' }),
  notice_before: Duration.optional().meta({ description: 'The author of a silence is told so long before it ends; 15 min when left out.' }),
})

const MatcherTexts = z
  .array(z.string().min(1).max(TEXT_CHARS_MAX))
  .min(1)
  .max(32)
  .meta({
    description: 'As Alertmanager writes them, all of which must hold.',
    examples: [['alertname="ClusterDown"', 'env=~"prod|live"']],
  })

const InhibitionFile = z.strictObject({
  name: Name.optional().meta({ description: 'What people call the rule; its number when left out.' }),
  source_matchers: MatcherTexts,
  target_matchers: MatcherTexts,
  equal: z.array(Name).max(32).optional().meta({ description: 'Labels that both alerts must have alike.' }),
})

export const SCHEMA_VERSION = 1

export const PlaybookFile = z
  .strictObject({
    schema_version: z.literal(SCHEMA_VERSION).optional().meta({ description: 'Of this language; 1 when left out.' }),
    metadata: MetadataFile,
    severities: z.array(SeverityFile).min(1).max(100).meta({ description: 'The severity matrix, most severe first.' }),
    default_severity: Name.meta({ description: 'What unmatched signals and undecided incidents get.' }),
    escalation: EscalationFile.optional(),
    lifecycle: z.array(LifecycleFile).max(50).optional(),
    resolution: ResolutionFile.optional(),
    incident_types: z.array(IncidentTypeFile).max(ROWS_MAX),
    communication: z.array(CommunicationFile).max(ROWS_MAX).optional(),
    roles: z.array(RoleFile).max(ROWS_MAX).optional(),
    post_mortem: PostMortemFile.optional(),
    compliance: z.array(ComplianceFile).max(ROWS_MAX).optional(),
    pass_criteria: z.array(Line).max(ROWS_MAX).optional(),
    slas: z.array(SlaFile).max(ROWS_MAX).optional().meta({ description: 'What was promised to whom.' }),
    services: z
      .array(ServiceFile)
      .max(ROWS_MAX)
      .optional()
      .meta({ description: 'What runs, and whose it is; the first that matches a signal is its service.' }),
    teams: z.array(TeamFile).max(ROWS_MAX).optional().meta({ description: 'Who owns services; schedules of oncall.yaml may name a team.' }),
    grouping: GroupingFile.optional().meta({ description: 'How alerts are brought together, where a type says nothing of its own.' }),
    heartbeats: z.array(HeartbeatFile).max(ROWS_MAX).optional().meta({ description: 'Senders whose silence is an alarm.' }),
    reports: z
      .array(ReportFile)
      .max(20)
      .optional()
      .meta({ description: 'Forms and mail addresses by which people outside report something.' }),
    limits: LimitsFile.optional(),
    muting: MutingFile.optional().meta({ description: 'What silences, maintenance windows and snoozes may hold.' }),
    inhibition: z
      .array(InhibitionFile)
      .max(ROWS_MAX)
      .optional()
      .meta({ description: 'While an alert of the source fires, those of the target are held.' }),
    document: DocumentFile.optional().meta({ description: 'Titles of the document that people read.' }),
    prose: z.array(ProseFile).max(ROWS_MAX).optional().meta({ description: 'What the document says besides.' }),
  })
  .meta({ title: 'Tocsin playbook' })

export type PlaybookFile = z.infer<typeof PlaybookFile>
export type EscalationFile = z.infer<typeof EscalationFile>

/** JSON Schema (draft 2020-12) of what may stand in the file, for completion in editors. */
export function playbookJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(PlaybookFile, { io: 'input' })
}
