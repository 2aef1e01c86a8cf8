/** What would hurt in how incidents end, alerts are grouped, and heartbeats are declared. */
import { SECOND_MS } from '../time.ts'
import type { Report } from './finding.ts'
import type { Playbook } from './playbook.ts'
import type { PlaybookFile } from './schema.ts'
import { normalizeName, suggest } from './text.ts'

/** The watcher looks every few seconds: what is shorter is late by its own jitter. */
const INTERVAL_SHORT_MS = 10 * SECOND_MS

export function checkCorrelation(playbook: Playbook, file: PlaybookFile, report: Report): void {
  checkResolution(playbook, file, report)
  checkHeartbeats(playbook, report)
}

function checkResolution(playbook: Playbook, file: PlaybookFile, report: Report): void {
  const known = playbook.severities.map((row) => row.id)
  for (const [index, written] of (file.resolution?.propose ?? []).entries()) {
    const id = normalizeName(written)
    const path = ['resolution', 'propose', index]
    if (!known.includes(id)) {
      report({ code: 'unknown-severity', severity: 'error', path, message: `No severity is called "${id}".`, fix: suggest(id, known) })
    } else if (playbook.resolution.automatic.includes(id)) {
      const message = `${id} is both resolved by itself and proposed to the commander.`
      report({ code: 'resolution-twice', severity: 'error', path, message, fix: 'Keep it in one of the two lists.' })
    }
  }
  const [first] = playbook.severities
  if (first !== undefined && first.roles.length > 0 && playbook.resolution.automatic.includes(first.id)) {
    const path = ['resolution', 'automatic', playbook.resolution.automatic.indexOf(first.id)]
    const message = `${first.id} is resolved without its commander.`
    report({ code: 'gravest-resolves-itself', severity: 'warning', path, message, fix: 'Move it to "propose".' })
  }
}

function checkHeartbeats({ heartbeats, incidentTypes }: Playbook, report: Report): void {
  const names = new Set<string>()
  for (const [index, { name, intervalMs, alarm }] of heartbeats.entries()) {
    const path = ['heartbeats', index]
    if (names.has(name))
      report({
        code: 'duplicate-id',
        severity: 'error',
        path: [...path, 'name'],
        message: `"${name}" is there already.`,
        fix: 'Rename one of the two.',
      })
    names.add(name)
    if (name.includes('/'))
      report({
        code: 'bad-id',
        severity: 'error',
        path: [...path, 'name'],
        message: `"${name}" cannot stand in an address.`,
        fix: 'Leave out the slash.',
      })
    if (intervalMs < INTERVAL_SHORT_MS)
      report({
        code: 'too-small',
        severity: 'error',
        path: [...path, 'interval'],
        message: 'A heartbeat is expected every 10 s at most.',
        fix: 'Write at least "10 s".',
      })
    const taken = incidentTypes.find((type) => alarm !== null && type.detection.some((rule) => rule.alarm === alarm))
    if (taken !== undefined) {
      const message = `${alarm ?? ''} is a ping of ${name}, and so never opens "${taken.title}".`
      report({ code: 'heartbeat-detects', severity: 'warning', path: [...path, 'alarm'], message, fix: 'Remove one of the two.' })
    }
  }
}
