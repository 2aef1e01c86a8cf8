/** The sections of the document in the order in which the page shows them, and which of them a playbook has. Pure. */
import type { PlaybookView } from '../../../src/api/schema.ts'

export const SECTION_TITLES = {
  severities: 'Severity matrix',
  escalation: 'Escalation',
  lifecycle: 'Incident lifecycle',
  incident_types: 'Common incidents and mitigations',
  communication: 'Communication plan',
  duty_roles: 'Who is paged now',
  roles: 'Roles and responsibilities',
  post_mortem: 'Post-mortem',
  slas: 'Promises',
  services: 'Services',
  teams: 'Teams',
  compliance: 'Compliance and reporting',
  pass_criteria: 'Pass criteria',
} as const satisfies Readonly<Record<string, string>>

export type SectionKey = keyof typeof SECTION_TITLES

const KEYS = Object.keys(SECTION_TITLES) as SectionKey[]

/** A section without rows is not shown. `duty_roles` is what the sections name, not one of the file. */
export function sectionsOf(playbook: PlaybookView): readonly SectionKey[] {
  return KEYS.filter((key) => {
    if (key === 'escalation') return playbook.severities.some((row) => row.roles.length > 0)
    if (key === 'post_mortem') return true
    return playbook[key].length > 0
  })
}
