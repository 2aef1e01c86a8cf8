/** What edits of oncall.yaml and connections.yaml mean, and where in which file they stand. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type FolderTexts, lintFolder } from '../../oncall/lint.ts'
import { diffFolders, type FileChange, type FolderInForce, placesOf, type Places } from './folder.ts'

const playbook = readFileSync(new URL('../../../../playbook/playbook.yaml', import.meta.url), 'utf8')
const ADA = '  - { name: Ada, email: ada@example.com, channels: [email] }'
const BEN = '  - { name: Ben, email: ben@example.com, channels: [email] }'
const PEOPLE = `people:\n${ADA}\n${BEN}\n`
/** Monday 1 June 2026, 12:00 UTC. */
const NOON = Date.parse('2026-06-01T12:00:00Z')

function read(texts: Partial<FolderTexts>): { folder: FolderInForce; places: Places } {
  const linted = lintFolder({ playbook, onCall: null, connections: null, ...texts })
  const { onCall, connections } = linted
  if (linted.playbook?.playbook == null || onCall.onCall === null || connections.connections === null) {
    throw new Error(JSON.stringify(linted.findings))
  }
  return {
    folder: { playbook: linted.playbook.playbook, onCall: onCall.onCall, connections: connections.connections },
    places: placesOf(linted),
  }
}

function diff(before: Partial<FolderTexts>, after: Partial<FolderTexts>, from: number | null = NOON): readonly FileChange[] {
  const [was, is] = [read(before), read(after)]
  return diffFolders(was.folder, is.folder, { from, places: { before: was.places, after: is.places } })
}

function tell(before: string, after: string, from: number | null = NOON): string[] {
  return diff({ onCall: before }, { onCall: after }, from).map(({ effect, sentence }) => `${effect}: ${sentence}`)
}

function held(by: string): string {
  return `${PEOPLE}schedules:\n  - role: CTO\n    on_call: ${by}\n`
}

function rotation(members: string, more = ''): string {
  return `${PEOPLE}schedules:\n  - role: DevSecOps\n    zone: Europe/Berlin\n    layers:\n      - { members: [${members}], turn: 1 week, start: '2026-01-05'${more} }\n`
}

test('the same folder does not differ from itself', () => {
  expect(tell(rotation('ada@example.com, ben@example.com'), rotation('ada@example.com, ben@example.com'))).toEqual([])
})

test('another constant holder is told by name', () => {
  expect(tell(held('ada@example.com'), held('ben@example.com'))).toEqual(['pages-otherwise: Ben holds CTO now instead of Ada'])
  expect(tell(held('ada@example.com'), held('owner'))).toEqual(['pages-otherwise: The owners hold CTO now instead of Ada'])
})

test('a role that loses its schedule falls to the owners', () => {
  expect(tell(held('ada@example.com'), PEOPLE)).toEqual(['pages-otherwise: The owners hold CTO now instead of Ada'])
})

test('a rotation in another order is told from when on, and for how long others hold the role', () => {
  // The week from Monday 1 June, 09:00 in Berlin, is the 22nd turn: Ben's before, Ada's now.
  expect(tell(rotation('ada@example.com, ben@example.com'), rotation('ben@example.com, ada@example.com'))).toEqual([
    'pages-otherwise: Ada holds DevSecOps now instead of Ben',
  ])
})

test('a layer that ends is told at the wall clock of its zone', () => {
  const ending = rotation('ada@example.com', ", until: '2026-07-01'")
  expect(tell(rotation('ada@example.com'), ending)).toEqual([
    'pages-less: From 2026-07-01 09:00 Europe/Berlin (07:00 UTC) on nobody holds DevSecOps now instead of Ada; others than before hold it for 60 days of the next 90 days',
  ])
})

test('a schedule that is written otherwise and does the same says so', () => {
  expect(tell(held('ada@example.com'), held('[ada@example.com, ada@example.com]'))).toEqual([
    'behaviour: The schedule of CTO is written otherwise, and the same people hold it for the next 90 days',
  ])
})

test('without an instant the members are told', () => {
  expect(tell(rotation('ada@example.com'), rotation('ada@example.com, ben@example.com'), null)).toEqual([
    'pages-otherwise: Who holds DevSecOps is written otherwise: Ada and Ben now, before Ada',
  ])
})

test('a team that gets its own holders of a role takes them from the organisation, and gives them back', () => {
  const common = `${PEOPLE}schedules:\n  - { role: CTO, on_call: ada@example.com }\n`
  const own = `${common}  - { role: CTO, team: Payments, on_call: ben@example.com }\n`
  expect(tell(common, own)).toEqual(['pages-otherwise: Ben holds CTO of Payments now instead of Ada'])
  expect(tell(own, common)).toEqual(['pages-otherwise: Ada holds CTO of Payments now instead of Ben'])
})

test('people and their channels: who is reached by less is told first', () => {
  const people = (list: string) => `people:\n${list}\n`
  expect(
    tell(
      people(`${ADA}\n${BEN}`),
      people(
        `  - { name: Ada L., email: ada@example.com, zone: Europe/London, channels: [] }\n  - { name: Cy, email: cy@example.com, channels: [email] }`,
      ),
    ),
  ).toEqual([
    'pages-less: Ada L. <ada@example.com> is reached in the console only now, before reached by email',
    'pages-less: Ben <ben@example.com> is not listed any more, and keeps the channels added in Tocsin only',
    'behaviour: Cy <cy@example.com> can be paged now, reached by email',
    'wording: Ada is called Ada L. <ada@example.com> now',
    'wording: Times are told to Ada L. <ada@example.com> in Europe/London now, before in UTC',
  ])
})

test('a duty role renamed in both files changes nobody’s duty; renamed in one it does', () => {
  const named = playbook.replaceAll('Product', 'Product Manager')
  const product = (role: string) => `${PEOPLE}schedules:\n  - { role: ${role}, on_call: ada@example.com }\n`
  const both = diff({ onCall: product('Product') }, { playbook: named, onCall: product('Product Manager') })
  expect(both.map(({ code }) => code)).toEqual(['duty-role-renamed', 'schedule-text'])
  const one = diff({ onCall: product('Product') }, { playbook: named, onCall: product('Product') })
  expect(one.map(({ sentence }) => sentence)).toContain('The owners hold Product Manager now instead of Ada')
})

test('connections are told by host, and never by the rest of the address', () => {
  const connection = (url: string, more = '') => `connections:\n  - { name: ops, kind: webhook, url: '${url}'${more} }\n`
  const told = diff(
    { connections: connection('https://hooks.example.com/services/T0/secret1') },
    { connections: connection('https://hooks.example.com/services/T0/secret2', ', secret_env: OPS') },
  )
  expect(told.map(({ sentence }) => sentence)).toEqual([
    'Connection ops leads to another address at hooks.example.com now',
    'Connection ops is signed with OPS now, before not signed',
  ])
  expect(JSON.stringify(told)).not.toContain('secret1')
})

test('each change has its file, and its line in the text on which side it stands', () => {
  const changes = diff(
    { onCall: held('ada@example.com') },
    { playbook: playbook.replace('response_time: 24 h', 'response_time: 12 h'), onCall: held('ben@example.com') },
  )
  const lineIn = (text: string, wanted: string): number => text.split('\n').findIndex((line) => line.includes(wanted)) + 1
  expect(changes.map(({ file, line }) => ({ file, line }))).toEqual([
    { file: 'oncall.yaml', line: lineIn(held('ben@example.com'), 'role: CTO') },
    { file: 'playbook.yaml', line: lineIn(playbook, 'response_time: 24 h') },
  ])
})
