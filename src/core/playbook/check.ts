/** Cross checks of a playbook whose shape is right: what refers to what, and what would hurt at 03:00. */
import { checkCorrelation } from './check-correlation.ts'
import { checkConditions, checkDetections } from './check-detection.ts'
import { checkDuties } from './check-duty.ts'
import { checkEscalations } from './check-escalation.ts'
import { checkImpact } from './check-impact.ts'
import { checkInhibition, checkMuting } from './check-muting.ts'
import { checkOverlaps } from './check-overlap.ts'
import { checkOwnership } from './check-ownership.ts'
import { checkReports } from './check-reports.ts'
import { checkThresholds } from './check-threshold.ts'
import type { FindingCode } from './finding-code.ts'
import type { Path, Report } from './finding.ts'
import { dutyRolesOf, type Playbook } from './playbook.ts'
import type { PlaybookFile } from './schema.ts'
import { findNearest, suggest } from './text.ts'

/** Whoever acknowledges first takes this incident role, until it is handed over. */
const COMMANDER_ROLE = 'incident-commander'

export function checkPlaybook(playbook: Playbook, file: PlaybookFile, report: Report): void {
  checkMetadata(playbook, report)
  checkIds(playbook, report)
  checkSeverityReferences(playbook, file, report)
  checkMatrix(playbook, report)
  checkEscalations(playbook, file, report)
  checkDutyRoles(playbook, report)
  checkDuties(playbook, report)
  checkRows(playbook, report)
  checkImpact(playbook, report)
  checkOwnership(playbook, report)
  checkMuting(playbook, file, report)
  checkInhibition(playbook, report)
  checkCorrelation(playbook, file, report)
  checkThresholds(playbook, report)
  checkDetections(playbook, report)
  checkOverlaps(playbook, report)
  checkConditions(playbook, report)
  checkReports(playbook, report)
}

function error(report: Report, code: FindingCode, path: Path, message: string, fix: string): void {
  report({ code, severity: 'error', path, message, fix })
}

function warn(report: Report, code: FindingCode, path: Path, message: string, fix: string): void {
  report({ code, severity: 'warning', path, message, fix })
}

function checkMetadata({ metadata }: Playbook, report: Report): void {
  if (!/^[^\s@]+@[^\s@]+$/.test(metadata.maintainer.email)) {
    error(report, 'bad-email', ['metadata', 'maintainer', 'email'], `"${metadata.maintainer.email}" is not an e-mail address.`, '')
  }
  if (metadata.nextReviewDue < metadata.lastReview) {
    error(
      report,
      'review-dates',
      ['metadata', 'next_review_due'],
      'The next review is due before the last one was held.',
      'Correct one of the dates.',
    )
  }
}

/** Ids stand in addresses and group keys. */
const ID = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u

function checkIds(playbook: Playbook, report: Report): void {
  const lists = [
    ['incident_types', playbook.incidentTypes],
    ['roles', playbook.roles],
    ['compliance', playbook.compliance],
    ['slas', playbook.slas],
  ] as const
  for (const [section, rows] of lists) {
    checkUnique(
      rows.map((row) => row.id),
      (index) => [section, index],
      report,
    )
    for (const [index, { id, title }] of rows.entries()) {
      if (!ID.test(id))
        error(
          report,
          'bad-id',
          [section, index],
          `"${id}" cannot be the id of "${title}".`,
          'Give it an id of letters, digits and hyphens.',
        )
    }
  }
  checkUnique(
    playbook.severities.map((row) => row.id),
    (index) => ['severities', index, 'id'],
    report,
  )
}

function checkUnique(ids: readonly string[], at: (index: number) => Path, report: Report): void {
  const seen = new Map<string, string>()
  for (const [index, id] of ids.entries()) {
    const earlier = seen.get(id.toLowerCase())
    if (earlier !== undefined)
      error(
        report,
        'duplicate-id',
        at(index),
        `"${id}" is there already${earlier === id ? '' : ` as "${earlier}"`}.`,
        'Rename one of the two.',
      )
    seen.set(id.toLowerCase(), id)
  }
}

function checkSeverityReferences(playbook: Playbook, file: PlaybookFile, report: Report): void {
  const known = playbook.severities.map((row) => row.id)
  const check = (id: string, path: Path): void => {
    if (!known.includes(id)) error(report, 'unknown-severity', path, `No severity is called "${id}".`, suggest(id, known))
  }
  check(playbook.defaultSeverity, ['default_severity'])
  for (const [index, type] of playbook.incidentTypes.entries()) check(type.severity, ['incident_types', index, 'severity'])
  for (const [index, id] of playbook.resolution.automatic.entries()) check(id, ['resolution', 'automatic', index])
  for (const [index, row] of playbook.communication.entries()) {
    if (file.communication?.[index]?.severities === undefined) continue
    for (const [place, id] of row.severities.entries()) check(id, ['communication', index, 'severities', place])
  }
  if (file.post_mortem?.severities === undefined) return
  for (const [index, id] of playbook.postMortem.severities.entries()) check(id, ['post_mortem', 'severities', index])
}

