/** Words of incident response documents: which headings and columns mean which key of the playbook. */
import type { DOCUMENT_SECTIONS } from '../schema.ts'
import { normalizeName } from '../text.ts'

export type SectionKey = (typeof DOCUMENT_SECTIONS)[number]

/** Tried in this order: "Severity process" is about severities, "post-mortem process" about the post-mortem. */
const HEADINGS: readonly (readonly [SectionKey, RegExp])[] = [
  [
    'metadata',
    /\b(metadata|document (control|information|details|owner|history)|about this (document|playbook)|ownership|playbook details)\b/,
  ],
  [
    'severities',
    /\b(severit(y|ies)|priorit(y|ies)|sev (levels?|matrix)|(incident|impact|urgency) (levels?|classification)|classification of incidents|triage (matrix|levels?))\b/,
  ],
  ['post_mortem', /\b(post ?-?mortems?|retrospectives?|post ?-?incident|after ?-?action|incident report|lessons learned|pir)\b/],
  [
    'communication',
    /\b(communications?|comms|notification (plan|matrix)|status updates?|who (to tell|gets told|hears)|telling people|stakeholder updates?)\b/,
  ],
  [
    'roles',
    /\b(roles?|responsibilit(y|ies)|who does what|command structure|command system|incident command|response team|team structure)\b/,
  ],
  [
    'compliance',
    /\b(compliance|regulat(ory|ors?|ions?)|legal|hipaa|gdpr|breach (notification|notice)s?|audit|reporting (obligations?|duties)|privacy)\b/,
  ],
  [
    'incident_types',
    /\b(common (incidents?|problems|failures)|(incident|alert|failure) types?|scenarios?|runbooks?|playbooks?|mitigations?|known (issues|failures|problems)|failure modes?|what (breaks|goes wrong)|when things break)\b/,
  ],
  [
    'lifecycle',
    /\b(life ?-?cycle|process|phases?|stages?|workflow|response (steps|procedure|flow)|steps|how we respond|what to do|incident (response|flow|management))\b/,
  ],
]

