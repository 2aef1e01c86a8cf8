/** Changes of oncall.yaml: who can be paged and how, and who holds which duty role. */
import { type OnCall, type OnCallPerson, OWNER } from '../../oncall/oncall.ts'
import { describeWay } from '../../oncall/way.ts'
import type { Change, Effect } from './change.ts'
import { diffSchedules, type OnCallOptions, type ScheduleOptions } from './schedules.ts'
import { differenceOf, listed, sameList, shown } from './words.ts'

export function diffOnCall(before: OnCall, after: OnCall, options: OnCallOptions): readonly Change[] {
  const known = new Map([...before.people, ...after.people].map(({ email, name }) => [email, name]))
  const names: ScheduleOptions['names'] = (holders) =>
    listed(
      holders.map((holder) => (holder === OWNER ? 'the owners' : (known.get(holder) ?? holder))),
      'nobody',
    )
  return [...diffPeople(before.people, after.people), ...diffSchedules(before, after, { ...options, names })]
}

function diffPeople(before: readonly OnCallPerson[], after: readonly OnCallPerson[]): Change[] {
  const was = new Map(before.map((person, index) => [person.email, { person, index }]))
  const is = new Set(after.map((person) => person.email))
  return [
    ...after.flatMap((person, index) => {
      const old = was.get(person.email)?.person
      return old === undefined ? [addedPerson(person, index)] : diffPerson(old, person, index)
    }),
    ...[...was.values()].filter(({ person }) => !is.has(person.email)).map(({ person, index }) => removedPerson(person, index)),
  ]
}

function addedPerson(person: OnCallPerson, index: number): Change {
  const sentence = `${nameOf(person)} can be paged now, ${reachedBy(person.channels)}`
  return { code: 'person-added', effect: 'behaviour', path: ['people', index], side: 'after', sentence }
}

function removedPerson(person: OnCallPerson, index: number): Change {
  const sentence = `${nameOf(person)} is not listed any more, and keeps the channels added in Tocsin only`
  return {
    code: 'person-removed',
    effect: person.channels.length > 0 ? 'pages-less' : 'behaviour',
    path: ['people', index],
    side: 'before',
    sentence,
  }
}

function diffPerson(before: OnCallPerson, now: OnCallPerson, index: number): Change[] {
  const path = ['people', index]
  const changes: Change[] = []
  const text = (key: string, sentence: string): void =>
    void changes.push({ code: 'person-text', effect: 'wording', path: [...path, key], side: 'after', sentence })
  if (before.name !== now.name) text('name', `${shown(before.name)} is called ${nameOf(now)} now`)
  if (before.zone !== now.zone) text('zone', `Times are told to ${nameOf(now)} in ${now.zone} now, before in ${before.zone}`)
  if (!sameList(before.channels, now.channels)) {
    const sentence = `${nameOf(now)} is ${reachedBy(now.channels)} now, before ${reachedBy(before.channels)}`
    changes.push({
      code: 'person-channels',
      effect: effectOfChannels(before.channels, now.channels),
      path: [...path, 'channels'],
      side: 'after',
      sentence,
    })
  }
  const [is, was] = [describeWays(now), describeWays(before)]
  if (is !== was) {
    const sentence = `${nameOf(now)} is reached ${is} now, before ${was}`
    changes.push({ code: 'person-channels', effect: 'pages-otherwise', path: [...path, 'channels'], side: 'after', sentence })
  }
  if (JSON.stringify(before.quiet ?? []) !== JSON.stringify(now.quiet ?? [])) {
    const sentence = `The quiet hours of ${nameOf(now)} are others now`
    changes.push({ code: 'person-channels', effect: 'pages-otherwise', path: [...path, 'quiet_hours'], side: 'after', sentence })
  }
  return changes
}

/** By what waits and for which urgency; "at once by all" where nothing is said. */
function describeWays({ ways }: OnCallPerson): string {
  if (ways === undefined) return 'at once by all'
  return listed(ways.map(describeWay))
}

function effectOfChannels(before: readonly string[], now: readonly string[]): Effect {
  const { added, removed } = differenceOf(before, now)
  if (added.length === 0 && removed.length === 0) return 'behaviour'
  return removed.length === 0 ? 'pages-more' : added.length === 0 ? 'pages-less' : 'pages-otherwise'
}

function reachedBy(channels: readonly string[]): string {
  return channels.length === 0 ? 'reached in the console only' : `reached by ${listed(channels)}`
}

function nameOf({ name, email }: OnCallPerson): string {
  return `${shown(name)} <${shown(email)}>`
}
