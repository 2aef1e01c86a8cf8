/** Checks of what somebody must do in an incident: that a person who is paged may take the role which the duty is on. */
import type { Report } from './finding.ts'
import type { IncidentRole, Playbook, SeverityRow } from './playbook.ts'
import { normalizeName } from './text.ts'

/** Incident roles by their usual ids, with the severities at which they have something to do. Others have none by rule. */
const DUTIES: Readonly<Record<string, { readonly what: string; readonly severities: (playbook: Playbook) => readonly string[] }>> = {
  'incident-commander': { what: 'leads the incident', severities: (playbook) => playbook.severities.map((row) => row.id) },
  'communications-lead': { what: 'tells the audiences', severities: (playbook) => playbook.communication.flatMap((row) => row.severities) },
  'operations-lead': {
    what: 'carries out the mitigations',
    severities: (playbook) => playbook.incidentTypes.filter((type) => type.mitigation.length > 0).map((type) => type.severity),
  },
  scribe: { what: 'writes the post-mortem', severities: (playbook) => playbook.postMortem.severities },
}

export function checkDuties(playbook: Playbook, report: Report): void {
  for (const [index, role] of playbook.roles.entries()) {
    const duty = Object.hasOwn(DUTIES, role.id) ? DUTIES[role.id] : undefined
    if (duty === undefined) continue
    const severities = new Set(duty.severities(playbook))
    const unheld = playbook.severities.filter((row) => row.roles.length > 0 && severities.has(row.id) && !canHold(role, row))
    if (unheld.length === 0) continue
    const rows = unheld.map((row) => row.id).join(', ')
    const paged = [...new Set(unheld.flatMap(pagedBy))].map((name) => `"${name}"`).join(', ')
    report({
      code: 'duty-unheld',
      severity: 'warning',
      path: ['roles', index, 'held_by'],
      message: `The ${role.title} ${duty.what}, and nobody whom ${rows} pages may be it.`,
      fix: `Add one of those who are paged to held_by: ${paged}.`,
    })
  }
  checkNotices(playbook, report)
}

/** Duty roles that a row may page, from the start or by a step of its escalation. */
function pagedBy({ roles, escalation }: SeverityRow): string[] {
  return [...roles, ...escalation.steps.flatMap((step) => (typeof step.page === 'object' ? [step.page.role] : []))]
}

/** A role that names nobody may be held by anybody. */
function canHold({ heldBy }: IncidentRole, row: SeverityRow): boolean {
  return heldBy.length === 0 || pagedBy(row).some((name) => heldBy.includes(name))
}

const NOTICE = /\b(breach\w*|notif(y|ies|ication)s?|notices?)\b/i
const DEADLINE = /\b\d+(\.\d+)?[ -]?(min(utes?)?|h|hrs?|hours?|d|days?)\b/i
const LEAD_ID = 'security-lead'

/** A deadline for a notice runs for whoever the row names, else for the Security Lead. */
function checkNotices(playbook: Playbook, report: Report): void {
  for (const [index, row] of playbook.compliance.entries()) {
    const text = normalizeName(`${row.title} ${row.text}`)
    if (!NOTICE.test(text) || !DEADLINE.test(text)) continue
    const named = playbook.roles.find((role) => text.toLowerCase().includes(normalizeName(role.title).toLowerCase()))
    const lead = named ?? playbook.roles.find((role) => role.id === LEAD_ID)
    if (lead !== undefined && (lead.heldBy.length === 0 || playbook.severities.some((severity) => canHold(lead, severity)))) continue
    const message =
      lead === undefined
        ? `"${row.title}" has a deadline, and no incident role is there to file it: the row names none, and there is no Security Lead.`
        : `"${row.title}" has a deadline, and no severity pages anybody who may be the ${lead.title}.`
    const fix =
      lead === undefined
        ? `Add a role with the id ${LEAD_ID}, or name a role of "roles" in the text.`
        : `Add a duty role that is paged to held_by of the ${lead.title}.`
    report({ code: 'notice-unfiled', severity: 'warning', path: ['compliance', index], message, fix })
  }
}
