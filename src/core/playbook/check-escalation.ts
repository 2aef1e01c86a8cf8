/** Checks of escalations: a first wait that is too long, steps that nobody is left for, steps that lead back. */
import { formatDuration } from './duration.ts'
import type { Path, Report } from './finding.ts'
import type { Playbook, SeverityRow } from './playbook.ts'
import type { EscalationFile, PlaybookFile } from './schema.ts'
import { normalizeName } from './text.ts'

/** An escalation as it is written, and the rows that page somebody by it. */
export interface WrittenEscalation {
  readonly file: EscalationFile
  readonly path: Path
  readonly rows: readonly SeverityRow[]
}

/** The playbook's own and those of rows; one that is not written is not among them. */
export function writtenEscalations(playbook: Playbook, file: PlaybookFile): WrittenEscalation[] {
  const paging = playbook.severities.filter((row) => row.roles.length > 0)
  const own = (row: SeverityRow): EscalationFile | undefined => file.severities[row.rank]?.escalation
  const ofRows = paging.flatMap((row): WrittenEscalation[] => {
    const written = own(row)
    return written === undefined ? [] : [{ file: written, path: ['severities', row.rank, 'escalation'], rows: [row] }]
  })
  if (file.escalation === undefined) return ofRows
  return [{ file: file.escalation, path: ['escalation'], rows: paging.filter((row) => own(row) === undefined) }, ...ofRows]
}

export function checkEscalations(playbook: Playbook, file: PlaybookFile, report: Report): void {
  for (const row of playbook.severities) {
    checkFirstWait(row, report)
    if (row.roles.length > 0 || file.severities[row.rank]?.escalation === undefined) continue
    const message = `${row.id} pages nobody, so its escalation never runs.`
    const path = ['severities', row.rank, 'escalation']
    report({ code: 'escalation-unreachable', severity: 'warning', path, message, fix: 'Remove it, or page a role.' })
  }
  for (const written of writtenEscalations(playbook, file)) {
    if (written.rows.length > 0) checkCycle(written, report)
    else {
      const message = 'Every row that pages somebody has an escalation of its own, so this one never runs.'
      report({ code: 'escalation-unreachable', severity: 'warning', path: written.path, message, fix: 'Remove it, or those of the rows.' })
    }
  }
}

/** Somebody else must be paged while there is still time to respond. */
function checkFirstWait(row: SeverityRow, report: Report): void {
  const { steps, rounds } = row.escalation
  const pauses = steps.filter((step) => step.waitMs > 0).length
  const firstWaitMs = steps.find((step) => step.waitMs > 0)?.waitMs ?? 0
  if (row.roles.length === 0 || pauses * rounds < 2 || firstWaitMs < row.responseMs) return
  report({
    code: 'escalation-too-late',
    severity: 'error',
    path: ['severities', row.rank, 'response_time'],
    message: `The first wait of the escalation, ${formatDuration(firstWaitMs)}, is not shorter than the response time of ${row.id}, ${formatDuration(row.responseMs)}.`,
    fix: 'Shorten the wait, or write it as a share: "40 % of response".',
  })
}

/** A role that every row pages from the start cannot be whom to turn to when nobody answers. */
function checkCycle({ file, path, rows }: WrittenEscalation, report: Report): void {
  for (const [index, step] of file.steps.entries()) {
    const targets = Array.isArray(step.page) ? step.page : [step.page]
    for (const [place, target] of targets.entries()) {
      if (typeof target === 'string') continue
      const role = normalizeName(target.role)
      if (!rows.every((row) => row.roles.includes(role))) continue
      const names = rows.map((row) => row.id).join(' and ')
      report({
        code: 'escalation-cycle',
        severity: 'warning',
        path: [...path, 'steps', index, 'page', ...(Array.isArray(step.page) ? [place] : []), 'role'],
        message: `This leads back to "${role}", which ${names} ${rows.length === 1 ? 'pages' : 'page'} from the start.`,
        fix: 'Write "on-call" to page who holds the role again, or name another role.',
      })
    }
  }
}
