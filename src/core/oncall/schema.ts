/** The shapes of `oncall.yaml` and `connections.yaml`: plain JSON types, from which the JSON Schemas for editors are drawn. */
import { z } from 'zod'
import { CEILINGS } from '../page/carries.ts'
import { Holders, ITEMS_MAX, Name, NAME_CHARS_MAX, ScheduleFile, WindowFile, Zone } from './schedule-schema.ts'

const Email = z.string().trim().min(3).max(254).meta({ description: 'E-mail address; how schedules name this person.' })

const WaySaid = {
  after: z
    .string()
    .max(40)
    .optional()
    .meta({
      description: 'How long it waits, from the page on: what somebody acknowledges before is not sent. At once when left out.',
      examples: ['2 min'],
    }),
  urgency: z
    .enum(['high', 'low'])
    .optional()
    .meta({ description: 'Only for severities of that urgency, as the playbook says; for all when left out.' }),
}

const ChannelFile = z.union([
  z.string().trim().min(1).max(NAME_CHARS_MAX).meta({
    description: '"email", "sms", "voice", "ntfy", "pushover", the last four also as "sms:<connection>", or "webhook:<connection>".',
  }),
  z.strictObject({ webhook: Name.meta({ description: 'A connection of connections.yaml.' }), ...WaySaid }),
  z.strictObject({ by: Name.meta({ description: 'The channel, as it is written alone.' }), ...WaySaid }),
])

const PersonFile = z.strictObject({
  name: Name,
  email: Email,
  zone: Zone.optional(),
  phone: z
    .string()
    .trim()
    .max(40)
    .optional()
    .meta({ description: 'Number for "sms" and "voice", with "+" and the code of the country.', examples: ['+49 151 23456789'] }),
  ntfy: z.string().trim().max(64).optional().meta({
    description: 'Topic for "ntfy". Who knows the topic of a public server can read along: make it long and random.',
  }),
  pushover: z.string().trim().max(30).optional().meta({ description: 'The person\'s own user key for "pushover"; no group\'s.' }),
  channels: z
    .array(ChannelFile)
    .max(20)
    .optional()
    .meta({ description: 'How to reach them, at once but for those that wait; e-mail when left out. The console is always there.' }),
  quiet_hours: z
    .array(WindowFile)
    .min(1)
    .max(50)
    .optional()
    .meta({ description: 'When they sleep, on their own clock: what severities that respect it would send waits for the end.' }),
})

export const OnCallFile = z
  .strictObject({
    schema_version: z.literal(1).optional(),
    people: z.array(PersonFile).max(ITEMS_MAX).optional(),
    schedules: z.array(ScheduleFile).max(ITEMS_MAX).optional(),
    roles: z.record(Name, Holders).optional().meta({ description: 'In short: who always holds a duty role, where no schedule is needed.' }),
  })
  .meta({ title: 'Tocsin on-call' })
export type OnCallFile = z.infer<typeof OnCallFile>

/** Systems that are asked what fires; the integrations of these names know how. */
export const ASKED_KINDS = ['alertmanager', 'cloudwatch', 'pagerduty', 'prometheus', 'prometheus-query', 'sentry'] as const

/** Vendors that carry pages to people; the channels of these names know how. */
export const CARRIER_KINDS = ['ntfy', 'pushover', 'twilio'] as const

const ConnectionFile = z.strictObject({
  name: Name.meta({ description: 'How people and the playbook name it.' }),
  kind: z.enum(['webhook', ...CARRIER_KINDS, ...ASKED_KINDS]).meta({
    description:
      '"webhook" is sent to; "ntfy", "pushover" and "twilio" carry pages to people; all others are asked what fires there, after a downtime and every so often.',
  }),
  url: z.string().trim().min(1).max(2_000).optional().meta({ description: "May be left out where pages are carried: the vendor's own." }),
  secret_env: Name.optional().meta({
    description: 'Environment variable that holds the signing secret, or the token; <NAME>_FILE may name a file instead.',
  }),
  secret_file: z.string().trim().min(1).max(1_000).optional().meta({ description: 'File that holds the signing secret, or the token.' }),
  callback_secret_env: Name.optional().meta({
    description: 'Of "twilio" with an API key: environment variable that holds the auth token, which signs what Twilio tells.',
  }),
  callback_secret_file: z.string().trim().min(1).max(1_000).optional().meta({ description: 'File that holds the same.' }),
  source: Name.optional().meta({ description: 'Of one that is asked: name of the source whose alerts it answers for.' }),
  every: z
    .string()
    .optional()
    .meta({
      description: 'Of one that is asked: how often; 5 min when left out, 1 min for queries. At least 15 s.',
      examples: ['5 min', '30 s'],
    }),
  failure_domain: Name.optional().meta({
    description: 'What it falls with, in a word of your own; its vendor, or a webhook itself, when left out.',
    examples: ['aws-eu-west-1'],
  }),
  carries: z.enum(CEILINGS).optional().meta({
    description: 'What messages by it may say of an incident; "all" when left out. The playbook may allow less.',
  }),
  settings: z
    .record(Name, z.string().max(1_000))
    .optional()
    .meta({ description: 'What its kind reads, such as `region`, `organization` or `from`; no secrets.' }),
})

export const ConnectionsFile = z
  .strictObject({ schema_version: z.literal(1).optional(), connections: z.array(ConnectionFile).max(ITEMS_MAX).optional() })
  .meta({ title: 'Tocsin connections' })
export type ConnectionsFile = z.infer<typeof ConnectionsFile>

export function onCallJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(OnCallFile, { io: 'input' })
}

export function connectionsJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(ConnectionsFile, { io: 'input' })
}
