/** Changes of what was promised to whom, of what runs, and of whose it is. */
import { formatDuration } from '../duration.ts'
import type { Playbook, Service, Sla, Team } from '../playbook.ts'
import { allowedMsOf } from '../sla.ts'
import type { Change, ChangeCode, Effect } from './change.ts'
import { diffFields } from './fields.ts'
import { findMoved, type Pair, pairRows } from './pair.ts'
import { listed, quoted, reads, sameList, shown } from './words.ts'

type Path = Change['path']

function change(code: ChangeCode, effect: Effect, path: Path, sentence: string): Change {
  return { code, effect, path, side: 'after', sentence }
}

export function diffOwnership(before: Playbook, after: Playbook): readonly Change[] {
  return [...diffSlas(before.slas, after.slas), ...diffServices(before.services, after.services), ...diffTeams(before.teams, after.teams)]
}

function diffSlas(before: readonly Sla[], after: readonly Sla[]): readonly Change[] {
  const { kept, renamed, removed, added } = pairRows(before, after, {
    keyOf: (sla) => sla.id,
    featuresOf: (sla) => [sla.title, sla.customer ?? '', JSON.stringify(sla.objective), JSON.stringify(sla.responses)],
  })
  return [
    ...added.map(({ row, index }) => change('sla', 'owes-more', ['slas', index], `New promise ${quoted(row.title)}: ${promiseOf(row)}`)),
    ...removed.map(
      ({ row, index }): Change => ({
        ...change('sla', 'owes-less', ['slas', index], `There is no promise ${quoted(row.title)} any more: ${promiseOf(row)}`),
        side: 'before',
      }),
    ),
    ...[...kept, ...renamed].flatMap(diffSla),
    ...findMoved([...kept, ...renamed]).map(({ after: now, afterIndex }) =>
      change('order', 'wording', ['slas', afterIndex], `The promise ${quoted(now.title)} stands elsewhere in the order`),
    ),
  ]
}

function promiseOf({ customer, objective, responses }: Sla): string {
  const to = customer === null ? 'everybody' : shown(customer)
  const up = objective === null ? [] : [`up ${objective.percent} % of ${formatDuration(objective.windowMs)}`]
  const answers = responses.map(({ severity, withinMs }) => `${severity} answered within ${formatDuration(withinMs)}`)
  return `to ${to}, ${listed([...up, ...answers], 'nothing that is measured')}`
}

function diffSla({ before, after: now, afterIndex }: Pair<Sla>): readonly Change[] {
  const path = ['slas', afterIndex]
  const what = `The promise ${quoted(now.title)}`
  const changes: Change[] = []
  if (
    JSON.stringify([before.objective, before.responses, before.customer]) !== JSON.stringify([now.objective, now.responses, now.customer])
  ) {
    changes.push(change('sla', effectOf(before, now), path, `${what} is ${promiseOf(now)} now, before ${promiseOf(before)}`))
  }
  if (before.title !== now.title)
    changes.push(change('sla', 'wording', [...path, 'title'], `${what} was titled ${quoted(before.title)} before`))
  if (before.id !== now.id)
    changes.push(change('sla', 'behaviour', [...path, 'id'], `${what} has the key ${now.id} now, before ${before.id}`))
  for (const key of ['services', 'severities'] as const) {
    if (sameList(before[key], now[key])) continue
    const nothing = key === 'services' ? 'every service' : 'no severity'
    const about = key === 'services' ? 'is about' : 'counts as down at'
    const sentence = `${what} ${about} ${listed(now[key], nothing)} now, before ${listed(before[key], nothing)}`
    changes.push(change('sla', 'behaviour', [...path, key], sentence))
  }
  const known = ['id', 'title', 'customer', 'objective', 'responses', 'services', 'severities']
  return [...changes, ...diffFields(before, now, { what, path, known })]
}

function effectOf(before: Sla, now: Sla): Effect {
  if (JSON.stringify(before.responses) !== JSON.stringify(now.responses) || before.customer !== now.customer) return 'behaviour'
  if (before.objective === null || now.objective === null) return now.objective === null ? 'owes-less' : 'owes-more'
  return (allowedMsOf(now) ?? 0) < (allowedMsOf(before) ?? 0) ? 'owes-more' : 'owes-less'
}

