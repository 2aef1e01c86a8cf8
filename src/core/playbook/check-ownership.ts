/** Checks of SLAs, services and teams: names that are there, and promises that the matrix can keep. */
import { formatDuration } from './duration.ts'
import type { FindingCode } from './finding-code.ts'
import type { Path, Report } from './finding.ts'
import type { Playbook, SeverityRow, Sla } from './playbook.ts'
import { allowedMsOf } from './sla.ts'
import { suggest } from './text.ts'

export function checkOwnership(playbook: Playbook, report: Report): void {
  const teams = playbook.teams.map((team) => team.name)
  const services = playbook.services.map((service) => service.name)
  const known = (names: readonly string[], code: FindingCode, what: string) => (name: string | null, path: Path) => {
    if (name === null || names.includes(name)) return
    report({ code, severity: 'error', path, message: `No ${what} is called "${name}".`, fix: suggest(name, names) })
  }
  const checkTeam = known(teams, 'unknown-team', 'team')
  const checkService = known(services, 'unknown-service', 'service')
  checkNames(teams, 'teams', report)
  checkNames(services, 'services', report)
  for (const [index, { name, team, labels, links }] of playbook.services.entries()) {
    checkTeam(team, ['services', index, 'team'])
    if (labels.length === 0 || labels.some(({ values }) => values.length === 0)) {
      const message = `Nothing tells the signals of "${name}" from others.`
      report({ code: 'empty', severity: 'error', path: ['services', index, 'labels'], message, fix: 'Name a label and its values.' })
    }
    for (const [place, { url }] of links.entries()) {
      if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) continue
      const path = ['services', index, 'links', place, 'url']
      report({ code: 'bad-url', severity: 'error', path, message: 'This is not an http or https address.', fix: '' })
    }
  }
  for (const [index, { team }] of playbook.incidentTypes.entries()) checkTeam(team, ['incident_types', index, 'team'])
  for (const [index, sla] of playbook.slas.entries()) {
    for (const [place, name] of sla.services.entries()) checkService(name, ['slas', index, 'services', place])
    checkSla(sla, index, playbook, report)
  }
}

function checkNames(names: readonly string[], section: string, report: Report): void {
  for (const [index, name] of names.entries()) {
    if (names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === index) continue
    const path = [section, index, 'name']
    report({ code: 'duplicate-id', severity: 'error', path, message: `"${name}" is there already.`, fix: 'Rename one of the two.' })
  }
}

function checkSla(sla: Sla, index: number, playbook: Playbook, report: Report): void {
  const path = ['slas', index]
  const rows = new Map(playbook.severities.map((row) => [row.id, row]))
  const find = (id: string, at: Path): SeverityRow | undefined => {
    const row = rows.get(id)
    if (row === undefined)
      report({
        code: 'unknown-severity',
        severity: 'error',
        path: at,
        message: `No severity is called "${id}".`,
        fix: suggest(id, [...rows.keys()]),
      })
    return row
  }
  if (sla.objective === null && sla.responses.length === 0) {
    const message = `"${sla.title}" promises nothing.`
    report({ code: 'sla-empty', severity: 'error', path, message, fix: 'Write an objective, such as "99.9 %", or response_times.' })
  }
  for (const { severity, withinMs } of sla.responses) {
    const at = [...path, 'response_times', severity]
    const row = find(severity, at)
    if (row === undefined || row.responseMs <= withinMs) continue
    const message = `"${sla.title}" promises an answer to ${severity} within ${formatDuration(withinMs)}; the matrix allows ${formatDuration(row.responseMs)}.`
    const fix = `Shorten the response_time of ${severity}, or promise less.`
    report({ code: 'sla-response-shorter-than-row', severity: 'warning', path: at, message, fix })
  }
  for (const [place, severity] of sla.severities.entries()) {
    const at = sla.objective === null ? path : [...path, 'severities', place]
    const row = find(severity, at)
    if (row !== undefined && sla.objective !== null) checkObjective(sla, row, at, report)
  }
}

function checkObjective(sla: Sla, row: SeverityRow, path: Path, report: Report): void {
  if (row.roles.length === 0) {
    const message = `"${sla.title}" counts ${row.id} as down, and ${row.id} pages nobody.`
    report({
      code: 'sla-pages-nobody',
      severity: 'warning',
      path,
      message,
      fix: 'Page a role at that severity, or leave it out of the SLA.',
    })
  }
  const allowedMs = allowedMsOf(sla)
  if (allowedMs === null || allowedMs >= row.responseMs) return
  const message = `"${sla.title}" allows ${formatDuration(Math.floor(allowedMs))} in ${formatDuration(sla.objective?.windowMs ?? 0)}; ${row.id} allows ${formatDuration(row.responseMs)} to the first answer alone.`
  report({
    code: 'sla-objective-shorter-than-response',
    severity: 'warning',
    path,
    message,
    fix: `Shorten the response_time of ${row.id}, or promise less.`,
  })
}
