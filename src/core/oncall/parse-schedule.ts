/** From schedules as the file has them to rules on the wall clock, or to findings. */
import type { Path, Report } from '../playbook/finding.ts'
import { normalizeName, toSlug } from '../playbook/text.ts'
import type { Holder, Schedule } from './oncall.ts'
import { buildZone, DEFAULT_ZONE, error, warn } from './parse-kit.ts'
import { buildHolders, buildLayers, buildReplacement } from './parse-layer.ts'
import type { ScheduleFile } from './schedule-schema.ts'

interface Written {
  readonly schedules: readonly ScheduleFile[]
  /** In short: who always holds a role. */
  readonly roles: Readonly<Record<string, Holder | readonly Holder[]>>
}

/** @param zones of the people in the file, by e-mail address */
export function buildSchedules({ schedules, roles }: Written, zones: ReadonlyMap<string, string>, report: Report): Schedule[] {
  const listed = schedules.map((schedule, index) => buildSchedule(schedule, ['schedules', index], zones, report))
  const short = Object.entries(roles).map(([role, holders]): Schedule => {
    const members = buildHolders(holders, ['roles', role], { zones, report })
    return { ...named({ role }), zone: DEFAULT_ZONE, layers: [{ members, rotation: null }] }
  })
  const all = [...listed, ...short]
  checkSchedules(all, listed.length, report)
  return all
}

function named({ role, team, name }: Pick<ScheduleFile, 'role' | 'team' | 'name'>): Pick<Schedule, 'id' | 'name' | 'role' | 'team'> {
  const written = normalizeName(role)
  const usual = team === undefined ? written : `${normalizeName(team)} ${written}`
  return { id: toSlug(name ?? usual), name: name ?? usual, role: written, team: team === undefined ? null : normalizeName(team) }
}

function buildSchedule(schedule: ScheduleFile, path: Path, zones: ReadonlyMap<string, string>, report: Report): Schedule {
  needOneOf(schedule, `The schedule of "${schedule.role}"`, path, report)
  const zone = buildZone(schedule.zone, [...path, 'zone'], report)
  const around = { zone, zones, report }
  const layers = buildLayers(schedule, path, around)
  const replacements = (schedule.replace ?? []).map((file, index) => {
    const at = [...path, 'replace', index]
    needOneOf(file, 'A replacement', at, report)
    return buildReplacement(file, at, around)
  })
  for (const [index, one] of replacements.entries()) {
    const hidden = replacements.slice(0, index).some((other) => other.fromWallMs < one.untilWallMs && one.fromWallMs < other.untilWallMs)
    if (!hidden) continue
    const message = 'Another replacement covers part of the same days; the one listed first counts there.'
    warn(report, 'replacements-overlap', [...path, 'replace', index], message, '')
  }
  return { ...named(schedule), zone, layers, ...(replacements.length === 0 ? {} : { replacements }) }
}

function needOneOf({ on_call: always, layers }: Pick<ScheduleFile, 'on_call' | 'layers'>, what: string, path: Path, report: Report): void {
  if ((always === undefined) !== (layers === undefined)) return
  const message = `${what} needs one of "on_call" (who always holds it) and "layers" (who takes turns).`
  error(report, 'schedule-members', path, message, layers === undefined ? 'Add on_call: owner, for example.' : 'Remove one of the two.')
}

function checkSchedules(schedules: readonly Schedule[], listed: number, report: Report): void {
  for (const [index, { id, role, team }] of schedules.entries()) {
    const path = index < listed ? ['schedules', index] : ['roles', role]
    const isSame = (other: Schedule): boolean => other.role.toLowerCase() === role.toLowerCase() && sameTeam(other.team, team)
    const earlier = schedules.slice(0, index).find((other) => isSame(other) || other.id === id)
    if (earlier !== undefined)
      error(report, 'duplicate-schedule', path, `"${earlier.role}" has a schedule already.`, 'Make them layers of one schedule.')
    if (id === '') error(report, 'bad-id', path, `No id can be made from "${role}".`, 'Give the schedule a name with letters or digits.')
  }
}

function sameTeam(one: string | null, other: string | null): boolean {
  return one?.toLowerCase() === other?.toLowerCase()
}