function diffServices(before: readonly Service[], after: readonly Service[]): readonly Change[] {
  const { kept, renamed, removed, added } = pairRows(before, after, {
    keyOf: (service) => service.name,
    featuresOf: (service) => [service.description, service.team ?? '', JSON.stringify(service.labels)],
  })
  const pairs = [...kept, ...renamed]
  return [
    ...added.map(({ row, index }) => {
      const sentence = `New service ${shown(row.name)} of ${teamOf(row)}: signals with ${describeLabels(row)} are its own`
      return change('service', 'behaviour', ['services', index], sentence)
    }),
    ...removed.map(
      ({ row, index }): Change => ({
        ...change('service', 'behaviour', ['services', index], `There is no service ${shown(row.name)} any more`),
        side: 'before',
      }),
    ),
    ...pairs.flatMap(diffService),
    ...findMoved(pairs).map(({ after: now, afterIndex }) =>
      change(
        'service',
        'behaviour',
        ['services', afterIndex],
        `${shown(now.name)} is tried in another order: it matters for signals of two services`,
      ),
    ),
  ]
}

function teamOf({ team }: Service): string {
  return team === null ? 'the organisation' : `team ${shown(team)}`
}

function describeLabels({ labels }: Service): string {
  return listed(
    labels.map(({ name, values }) => `${name}=${values.join('|')}`),
    'no label',
  )
}

function diffService({ before, after: now, afterIndex }: Pair<Service>): readonly Change[] {
  const path = ['services', afterIndex]
  const name = shown(now.name)
  const changes: Change[] = []
  if (before.name !== now.name)
    changes.push(change('service', 'behaviour', [...path, 'name'], `Service ${shown(before.name)} is called ${name} now`))
  if (before.team !== now.team) {
    changes.push(
      change(
        'service',
        'pages-otherwise',
        [...path, 'team'],
        `${name} is of ${teamOf(now)} now, before of ${teamOf(before)}: its roles resolve through the team`,
      ),
    )
  }
  if (JSON.stringify(before.labels) !== JSON.stringify(now.labels)) {
    const sentence = `Signals with ${describeLabels(now)} are of ${name} now, before those with ${describeLabels(before)}`
    changes.push(change('service', 'pages-otherwise', [...path, 'labels'], sentence))
  }
  if (before.description !== now.description) {
    changes.push(
      change('service', 'wording', [...path, 'description'], `${name}: the description ${reads(before.description, now.description)}`),
    )
  }
  return [...changes, ...diffFields(before, now, { what: name, path, known: ['name', 'team', 'labels', 'description'] })]
}

function diffTeams(before: readonly Team[], after: readonly Team[]): readonly Change[] {
  const { kept, renamed, removed, added } = pairRows(before, after, {
    keyOf: (team) => team.name,
    featuresOf: (team) => [team.description],
  })
  const pairs = [...kept, ...renamed]
  return [
    ...added.map(({ row, index }) => change('team', 'behaviour', ['teams', index], `New team ${shown(row.name)}`)),
    ...removed.map(
      ({ row, index }): Change => ({
        ...change('team', 'behaviour', ['teams', index], `There is no team ${shown(row.name)} any more`),
        side: 'before',
      }),
    ),
    ...pairs.flatMap(({ before: was, after: now, afterIndex }) => {
      const path = ['teams', afterIndex]
      const text =
        was.description === now.description
          ? []
          : [
              change(
                'team',
                'wording',
                [...path, 'description'],
                `Team ${shown(now.name)}: the description ${reads(was.description, now.description)}`,
              ),
            ]
      const name =
        was.name === now.name
          ? []
          : [
              change(
                'team',
                'behaviour',
                [...path, 'name'],
                `Team ${shown(was.name)} is called ${shown(now.name)} now; schedules in oncall.yaml name it`,
              ),
            ]
      return [...name, ...text, ...diffFields(was, now, { what: shown(now.name), path, known: ['name', 'description'] })]
    }),
    ...findMoved(pairs).map(({ after: now, afterIndex }) =>
      change('order', 'wording', ['teams', afterIndex], `Team ${shown(now.name)} stands elsewhere in the order`),
    ),
  ]
}
