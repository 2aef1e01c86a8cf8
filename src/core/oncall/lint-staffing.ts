/** Who holds the roles that the playbook pages: roles without a schedule, hours that nobody covers, steps that reach nobody. */
import { writtenEscalations } from '../playbook/check-escalation.ts'
import type { FindingCode } from '../playbook/finding-code.ts'
import type { Finding, Path } from '../playbook/finding.ts'
import type { ParsedPlaybook } from '../playbook/parse.ts'
import { dutyRolesOf } from '../playbook/playbook.ts'
import { findNearest, suggest } from '../playbook/text.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../time.ts'
import type { Layer, OnCall, Schedule } from './oncall.ts'
import type { ParsedOnCall } from './parse.ts'
import { type Gap, gapsIn, type Shift, shiftsAt, shiftsBetween } from './shifts.ts'
import { readLayer } from './stretch.ts'
import { formatWall } from './wall.ts'

/** Roles of the playbook without a schedule, and schedules for roles that the playbook does not name. */
export function findRoleGaps(parsed: ParsedPlaybook | null, { onCall, place }: ParsedOnCall, fileIsThere: boolean): Finding[] {
  const playbook = parsed?.playbook ?? null
  if (playbook === null || onCall === null || !fileIsThere) return []
  const named = dutyRolesOf(playbook)
  // A role that only teams staff has nobody for what is of no team's service.
  const staffed = onCall.schedules.flatMap((schedule) => (schedule.team === null ? [schedule.role] : []))
  const teams = playbook.teams.map((team) => team.name)
  const unstaffed = named.filter((role) => !staffed.includes(role))
  const warn = (code: FindingCode, path: Path, message: string, fix: string): Finding =>
    place({ code, severity: 'warning', path, message, fix })
  return [
    ...unstaffed.map((role) => {
      const nearest = findNearest(
        role,
        staffed.filter((other) => !named.includes(other)),
      )
      const fix = nearest === null ? 'Add a schedule for it.' : `The schedule of "${nearest}" may be meant for it.`
      return warn('role-unstaffed', ['schedules'], `No schedule names who holds "${role}"; the owners do.`, fix)
    }),
    ...onCall.schedules.flatMap(({ team }, index) => {
      if (team === null || teams.includes(team)) return []
      return [warn('unknown-team', ['schedules', index, 'team'], `The playbook has no team "${team}".`, suggest(team, teams))]
    }),
    ...onCall.schedules.flatMap(({ role }, index) => {
      if (named.includes(role)) return []
      return [warn('schedule-unused', ['schedules', index, 'role'], `The playbook has no duty role "${role}".`, suggest(role, unstaffed))]
    }),
  ]
}

/** Hours of the coming days for which a schedule names nobody: the owners are paged then, awake or not. And layers that never hold. */
export function findStaffingGaps({ onCall, place }: ParsedOnCall, now: Instant, days: number): Finding[] {
  const end = now + days * DAY_MS
  return (onCall?.schedules ?? []).flatMap((schedule, index) => {
    const shifts = [...shiftsBetween(schedule, now, end)]
    const warn = (code: FindingCode, path: Path, message: string, fix: string): Finding =>
      place({ code, severity: 'warning', path: ['schedules', index, ...path], message, fix })
    return [...findGap(schedule, gapsIn(shifts, now, end), { now, days, warn }), ...findHiddenLayers(schedule, shifts, { now, days, warn })]
  })
}

interface Ahead {
  readonly now: Instant
  readonly days: number
  readonly warn: (code: FindingCode, path: Path, message: string, fix: string) => Finding
}

function findGap({ role, team, zone }: Schedule, gaps: readonly Gap[], { now, days, warn }: Ahead): Finding[] {
  const [first] = gaps
  if (first === undefined) return []
  const hours = gaps.reduce((sum, gap) => sum + (gap.until - gap.from), 0) / HOUR_MS
  const more = gaps.length === 1 ? '' : `, the first of ${gaps.length} gaps`
  const until = first.until >= now + days * DAY_MS ? 'on' : `to ${formatWall(first.until, zone)}`
  const message =
    `Nobody holds "${role}"${team === null ? '' : ` of ${team}`} from ${formatWall(first.from, zone)} ${until} (${zone})${more}: ` +
    `${Number(hours.toFixed(1))} h of the next ${days} days, in which the owners stand in.`
  return [warn('staffing-gap', [], message, 'Let the layers overlap: move "until" or "start", or add a layer below that covers the time.')]
}

/** Layers that have time of their own in the coming days, all of which those above them cover. */
function findHiddenLayers({ layers, zone, replacements }: Schedule, shifts: readonly Shift[], { now, days, warn }: Ahead): Finding[] {
  if (layers.length < 2 || replacements !== undefined) return []
  const seen = new Set(shifts.map(({ cause }) => cause.layer))
  return layers.flatMap((layer, place) => {
    if (layer.shadow === true || seen.has(place) || !coversSome(layer, zone, now, now + days * DAY_MS)) return []
    const message = `This layer never holds in the next ${days} days: those above it cover all of its time.`
    return [warn('layer-hidden', ['layers', place], message, 'Move it up, restrict the layers above it with "only", or remove it.')]
  })
}

function coversSome(layer: Layer, zone: string, from: Instant, until: Instant): boolean {
  const read = readLayer(layer, zone)
  for (let at: Instant | null = from, count = 0; at !== null && at < until && count < LAYER_SPANS_MAX; count += 1) {
    const span = read(at)
    if (span.holders.length > 0) return true
    at = span.until
  }
  return false
}
/** Stretches in which a layer does not hold before one in which it does; its members' zones may cut a week into many. */
const LAYER_SPANS_MAX = 100

/** A step that pages nobody but who is next is passed over, with its wait, where each role is held by the same people always. */
export function findLonelySteps(parsed: ParsedPlaybook | null, onCall: OnCall | null, now: Instant): Finding[] {
  if (parsed === null || onCall === null || parsed.playbook === null || parsed.file === null) return []
  const hasNext = (role: string): boolean =>
    onCall.schedules.some((schedule) => schedule.role === role && shiftsAt(schedule, now).next !== null)
  return writtenEscalations(parsed.playbook, parsed.file).flatMap(({ file, path, rows }) =>
    file.steps.flatMap((step, index) => {
      const targets = Array.isArray(step.page) ? step.page : [step.page]
      const roles = [...new Set(rows.flatMap((row) => row.roles))]
      if (targets.some((target) => target !== 'next') || roles.length === 0 || roles.some(hasNext)) return []
      const message = `Nobody is ever next on call for ${roles.join(', ')}, so this step is passed over, wait and all.`
      const fix = 'Give a schedule a second person to take turns, or page "owners" or another role here.'
      return [parsed.place({ code: 'step-reaches-nobody', severity: 'warning', path: [...path, 'steps', index, 'page'], message, fix })]
    }),
  )
}
