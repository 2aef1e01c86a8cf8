/** From the text of `oncall.yaml` to people and schedules, or to findings that say where and what to mend. Never throws. */
import { readYaml } from '../playbook/document.ts'
import { type Finding, hasErrors, type Path, type Problem, type Report } from '../playbook/finding.ts'
import { collect, inOrder, refuseNewer } from '../playbook/parse.ts'
import { checkShape } from '../playbook/shape.ts'
import { type ContactKind, readCarried, readContact } from './carriers.ts'
import { noOnCall, type OnCall, type OnCallPerson } from './oncall.ts'
import { buildZone, error } from './parse-kit.ts'
import { buildSchedules } from './parse-schedule.ts'
import { buildQuiet, readWay } from './parse-way.ts'
import { OnCallFile } from './schema.ts'
import type { Way } from './way.ts'

export interface ParsedOnCall {
  /** Null when any finding is an error. */
  readonly onCall: OnCall | null
  readonly findings: readonly Finding[]
  readonly place: (problem: Problem) => Finding
}

type PersonFile = NonNullable<OnCallFile['people']>[number]

export function parseOnCall(text: string): ParsedOnCall {
  const file = refuseNewer(readYaml(text))
  if (file.data === undefined) return { onCall: null, findings: inOrder(file.findings), place: file.place }
  // A file of comments says nothing, which is allowed here: the owners hold every role.
  if (file.data === null) return { onCall: noOnCall, findings: inOrder(file.findings), place: file.place }
  const { report, findings } = collect(file)
  const shape = checkShape(OnCallFile, file.data, report)
  const onCall = shape === undefined ? null : build(shape, report)
  const found = findings()
  return { onCall: hasErrors(found) ? null : onCall, findings: found, place: file.place }
}

function build(file: OnCallFile, report: Report): OnCall {
  const people = (file.people ?? []).map((person, index) => buildPerson(person, ['people', index], report))
  checkPeople(people, report)
  const zones = new Map(people.map((person) => [person.email, person.zone]))
  return { people, schedules: buildSchedules({ schedules: file.schedules ?? [], roles: file.roles ?? {} }, zones, report) }
}

function buildPerson(person: PersonFile, path: Path, report: Report): OnCallPerson {
  const email = person.email.toLowerCase()
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) error(report, 'bad-email', [...path, 'email'], `"${person.email}" is not an e-mail address.`, '')
  const contacts = buildContacts(person, path, report)
  const ways = (person.channels ?? ['email']).flatMap((channel, index): Way[] => {
    const way = readWay(channel, [...path, 'channels', index], report)
    const carried = readCarried(way.channel)
    if (!/^(email|webhook:.+)$/.test(way.channel) && carried === undefined) {
      const fix = 'Use "email", "sms", "voice", "ntfy", "pushover" or "webhook:<connection>".'
      error(report, 'unknown-channel', [...path, 'channels', index], `"${way.channel}" is not a channel.`, fix)
    }
    if (carried === undefined || contacts[carried.contact] !== undefined) return [way]
    const message = `${person.name} has no "${carried.contact}", so nobody is reached by "${way.channel}".`
    const fix = `Add ${carried.contact} beside the e-mail address.`
    report({ code: 'no-contact', severity: 'warning', path: [...path, 'channels', index], message, fix })
    return []
  })
  const zone = buildZone(person.zone, [...path, 'zone'], report)
  const quiet = person.quiet_hours === undefined ? null : buildQuiet(person.quiet_hours, [...path, 'quiet_hours'], report)
  return {
    name: person.name,
    email,
    zone,
    channels: [...new Set(ways.map((way) => way.channel))],
    ...(ways.some((way) => way.afterMs > 0 || way.urgency !== null) ? { ways } : {}),
    ...(quiet === null ? {} : { quiet }),
    ...(Object.keys(contacts).length === 0 ? {} : { contacts }),
  }
}

/** What is wrong is not repeated: it is somebody's own. */
function buildContacts(person: PersonFile, path: Path, report: Report): Partial<Record<ContactKind, string>> {
  const contacts: Partial<Record<ContactKind, string>> = {}
  for (const kind of ['phone', 'ntfy', 'pushover'] as const) {
    const written = person[kind]
    if (written === undefined) continue
    const { ok, contact, fix } = readContact(kind, written)
    if (!ok) error(report, 'bad-contact', [...path, kind], `This is not what "${kind}" takes.`, fix)
    contacts[kind] = contact
  }
  return contacts
}

function checkPeople(people: readonly OnCallPerson[], report: Report): void {
  for (const [index, { email, channels, name }] of people.entries()) {
    if (people.findIndex((other) => other.email === email) < index) {
      error(
        report,
        'duplicate-person',
        ['people', index, 'email'],
        `Somebody with the address ${email} is listed already.`,
        'Keep one of the two.',
      )
    }
    if (channels.length === 0) {
      const message = `${name} has no channel but the console: a page rings only where it is open.`
      report({
        code: 'no-channel',
        severity: 'warning',
        path: ['people', index],
        message,
        fix: 'Add "email", "sms" or another to channels.',
      })
    }
  }
}
