/** What a change of a playbook folder means: a fixed code, whether it pages more or less, where it stands, and a sentence. */
import type { Path } from '../finding.ts'

/** What a change does to people, the gravest first: lists of changes come in this order. */
export const EFFECTS = {
  'pages-less': 'Somebody is paged later, more seldom, or no longer.',
  'pages-otherwise': 'Paging changes, and whether it is more or less cannot be told.',
  'pages-more': 'Somebody is paged earlier, more often, or newly.',
  'owes-less': 'Less is owed, or later: an answer, an update, a post-mortem, a follow-up.',
  'owes-more': 'More is owed, or sooner.',
  behaviour: 'Tocsin behaves otherwise, without paging anybody more or less.',
  wording: 'People read other words; nothing else changes.',
} as const satisfies Readonly<Record<string, string>>

export type Effect = keyof typeof EFFECTS

/** Every code that a change can have. Codes are fixed: scripts rely on them. */
export const CHANGE_CODES = {
  // The severity matrix
  'severity-added': 'The matrix has a new row.',
  'severity-removed': 'A row of the matrix is gone.',
  'severity-renamed': 'A row has another id.',
  'severity-moved': 'A row stands elsewhere in the order of severity.',
  'severity-text': 'A definition or an example reads otherwise.',
  'impact-threshold': 'From which measured impact on an incident is of a row.',
  'response-time': 'The time to the first acknowledgement.',
  'first-page': 'When a role, who is next, or the owners are first paged at a severity.',
  'repeated-pages': 'When, or how often, they are paged again.',
  'escalation-end': 'When paging ends though nobody answered.',
  'escalation-idle': 'An escalation that never runs is written otherwise.',
  acknowledgement: 'Whether one acknowledgement ends the pages of every role.',
  reach: 'By how many channels the first page goes, how urgent a row is, and whether quiet hours hold it.',
  notify: 'Who is told when nobody answered a row that pages nobody.',
  'default-severity': 'What signals get that no incident type knows.',
  // Duty roles
  'duty-role-renamed': 'A duty role has another name wherever it stood.',
  // Incident types
  'type-added': 'There is a new incident type.',
  'type-removed': 'An incident type is gone.',
  'type-renamed': 'An incident type has another id.',
  'type-moved': 'Another type is asked first whether a signal is its own.',
  'type-title': 'An incident type has another title.',
  'type-severity': 'How severe an incident type is.',
  'detection-added': 'Another signal opens an incident type.',
  'detection-removed': 'A signal no longer opens an incident type.',
  'detection-changed': 'A threshold, a condition or the sources of a detection.',
  'detection-measured': 'From which metric the alert rule of a detection is written.',
  'measured-value': 'What the values of a type’s signals measure.',
  grouping: 'Which alerts of a type share an incident.',
  'first-step': 'What the page says to do first.',
  mitigation: 'What the incident offers to do.',
  'follow-up': 'What is to be done afterwards.',
  // Communication
  'update-added': 'Another audience is kept informed.',
  'update-removed': 'An audience is no longer kept informed.',
  'update-renamed': 'An audience has another name.',
  'update-frequency': 'How often an audience hears.',
  'update-severities': 'At which severities an audience hears.',
  'update-channels': 'Where an audience hears.',
  'update-content': 'What an audience hears of.',
  // Incident roles
  'incident-role-added': 'There is a new incident role.',
  'incident-role-removed': 'An incident role is gone.',
  'incident-role-renamed': 'An incident role has another id.',
  'incident-role-text': 'Title, responsibility or checklist of an incident role.',
  'incident-role-holders': 'Who may take an incident role.',
  // Promises and ownership
  sla: 'What was promised to whom.',
  service: 'What runs, by which signals it is known, and whose it is.',
  team: 'Who owns services and incident types.',
  // Everything else in playbook.yaml
  lifecycle: 'A step of the lifecycle.',
  resolution: 'When an incident counts as green, and which resolve by themselves.',
  'post-mortem': 'Which incidents owe a post-mortem, and by when.',
  'post-mortem-template': 'The sections of a post-mortem.',
  compliance: 'A rule of compliance.',
  'pass-criteria': 'A criterion by which the playbook is judged.',
  metadata: 'Id or maintainer of the document.',
  review: 'When the playbook was or is to be reviewed.',
  limits: 'How many incidents a source may open in a minute.',
  order: 'Rows stand in another order.',
  document: 'What the document says and nothing runs.',
  field: 'Anything else: the field, its value now and before.',
  // oncall.yaml
  'person-added': 'Somebody new can be paged.',
  'person-removed': 'Somebody is no longer listed.',
  'person-text': 'Name or time zone of a person.',
  'person-channels': 'How a person is reached.',
  'holder-changed': 'Who holds a duty role, and from when.',
  'schedule-text': 'A schedule is written otherwise, and the same people hold the role.',
  // connections.yaml
  'connection-added': 'There is a new connection.',
  'connection-removed': 'A connection is gone.',
  'connection-changed': 'Address or signing of a connection.',
} as const satisfies Readonly<Record<string, string>>

export type ChangeCode = keyof typeof CHANGE_CODES

export interface Change {
  readonly code: ChangeCode
  readonly effect: Effect
  /** Keys from the top of the file, as the file spells them. */
  readonly path: Path
  /** In which of the two files the path leads somewhere: what is gone stands in the one of before. */
  readonly side: 'before' | 'after'
  /** One sentence for people, without a line end. */
  readonly sentence: string
}

const GRAVITY: readonly string[] = Object.keys(EFFECTS)

/** The gravest first, else in the order in which they were found. */
export function byGravity<One extends Pick<Change, 'effect'>>(changes: readonly One[]): readonly One[] {
  return [...changes].sort((left, right) => GRAVITY.indexOf(left.effect) - GRAVITY.indexOf(right.effect))
}
