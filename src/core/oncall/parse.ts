/** From the text of `oncall.yaml` to people and schedules, or to findings that say where and what to mend. Never throws. */
import { readYaml } from '../playbook/document.ts'
import type { FindingCode } from '../playbook/finding-code.ts'
import { type Finding, hasErrors, type Path, type Problem, type Report } from '../playbook/finding.ts'
import { collect, inOrder, refuseNewer } from '../playbook/parse.ts'
import { checkShape } from '../playbook/shape.ts'
import { normalizeName, suggest, toSlug } from '../playbook/text.ts'
import { HOUR_MS } from '../time.ts'
import { type ContactKind, readCarried, readContact } from './carriers.ts'
import { type Holder, type Layer, noOnCall, type OnCall, type OnCallPerson, OWNER, type Schedule } from './oncall.ts'
import { OnCallFile } from './schema.ts'
import { readDay, readTimeOfDay, readTurn, readZone } from './wall.ts'

export interface ParsedOnCall {
  /** Null when any finding is an error. */
  readonly onCall: OnCall | null
  readonly findings: readonly Finding[]
  readonly place: (problem: Problem) => Finding
}

const DEFAULT_ZONE = 'UTC'
const DEFAULT_HANDOFF_MS = 9 * HOUR_MS

type PersonFile = NonNullable<OnCallFile['people']>[number]
type ScheduleFile = NonNullable<OnCallFile['schedules']>[number]
type LayerFile = NonNullable<ScheduleFile['layers']>[number]

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
  const known = new Set(people.map((person) => person.email))
  const listed = (file.schedules ?? []).map((schedule, index) => buildSchedule(schedule, ['schedules', index], known, report))
  const short = Object.entries(file.roles ?? {}).map(([role, holders]): Schedule => {
    const members = buildHolders(holders, ['roles', role], known, report)
    return { ...named({ role }), zone: DEFAULT_ZONE, layers: [{ members, rotation: null }] }
  })
  const schedules = [...listed, ...short]
  checkSchedules(schedules, listed.length, report)
  return { people, schedules }
}

function named({ role, team, name }: Pick<ScheduleFile, 'role' | 'team' | 'name'>): Pick<Schedule, 'id' | 'name' | 'role' | 'team'> {
  const written = normalizeName(role)
  const usual = team === undefined ? written : `${normalizeName(team)} ${written}`
  return { id: toSlug(name ?? usual), name: name ?? usual, role: written, team: team === undefined ? null : normalizeName(team) }
}

function buildPerson(person: PersonFile, path: Path, report: Report): OnCallPerson {
  const email = person.email.toLowerCase()
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) error(report, 'bad-email', [...path, 'email'], `"${person.email}" is not an e-mail address.`, '')
  const contacts = buildContacts(person, path, report)
  const channels = (person.channels ?? ['email']).flatMap((channel, index) => {
    const id = typeof channel === 'string' ? channel : `webhook:${channel.webhook}`
    const carried = readCarried(id)
    if (!/^(email|webhook:.+)$/.test(id) && carried === undefined) {
      const fix = 'Use "email", "sms", "voice", "ntfy", "pushover" or "webhook:<connection>".'
      error(report, 'unknown-channel', [...path, 'channels', index], `"${id}" is not a channel.`, fix)
    }
    if (carried === undefined || contacts[carried.contact] !== undefined) return [id]
    const message = `${person.name} has no "${carried.contact}", so nobody is reached by "${id}".`
    const fix = `Add ${carried.contact} beside the e-mail address.`
    report({ code: 'no-contact', severity: 'warning', path: [...path, 'channels', index], message, fix })
    return []
  })
  const zone = buildZone(person.zone, [...path, 'zone'], report)
  const own = Object.keys(contacts).length === 0 ? {} : { contacts }
  return { name: person.name, email, zone, channels: [...new Set(channels)], ...own }
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

function buildSchedule(schedule: ScheduleFile, path: Path, known: ReadonlySet<string>, report: Report): Schedule {
  if ((schedule.on_call === undefined) === (schedule.layers === undefined)) {
    const message = `The schedule of "${schedule.role}" needs one of "on_call" (who always holds it) and "layers" (who takes turns).`
    error(
      report,
      'schedule-members',
      path,
      message,
      schedule.layers === undefined ? 'Add on_call: owner, for example.' : 'Remove one of the two.',
    )
  }
  const zone = buildZone(schedule.zone, [...path, 'zone'], report)
  const always =
    schedule.on_call === undefined ? [] : [{ members: buildHolders(schedule.on_call, [...path, 'on_call'], known, report), rotation: null }]
  const rotating = (schedule.layers ?? []).map((layer, index) => buildLayer(layer, [...path, 'layers', index], known, report))
  return { ...named(schedule), zone, layers: [...always, ...rotating] }
}

function buildLayer(layer: LayerFile, path: Path, known: ReadonlySet<string>, report: Report): Layer {
  const members = buildHolders(layer.members, [...path, 'members'], known, report)
  const read = (value: number | null, key: string, written: string, fix: string): number => {
    if (value === null) error(report, 'unclear-time', [...path, key], `"${written}" cannot be read here.`, fix)
    return value ?? HOUR_MS
  }
  const { turn, start, handoff, until } = layer
  const turnWallMs = read(readTurn(turn), 'turn', turn, 'Write "1 week", "1 day" or "12 hours".')
  const handoffMs =
    handoff === undefined ? DEFAULT_HANDOFF_MS : read(readTimeOfDay(handoff), 'handoff', handoff, 'Write hh:mm from 00:00 to 23:59.')
  const day = 'Write yyyy-mm-dd, a day that the calendar has.'
  const startWallMs = read(readDay(start), 'start', start, day) + handoffMs
  const untilWallMs = until === undefined ? null : read(readDay(until), 'until', until, day) + handoffMs
  if (untilWallMs !== null && untilWallMs <= startWallMs)
    error(report, 'layer-ends-first', [...path, 'until'], 'The layer ends before it starts.', '')
  return { members, rotation: { startWallMs, untilWallMs, turnWallMs } }
}

function buildHolders(written: Holder | readonly Holder[], path: Path, known: ReadonlySet<string>, report: Report): Holder[] {
  const list = typeof written === 'string' ? [written] : written
  if (list.length === 0) error(report, 'empty', path, 'Nobody is named here.', 'Name somebody, or "owner".')
  return list.map((name, index) => {
    const holder = name.toLowerCase()
    const at = typeof written === 'string' ? path : [...path, index]
    if (holder === OWNER || known.has(holder)) return holder
    if (!holder.includes('@'))
      error(report, 'unknown-person', at, `"${name}" is neither "owner" nor an e-mail address.`, suggest(holder, [OWNER, ...known]))
    else {
      const message = `Nobody in this file has the address ${name}; until such a person is made in the console, the owners stand in.`
      report({ code: 'unknown-person', severity: 'warning', path: at, message, fix: suggest(holder, [...known]) })
    }
    return holder
  })
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

function buildZone(zone: string | undefined, path: Path, report: Report): string {
  const found = zone === undefined ? DEFAULT_ZONE : readZone(zone)
  if (found === null) error(report, 'unknown-zone', path, `"${zone}" is not a time zone.`, 'Use an IANA name, such as "Europe/Berlin".')
  return found ?? DEFAULT_ZONE
}

function error(report: Report, code: FindingCode, path: Path, message: string, fix: string): void {
  report({ code, severity: 'error', path, message, fix })
}
