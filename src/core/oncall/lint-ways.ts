/** Whether people's own waits, quiet hours and channels go with what the playbook asks of whoever it pages. */
import { formatDuration } from '../playbook/duration.ts'
import type { FindingCode } from '../playbook/finding-code.ts'
import type { Finding, Path } from '../playbook/finding.ts'
import type { ParsedPlaybook } from '../playbook/parse.ts'
import type { Playbook, SeverityRow } from '../playbook/playbook.ts'
import { domainOfChannel } from '../page/delivery.ts'
import { type NamedConnection, type ParsedConnections, failureDomainOf } from './connections.ts'
import type { OnCall, OnCallPerson } from './oncall.ts'
import type { ParsedOnCall } from './parse.ts'
import type { Urgency, Way } from './way.ts'

type Warn = (code: FindingCode, path: Path, message: string, fix: string) => Finding

/** What devices and addresses people have added in the console is not known here. */
export function findUnfitWays(parsed: ParsedPlaybook | null, { onCall, place }: ParsedOnCall, connections: ParsedConnections): Finding[] {
  if (onCall === null) return []
  const playbook = parsed?.playbook ?? null
  return onCall.people.flatMap((person, index) => {
    const warn: Warn = (code, path, message, fix) => place({ code, severity: 'warning', path: ['people', index, ...path], message, fix })
    const rows = playbook === null ? [] : rowsThatPage(person, onCall, playbook)
    return [
      ...findSilence(person, warn),
      ...findLateWays(person, rows, warn),
      ...findLongNights(person, rows, warn),
      ...findFallingTogether(person, rows, connections.connections ?? [], warn),
    ]
  })
}

/** Rows whose roles this person holds at any time. */
function rowsThatPage({ email }: OnCallPerson, { schedules }: OnCall, { severities }: Playbook): readonly SeverityRow[] {
  const held = schedules.flatMap(({ role, layers, replacements }) => {
    const all = [...layers, ...(replacements ?? []).flatMap((replacement) => replacement.layers)]
    return all.some((layer) => layer.shadow !== true && layer.members.includes(email)) ? [role] : []
  })
  return severities.filter((row) => row.roles.some((role) => held.includes(role)))
}

function waysFor({ ways, channels }: OnCallPerson, urgency: Urgency): readonly Way[] {
  const said = ways ?? channels.map((channel) => ({ channel, afterMs: 0, urgency: null }))
  const fit = said.filter((way) => way.urgency === null || way.urgency === urgency)
  return fit.length > 0 ? fit : said
}

function findSilence(person: OnCallPerson, warn: Warn): Finding[] {
  const silent = (['high', 'low'] as const).filter((urgency) => {
    const ways = waysFor(person, urgency)
    return ways.length > 0 && ways.every((way) => way.afterMs > 0)
  })
  if (silent.length === 0) return []
  const when = silent.length === 2 ? '' : ` for what is of ${silent.join()} urgency`
  const message = `Every channel of ${person.name} waits${when}, so a page would begin in silence: the first goes out at once all the same.`
  return [warn('channel-waits', ['channels'], message, 'Remove "after" from one of them.')]
}

function findLateWays(person: OnCallPerson, rows: readonly SeverityRow[], warn: Warn): Finding[] {
  if (person.ways === undefined) return []
  return [...new Set(person.ways)].flatMap((way, index) => {
    const late = rows.filter((row) => {
      const waitMs = row.escalation.steps.find((step) => step.waitMs > 0)?.waitMs
      return waitMs !== undefined && way.afterMs > waitMs && waysFor(person, row.urgency ?? 'high').includes(way)
    })
    const [row] = late
    const waitMs = row?.escalation.steps.find((step) => step.waitMs > 0)?.waitMs
    if (row === undefined || waitMs === undefined) return []
    const names = late.map(({ id }) => id).join(', ')
    const message = `${person.name} is called by "${way.channel}" ${formatDuration(way.afterMs)} after the page, and at ${names} the next is paged before that, after ${formatDuration(waitMs)}.`
    const fix = `Write "after: ${formatDuration(waitMs)}" or less, or keep this channel to another urgency.`
    return [warn('channel-too-late', ['channels', index], message, fix)]
  })
}

function findLongNights({ name, quiet }: OnCallPerson, rows: readonly SeverityRow[], warn: Warn): Finding[] {
  const nightMs = Math.max(0, ...(quiet ?? []).map(({ startMs, endMs }) => endMs - startMs))
  const broken = rows.filter((row) => row.quietHours === 'respected' && nightMs >= row.responseMs)
  const [row] = broken
  if (row === undefined) return []
  const names = broken.map(({ id, responseMs }) => `${id} (${formatDuration(responseMs)})`).join(', ')
  const message = `Quiet hours of ${name}, ${formatDuration(nightMs)}, are no shorter than the time to respond to ${names}: ${name} is woken all the same when nobody else is awake and it would run out.`
  return [warn('quiet-too-long', ['quiet_hours'], message, `Shorten them, or take "quiet_hours: respected" from ${row.id}.`)]
}

function findFallingTogether(
  person: OnCallPerson,
  rows: readonly SeverityRow[],
  connections: readonly NamedConnection[],
  warn: Warn,
): Finding[] {
  const asking = rows.filter((row) => row.firstPage === 'two-channels')
  const { name, channels } = person
  const domainOf = (channel: string): string => {
    const said = failureDomainOf(channel, connections)
    return domainOfChannel(channel, said === undefined ? undefined : { [channel]: said })
  }
  const domains = [...new Set(channels.map(domainOf))]
  if (asking.length === 0 || domains.length > 1) return []
  const ids = asking.map(({ id }) => id).join(', ')
  const have =
    channels.length === 0
      ? `${name} has none but the console`
      : channels.length === 1
        ? `${name} has "${channels.join()}" alone`
        : `those of ${name} all fall with "${domains.join()}"`
  const message = `The first page of ${ids} goes by two channels that do not fall together, and ${have}.`
  return [
    warn('channels-fall-together', ['channels'], message, 'Add a channel by another vendor or connection, such as "sms" beside "email".'),
  ]
}
