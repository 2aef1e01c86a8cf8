/** What matchers look at: an alert that would open or join an incident, with what the playbook says of it. */

export interface HoldSubject {
  readonly fingerprint: string
  readonly alarm: string
  readonly labels: Readonly<Record<string, string>>
  readonly sourceId: string
  /** The source's name. */
  readonly source: string
  /** Id of the incident type; null: people classify it. */
  readonly type: string | null
  /** As the playbook names it. */
  readonly service: string | null
  /** The row that its incident would be of. */
  readonly severity: string
}

/**
 * The empty text for what it does not have. Four names every alert has, whatever its labels; a label of the name comes
 * first: it is what its sender calls it.
 */
export function valueOf(subject: HoldSubject, name: string): string {
  if (Object.hasOwn(subject.labels, name)) return subject.labels[name] ?? ''
  switch (name) {
    case 'alertname':
      return subject.alarm
    case 'source':
      return subject.source
    case 'type':
      return subject.type ?? ''
    case 'service':
      return subject.service ?? ''
    default:
      return ''
  }
}
