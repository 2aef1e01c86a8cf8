import { expect, test } from 'vitest'
import { parseOnCall } from './parse.ts'
import { describeSchedule } from './prose.ts'

const PEOPLE = `people:
  - { name: Ada, email: ada@example.com, zone: Europe/London }
  - { name: Ben, email: ben@example.com }
  - { name: Cyd, email: cyd@example.com }
`

function tell(schedule: string): string[] {
  const { onCall, findings } = parseOnCall(`${PEOPLE}schedules:\n  - role: Ops\n    zone: Europe/Berlin\n${schedule}`)
  const [found] = onCall?.schedules ?? []
  if (found === undefined) throw new Error(JSON.stringify(findings))
  return describeSchedule(found, (holder) => onCall?.people.find(({ email }) => email === holder)?.name ?? holder)
}

test('who always holds it', () => {
  expect(tell('    on_call: [ada@example.com, owner]')).toEqual(['Ada and every owner hold it together, always.'])
})

test('a sentence begins with a capital', () => expect(tell('    on_call: owner')).toEqual(['Every owner holds it, always.']))

test('layers, with hours, shadows and days that are otherwise', () => {
  expect(
    tell(`    layers:
      - { name: Days, members: [ada@example.com, ben@example.com], turn: [mon, fri], start: '2026-01-05', only: [{ days: weekdays, from: '09:00', to: '17:00' }, { days: sat }], clock: person }
      - { members: [ben@example.com, cyd@example.com, owner], turn: 1 month, start: '2026-01-31 10:00', until: '2027-01-01' }
      - { members: cyd@example.com, shadow: true, only: [{ from: Fri 17:00, to: Mon 09:00 }] }
    replace:
      - { from: '2026-12-24', until: '2026-12-27', reason: Christmas, on_call: cyd@example.com }
`),
  ).toEqual([
    'Days: Ada and Ben take turns of 4 days, then 3 days, only Mon to Fri 09:00 to 17:00 and Sat on their own clock from Mon 2026-01-05 09:00 on (Europe/Berlin).',
    'Where nobody holds it by then: Ben, Cyd and every owner take turns of a month from Sat 2026-01-31 10:00 on until Fri 2027-01-01 09:00 (Europe/Berlin).',
    'Shadows, told and never paged: Cyd holds it, only from Fri 17:00 to Mon 09:00 (Europe/Berlin).',
    'From Thu 2026-12-24 00:00 to Sun 2026-12-27 00:00 Europe/Berlin (Christmas), instead of all that: Cyd holds it, always.',
  ])
})