function checkMatrix(playbook: Playbook, report: Report): void {
  for (const [index, row] of playbook.severities.entries()) {
    const above = playbook.severities[index - 1]
    if (above !== undefined && above.responseMs > row.responseMs) {
      const message = `${above.id} stands above ${row.id} and yet allows more time to respond.`
      warn(report, 'severity-order', ['severities', index, 'response_time'], message, 'List the most severe row first.')
    }
    if (row.roles.length > 0 && row.notify.length > 0) {
      warn(
        report,
        'notify-unused',
        ['severities', index, 'notify'],
        `${row.id} pages roles; "notify" is for rows that page nobody.`,
        'Remove it.',
      )
    }
  }
  if (playbook.severities.every((row) => row.roles.length === 0)) {
    warn(report, 'nobody-paged', ['severities'], 'No row of the matrix pages anybody.', 'Name duty roles in roles_paged.')
  }
  const fallback = playbook.severities.find((row) => row.id === playbook.defaultSeverity)
  if (fallback?.roles.length === 0) {
    warn(
      report,
      'default-pages-nobody',
      ['default_severity'],
      `Signals that match no incident type get ${fallback.id}, which pages nobody.`,
      'Choose a row that pages somebody.',
    )
  }
}

function checkDutyRoles(playbook: Playbook, report: Report): void {
  const mentions = mentionsOf(playbook)
  const spellings = new Map<string, string>()
  for (const { name, path } of mentions) {
    const earlier = spellings.get(name.toLowerCase())
    if (earlier !== undefined && earlier !== name) {
      error(
        report,
        'role-spelling',
        path,
        `The duty roles "${earlier}" and "${name}" differ by case only.`,
        `Write "${earlier}" in both places.`,
      )
    } else spellings.set(name.toLowerCase(), name)
  }
  const paged = new Set(playbook.severities.flatMap((row) => row.roles))
  for (const { name, path, kind } of mentions) {
    if (paged.has(name) || kind === 'paged') continue
    const nearest = findNearest(name, [...paged])
    if (kind === 'held-by')
      warn(
        report,
        'role-not-paged',
        path,
        `No severity pages "${name}", so who holds it may not know of the incident.`,
        suggest(name, [...paged]),
      )
    else if (nearest !== null) warn(report, 'role-not-paged', path, `No severity pages "${name}".`, `Did you mean ${nearest}?`)
  }
}

interface Mention {
  readonly name: string
  readonly path: Path
  readonly kind: 'paged' | 'escalation' | 'notify' | 'held-by'
}

function mentionsOf(playbook: Playbook): Mention[] {
  const mentions: Mention[] = []
  for (const { rank, roles, notify, escalation } of playbook.severities) {
    for (const [index, name] of roles.entries()) mentions.push({ name, kind: 'paged', path: ['severities', rank, 'roles_paged', index] })
    for (const [index, name] of notify.entries()) mentions.push({ name, kind: 'notify', path: ['severities', rank, 'notify', index] })
    for (const { page } of escalation.steps) {
      if (typeof page === 'object') mentions.push({ name: page.role, kind: 'escalation', path: ['severities', rank, 'escalation'] })
    }
  }
  for (const [index, role] of playbook.roles.entries()) {
    for (const [place, name] of role.heldBy.entries()) mentions.push({ name, kind: 'held-by', path: ['roles', index, 'held_by', place] })
  }
  return mentions
}

function checkRows(playbook: Playbook, report: Report): void {
  for (const row of playbook.severities) {
    for (const [index, name] of row.roles.entries()) {
      if (row.roles.indexOf(name) < index)
        error(report, 'duplicate-role', ['severities', row.rank, 'roles_paged', index], `${row.id} pages "${name}" twice.`, 'Remove one.')
    }
  }
  for (const [index, row] of playbook.communication.entries()) {
    if (row.channels.length === 0)
      error(report, 'empty', ['communication', index, 'channels'], `No channel reaches "${row.audience}".`, 'Name one.')
    if (row.content.trim() === '') {
      const message = `"${row.audience}" is to be told, and nothing says what.`
      warn(report, 'update-without-content', ['communication', index], message, 'Write in "content" what an update says.')
    }
  }
  if (!playbook.roles.some((role) => role.id === COMMANDER_ROLE) && dutyRolesOf(playbook).length > 0) {
    warn(
      report,
      'no-commander',
      ['roles'],
      `No role has the id "${COMMANDER_ROLE}", which the first to acknowledge takes.`,
      'Add an Incident Commander.',
    )
  }
}
