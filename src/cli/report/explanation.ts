/** An explanation for a terminal: what it is, then what happens in the order of time, each line with its place in the file. */
import type { Clause, Explained, Explanation } from '../../api/schema.ts'
import { formatDuration } from '../../core/playbook/duration.ts'
import { columns, painter, safeLine, timeIn } from '../layout.ts'

interface Look {
  readonly zone: string
  readonly colour: boolean
}

type Paint = ReturnType<typeof painter>

export function describe(explained: Explained, { zone, colour }: Look): string {
  const paint = painter(colour)
  const { version, digest } = explained.playbook
  const head = [
    `At ${timeIn(zone, explained.at)}, by ${version === null ? 'the playbook' : `version ${version} of the playbook`} (${digest.slice(0, 12)})`,
    ...explained.assumptions.map((assumption) => paint('dim', `Assumed: ${safeLine(assumption)}`)),
    ...(explained.refused === null ? [] : [paint('red', `The door refuses the message: ${safeLine(explained.refused.reason)}`)]),
  ]
  const items = explained.items.map((item) => describeItem(item, { zone, colour }))
  const more = explained.items_more === 0 ? [] : [`and ${explained.items_more} more signals`]
  return [head.join('\n'), ...items, ...more].join('\n\n')
}

function describeItem(item: Explanation, { zone, colour }: Look): string {
  const paint = painter(colour)
  const blocks = [
    [paint('bold', safeLine(item.signal.title)), safeLine(item.sentence), ...describeHold(item), ...describeVerdict(item, paint)],
    describeConsidered(item, paint),
    describePages(item, zone, paint),
    describeOwed(item, paint),
    describeOffered(item, paint),
  ]
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

/** Held, it opens nothing until the hold ends: what follows is what happens then. */
function describeHold({ hold, hold_passed }: Explanation): string[] {
  const held = hold === null || hold === undefined ? [] : [`Held: ${safeLine(hold.reason)} What follows happens only when that is over.`]
  return [...held, ...(hold_passed ?? []).map(safeLine)]
}

function describeVerdict({ severity, joins, service, team, team_reason: teamReason = '' }: Explanation, paint: Paint): string[] {
  const joined =
    joins === null ? [] : [`It joins incident ${joins.number} (${safeLine(joins.title)}), which is open: nobody is paged anew.`]
  if (severity === null) return joined
  const of = (what: string, named: typeof service): string[] =>
    named === null || named === undefined ? [] : [`${what} ${safeLine(named.name)} ${placeOf(named.clause, paint)}`]
  return [
    `Severity ${safeLine(severity.id)}: ${safeLine(severity.definition)} ${placeOf(severity.clause, paint)}`,
    ...of('Service', service),
    ...of('Of the team', team),
    ...(teamReason === '' ? [] : [safeLine(teamReason)]),
    ...joined,
  ]
}

function describeConsidered({ considered, considered_more: more }: Explanation, paint: Paint): string[] {
  const others = considered.filter(({ verdict }) => verdict !== 'met')
  if (others.length === 0) return []
  const lines = others.map(({ sentence, detections }) => `  ${safeLine(sentence)} ${placeOf(detections[0]?.clause, paint)}`)
  return [paint('bold', 'Incident types it is not'), ...lines, ...(more === 0 ? [] : [`  and ${more} more that nothing in it comes near`])]
}

function describePages({ pages, pages_cut: cut, notices, end }: Explanation, zone: string, paint: Paint): string[] {
  if (pages.length + notices.length === 0) return []
  const rows = [...Map.groupBy(pages, ({ at, person }) => `${at} ${person.id}`).values()].flatMap(([page, ...others]) =>
    page === undefined ? [] : [rowOf(page, [page.role, ...others.map(({ role }) => role)], zone, paint)],
  )
  const told = notices.map((notice) => {
    const who = notice.people.map(({ name }) => safeLine(name)).join(', ')
    return `  ${afterWords(notice.after_seconds)}: ${who} ${notice.people.length === 1 ? 'is' : 'are'} told. ${safeLine(notice.sentence)} ${placeOf(notice.clause, paint)}`
  })
  return [
    paint('bold', 'Who is paged, if nobody answers'),
    ...(rows.length === 0 ? [] : [columns(rows)]),
    ...(cut ? ['  and so on'] : []),
    ...new Set(told),
    ...(end === null ? [] : [`  ${safeLine(end.sentence)} ${placeOf(end.clause, paint)}`]),
  ]
}

/** Somebody who is due for several roles at once gets one message that names them all. */
function rowOf(page: Explanation['pages'][number], roles: readonly string[], zone: string, paint: Paint): string[] {
  return [
    `  ${afterWords(page.after_seconds)}`,
    clockIn(zone, page.at),
    safeLine(page.person.name),
    [...new Set(roles)].map(safeLine).join(', '),
    page.person.channels.map((channel) => wayOf(page, channel, zone)).join(', '),
    `${safeLine(page.because)}${page.held_until === null ? '' : ' Held by quiet hours.'} ${placeOf(page.clause, paint)}`,
  ]
}

/** `sms at 03:02:00`, unless somebody acknowledges before. */
function wayOf({ later }: Explanation['pages'][number], channel: string, zone: string): string {
  const waits = later.find((one) => one.channel === channel)
  return waits === undefined ? safeLine(channel) : `${safeLine(channel)} at ${clockIn(zone, waits.at)}`
}

function describeOwed({ clocks, updates }: Explanation, paint: Paint): string[] {
  const lines = [...clocks, ...updates].map(({ sentence, clause }) => `  ${safeLine(sentence)} ${placeOf(clause, paint)}`)
  return lines.length === 0 ? [] : [paint('bold', 'What is owed'), ...lines]
}

function describeOffered({ first_step: first, mitigation, follow_ups: followUps }: Explanation, paint: Paint): string[] {
  const line = (what: string, text: string, clause: Clause): string => `  ${what}${safeLine(text)} ${placeOf(clause, paint)}`
  const lines = [
    ...(first === null ? [] : [line('First: ', first.text, first.clause)]),
    ...mitigation.map(({ title, clause }) => line('', title, clause)),
    ...followUps.map(({ title, clause }) => line('Afterwards: ', title, clause)),
  ]
  return lines.length === 0 ? [] : [paint('bold', 'What the playbook offers'), ...lines]
}

function placeOf(clause: Clause | undefined, paint: Paint): string {
  if (clause === undefined) return ''
  return paint('dim', clause.line === null ? `(${clause.path}, by default)` : `(playbook.yaml:${clause.line})`)
}

function afterWords(seconds: number): string {
  return seconds === 0 ? 'at once' : `after ${formatDuration(Math.round(seconds * 1_000))}`
}

/** `03:05`, on the reader's wall clock; the day stands at the head. */
function clockIn(zone: string, rfc3339: string): string {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: zone }).format(
    new Date(rfc3339),
  )
}
