/** What the engine does beyond the tables, in words for readers: the last chapter of the document. */
import { formatDuration } from '../duration.ts'
import { formatImpactThreshold } from '../impact-threshold.ts'
import { formatMatchers } from '../../silence/matcher.ts'
import { type EscalationPolicy, type Playbook, type SeverityRow } from '../playbook.ts'

/** Each a setting and what it is. */
export function describeSettings(playbook: Playbook): readonly (readonly [setting: string, value: string])[] {
  const { resolution, postMortem, severities } = playbook
  const paging = severities.filter((row) => row.roles.length > 0)
  const quiet = severities.filter((row) => row.roles.length === 0)
  const measured = severities.filter((row) => row.thresholds.length > 0)
  return [
    ['Signals that match no incident type', playbook.defaultSeverity],
    ...describePages(paging),
    ...quiet.map((row): readonly [string, string] => [
      `${row.id}, when nobody has answered in ${formatDuration(row.responseMs)}`,
      `${row.notify.length === 0 ? 'The owners are' : `${row.notify.join(', ')} is`} told; nobody is paged`,
    ]),
    ...paging
      .filter((row) => row.acknowledgement === 'any')
      .map((row): readonly [string, string] => [`${row.id} is acknowledged`, 'By the first who answers, for all']),
    ...paging.flatMap(describeReach),
    ...measured.map((row): readonly [string, string] => [
      `${row.id} is measured by`,
      row.thresholds.map((one) => `${measureName(one.measure)} ${formatImpactThreshold(one)}`).join('; '),
    ]),
    ['An incident counts as green', `When all its alerts have been clear for ${formatDuration(resolution.quietMs)}`],
    ['Resolved without a person', resolution.automatic.length === 0 ? 'Never' : resolution.automatic.join(', ')],
    [
      'While it flaps',
      `${resolution.flapping.changes} changes in ${formatDuration(resolution.flapping.withinMs)} hold the resolution, never a page`,
    ],
    [
      'Post-mortem',
      postMortem.severities.length === 0
        ? 'Never asked for'
        : `Within ${formatDuration(postMortem.withinMs)} of the resolution, for ${postMortem.severities.join(', ')}`,
    ],
    ['New incidents from one source', `At most ${playbook.newIncidentsPerMinuteMax} a minute; the rest joins one`],
    ...describeCorrelation(playbook),
    ...describeMuting(playbook),
    ...describeOwnership(playbook),
    ...describePrivate(playbook),
  ]
}

function describeReach({ id, firstPage, urgency, quietHours }: SeverityRow): (readonly [string, string])[] {
  return [
    ...(firstPage === undefined ? [] : [[`The first page of a ${id}`, 'By two channels at once that do not fall together'] as const]),
    ...(urgency === undefined ? [] : [[`The urgency of a ${id}`, 'Low: people may keep other channels for it'] as const]),
    ...(quietHours === undefined ? [] : [[`Quiet hours, for a ${id}`, 'Respected, as long as somebody is reached in time'] as const]),
  ]
}

function describeCorrelation({ grouping, heartbeats, pagesPerPerson, carries = {} }: Playbook): (readonly [string, string])[] {
  const parts = [
    ...(grouping.by.length === 0 ? [] : [`by ${grouping.by.join(', ')}`]),
    ...(grouping.windowMs === null ? [] : [`when the last came at most ${formatDuration(grouping.windowMs)} before`]),
  ]
  return [
    [
      'Pages to one person',
      `At most ${pagesPerPerson.max} in ${formatDuration(pagesPerPerson.withinMs)}; the rest is one that says how many`,
    ],
    ...Object.entries(carries).map(([kind, ceiling]) => [`Messages by ${kind}`, SAID[ceiling]] as const),
    ...(parts.length === 0 ? [] : [['Alerts join one incident', parts.join(', ')] as const]),
    ...heartbeats.map(({ name, intervalMs }) => [`Heartbeat ${name}`, `Expected every ${formatDuration(intervalMs)}`] as const),
  ]
}

const SAID = { 'number-and-severity': 'Say the number and the severity alone', title: 'Say no more than the title' } as const

function measureName(measure: string): string {
  return measure.replaceAll('_', ' ')
}

function describePages(rows: readonly SeverityRow[]): (readonly [string, string])[] {
  return rows.map((row) => [`${row.id} pages ${row.roles.join(', ')}`, describeEscalation(row.escalation)] as const)
}

/** "At once who is on call, after 2 min who is next and who is on call, after 4 min the owners; 3 rounds of 5 min". */
function describeEscalation({ steps, rounds }: EscalationPolicy): string {
  const moments: { atMs: number; who: string[] }[] = []
  let atMs = 0
  let waited = true
  for (const step of steps) {
    const who = typeof step.page === 'object' ? step.page.role : TARGETS[step.page]
    if (waited) moments.push({ atMs, who: [who] })
    else moments.at(-1)?.who.push(who)
    atMs += step.waitMs
    waited = step.waitMs > 0
  }
  const told = moments.map((moment) => `${moment.atMs === 0 ? 'At once' : `after ${formatDuration(moment.atMs)}`} ${listWords(moment.who)}`)
  return `${told.join(', ')}${rounds > 1 ? `; ${rounds} rounds of ${formatDuration(atMs)}` : ''}`
}

const TARGETS = { 'on-call': 'who is on call', next: 'who is next', owners: 'the owners' } as const

function listWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}

function describeMuting({ muting, inhibition }: Playbook): (readonly [string, string])[] {
  const { reasonRequired, maxMs, never } = muting
  const bound = maxMs === null ? '' : `, for ${formatDuration(maxMs)} at most`
  return [
    ...(reasonRequired.length === 0 ? [] : [['Muting alerts', `${reasonRequired.join(', ')} only with a reason${bound}`] as const]),
    ...(never.length === 0 ? [] : [['Never muted', never.join(', ')] as const]),
    ...inhibition.map((rule) => [`Inhibition ${rule.name}`, describeInhibition(rule)] as const),
  ]
}

function describeInhibition({ source, target, equal }: Playbook['inhibition'][number]): string {
  const same = equal.length === 0 ? '' : `, where ${equal.join(', ')} is the same`
  return `While ${formatMatchers(source)} fires, ${formatMatchers(target)} is held${same}`
}

function describePrivate({ incidentTypes }: Playbook): (readonly [string, string])[] {
  const titles = incidentTypes.filter((type) => type.private === true).map((type) => type.title)
  return titles.length === 0 ? [] : [['Shown only to those who are paged', titles.join(', ')]]
}

function describeOwnership(playbook: Playbook): (readonly [string, string])[] {
  const teams = playbook.teams.map((team) => team.name)
  return teams.length === 0 ? [] : [['Teams', teams.join(', ')]]
}