/** In lower case, without what stands in brackets, hyphens as spaces. */
export function simplify(text: string): string {
  return normalizeName(text)
    .toLowerCase()
    .replaceAll(/\([^)]*\)/g, ' ')
    .replaceAll(/[^\p{L}\p{N}&/+#%. -]+/gu, ' ')
    .replaceAll(/[-\s]+/g, ' ')
    .trim()
}

/** All kinds that a heading may announce, the likeliest first. */
export function kindsOfHeading(title: string): SectionKey[] {
  const simple = simplify(title)
  return HEADINGS.filter(([, pattern]) => pattern.test(simple)).map(([kind]) => kind)
}

export type FieldName = string

/** Columns by the key they become; the first that fits wins, and each key is taken by one column. */
export const COLUMNS: Readonly<Record<SectionKey, readonly (readonly [FieldName, RegExp])[]>> = {
  metadata: [
    ['label', /^(field|property|item|attribute|key|name|)$/],
    ['value', /^(example|value|details?|content|entry|information|)$/],
    ['about', /^(description|meaning|notes?)$/],
  ],
  severities: [
    [
      'id',
      /^(severity|priority|sev|level|class|rating|code|(severity|priority|incident|impact) (level|class|code|id)|p ?level|tier|urgency)$/,
    ],
    [
      'response_time',
      /^((initial|first|target|max(imum)?)? ?(response|acknowledg\w+|ack)( (time|sla|target|within|goal|objective))?|(time to|respond|acknowledge|ack) ?(respond|acknowledge|ack|response|in|within|by)?|mtta|tta|sla|response sla|acknowledge within|pick ?up time)$/,
    ],
    [
      'roles_paged',
      /^(roles? (paged|notified|alerted|involved)|who( is| gets)? ?(paged|notified|called|alerted|responds|to (page|call|notify|wake))?|notif(y|ies|ied)|pages?|paged|escalat(e|es|ed|ion)( to)?|responders?|on call|alerts?|call|wakes?( up)?|teams? (paged|notified)|people paged|pager)$/,
    ],
    ['name', /^(level|name|label|title|class|rating)$/],
    [
      'definition',
      /^(definition|description|impact|meaning|criteria|what it means|when|what|business impact|customer impact|condition|explanation|details)$/,
    ],
    ['example', /^(examples?|e\.?g\.?|typical (examples?|incidents?)|for example|typical|sample|example scenarios?)$/],
  ],
  lifecycle: [
    ['title', /^(phase|stage|step|activity|state|status|#|)$/],
    ['description', /^(description|what happens|activit(y|ies)|actions?|details|tasks?|goal|what to do|outcome)$/],
  ],
  incident_types: [
    [
      'title',
      /^(incident( type)?s?|scenarios?|types?( of incident)?|failures?( mode)?|problems?|alert type|issues?|what (breaks|happened|goes wrong)|threats?|category|name|use case|event)$/,
    ],
    ['severity', /^((default|typical|usual) )?(severity|priority|sev|level|rating|classification|urgency|class)( level)?$/],
    [
      'detection',
      /^(detect(ion|ed by)?( signals?| source| method)?|triggers?( signal)?|alerts?|alarms?|signals?|detected (by|through|via)|monitors?|symptoms?|indicators?|how (we|you) (notice|know|detect)|trigger condition|alert name)$/,
    ],
    ['first_step', /^(first step|first thing( to do)?)$/],
    [
      'mitigation',
      /^((immediate|initial|first|quick)? ?(mitigations?|actions?|response|fix(es)?|remediation|steps|containment)( steps?| actions?)?|runbook|playbook|what to do|do this|do first|response steps|first response|how to fix)$/,
    ],
    [
      'follow_up',
      /^(follow ?(ups?|through)( actions?| steps?| tasks?)?|next steps?|after(wards?)?|then|long term( fix| actions?)?|permanent fix|root cause fix|recovery|post incident( actions?)?|later|prevention|clean ?up)$/,
    ],
  ],
  communication: [
    ['audience', /^(audiences?|stakeholders?( group)?|who|recipients?|groups?|to|for|whom|target( audience)?|notify)$/],
    ['channels', /^(channels?|medium|media|via|tools?|how|where|method|platform|communication channels?|delivery|by)$/],
    [
      'frequency',
      /^(frequency|cadence|how often|when|interval|timing|update (frequency|cadence|interval)|schedule|every|rhythm|updates?)$/,
    ],
    [
      'content',
      /^(contents?|messages?|what|information|details|what (we|to) (say|tell)|template|includes?|message content|key messages?|about)$/,
    ],
  ],
  roles: [
    ['title', /^(roles?|functions?|positions?|titles?|incident roles?|role name|hat|responsible)$/],
    [
      'responsibility',
      /^((?:(primary|key|main|core) )?(responsibilit(y|ies)|duties|duty|tasks?|accountabilit(y|ies))|description|what (they|you) do|does|job|purpose)$/,
    ],
    ['held_by', /^(held by|may be held by|filled by|who|assigned to|eligible|taken by|person|primary|default( holder)?|staffed by|owner)$/],
    ['checklist', /^(checklists?|check list|to ?do)$/],
  ],
  post_mortem: [
    ['title', /^(sections?|fields?|items?|headings?|part|topic|element|chapter)$/],
    [
      'description',
      /^(description|contents?|prompts?|what to (write|include)|details|questions?|guidance|notes?|explanation|what goes here)$/,
    ],
  ],
  compliance: [
    ['title', /^(requirements?|regulations?|obligations?|frameworks?|topic|item|area|standard|law|control|name|title|rule)$/],
    ['text', /^(descriptions?|actions?|obligations?|text|details|deadlines?|what (we|to) do|notes?|measures?|how)$/],
  ],
}

/** The first column names the row; of the others, so many of these must be there for a table to be of that kind. */
export const NEEDED: Readonly<Record<SectionKey, readonly [key: FieldName, others: readonly FieldName[]]>> = {
  metadata: ['label', ['value']],
  severities: ['id', ['definition', 'response_time', 'roles_paged']],
  lifecycle: ['title', ['description']],
  incident_types: ['title', ['detection', 'mitigation', 'follow_up']],
  communication: ['audience', ['channels', 'frequency', 'content']],
  roles: ['title', ['responsibility']],
  post_mortem: ['title', ['description']],
  compliance: ['title', ['text']],
}

export function fieldOf(kind: SectionKey, header: string): FieldName | null {
  const simple = simplify(header)
  return COLUMNS[kind].find(([, pattern]) => pattern.test(simple))?.[0] ?? null
}

/** "SEV-1", "P1", "Severity 2", "Critical": what people call the rows of a severity matrix. */
export const SEVERITY_NAME =
  /^\W*((?:sev(?:erity)?|p(?:rio(?:rity)?)?|s|level|tier|class|cat(?:egory)?|l)[\s.-]*\d{1,2}\b|critical|blocker|catastrophic|emergency|urgent|high(?:est)?|major|medium|moderate|normal|low(?:est)?|minor|trivial|info(?:rmational)?|notice|warning|red|orange|amber|yellow|green|blue)(?![\w])/i
