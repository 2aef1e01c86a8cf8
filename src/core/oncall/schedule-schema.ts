/** The shape of schedules in `oncall.yaml`: plain JSON types. */
import { z } from 'zod'

export const NAME_CHARS_MAX = 100
export const ITEMS_MAX = 1_000
const TIME_CHARS_MAX = 40

export const Name = z.string().trim().min(1).max(NAME_CHARS_MAX)
export const Zone = Name.meta({ description: 'IANA time zone.', examples: ['Europe/Berlin', 'UTC'] })
const Holder = z.string().trim().min(1).max(254).meta({ description: '"owner", or the e-mail address of a person.' })
export const Holders = z.union([Holder, z.array(Holder).max(ITEMS_MAX)])
const Time = z.string().trim().min(1).max(TIME_CHARS_MAX)

const Days = z.union([Time, z.array(Time).min(1).max(7)]).meta({
  description: 'Days of the week: "mon", or a list of them, or "weekdays", or "weekends"; every day when left out.',
  examples: ['weekdays', ['mon', 'tue']],
})

export const WindowFile = z.strictObject({
  days: Days.optional(),
  from: Time.optional().meta({
    description: 'hh:mm on each of the days, 00:00 when left out; or a day with a time, and then `to` is one too.',
    examples: ['09:00', 'Fri 17:00'],
  }),
  to: Time.optional().meta({
    description: 'hh:mm, 24:00 when left out; where it is not after `from`, it is on the next day.',
    examples: ['17:00', 'Mon 09:00'],
  }),
})
export type WindowFile = z.infer<typeof WindowFile>

const LayerFile = z.strictObject({
  name: Name.optional().meta({ description: 'How calendars call it.' }),
  members: Holders.meta({ description: 'Who takes turns, in order.' }),
  turn: z
    .union([Time, z.array(Time).min(1).max(31)])
    .optional()
    .meta({
      description:
        'Length of a turn; a list of lengths, used one after the other and round again; or a list of days of the week on which turns begin. All members hold together when left out.',
      examples: ['1 week', '1 day', '12 hours', '1 month', ['5 days', '2 days'], ['mon', 'fri']],
    }),
  start: Time.optional().meta({
    description: 'Day of the first turn, yyyy-mm-dd, at the hand-over time, or with a time of its own: the first member begins.',
    examples: ['2026-01-05', '2026-01-05 09:00'],
  }),
  handoff: Time.optional().meta({ description: 'Time of day of the hand-over, hh:mm on the wall clock; 09:00 when left out.' }),
  until: Time.optional().meta({ description: 'Day on which this layer ends, at the hand-over time or its own; never when left out.' }),
  zone: Zone.optional().meta({ description: "Its own wall clock, to follow the sun; the schedule's when left out." }),
  only: z.array(WindowFile).min(1).max(50).optional().meta({ description: 'When in the week it holds at all; always when left out.' }),
  clock: z
    .enum(['layer', 'person'])
    .optional()
    .meta({ description: 'Whose wall clock `only` is read on: that of the layer, or that of whoever has the turn.' }),
  shadow: z.boolean().optional().meta({ description: 'Whoever is on it is shown and told by e-mail, and never paged.' }),
})
export type LayerFile = z.infer<typeof LayerFile>

const Layers = z.array(LayerFile).min(1).max(20)

const ReplacementFile = z.strictObject({
  from: Time.meta({
    description: "On the schedule's wall clock: a day, from its first hour on, or a day with a time.",
    examples: ['2026-12-24 18:00'],
  }),
  until: Time.meta({ description: 'The first time that is as usual again.', examples: ['2026-12-27'] }),
  reason: z.string().trim().max(200).optional(),
  on_call: Holders.optional().meta({ description: 'Who holds the role all that time, together; instead of layers.' }),
  layers: Layers.optional(),
})
export type ReplacementFile = z.infer<typeof ReplacementFile>

export const ScheduleFile = z.strictObject({
  role: Name.meta({ description: 'The duty role it staffs, as the playbook names it.' }),
  team: Name.optional().meta({
    description: 'The team whose holders these are, as the playbook names it; the organisation when left out.',
  }),
  name: Name.optional(),
  zone: Zone.optional().meta({ description: 'Whose wall clock hands over; UTC when left out.' }),
  on_call: Holders.optional().meta({ description: 'Who always holds the role, all together; instead of layers.' }),
  layers: Layers.optional().meta({ description: 'Rotations; the first that covers a time holds, those below fill its gaps.' }),
  replace: z
    .array(ReplacementFile)
    .max(100)
    .optional()
    .meta({ description: 'Days on which all of the above does not count, and who is on call then.' }),
})
export type ScheduleFile = z.infer<typeof ScheduleFile>
