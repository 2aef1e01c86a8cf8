/**
 * Monitoring sources: what may send signals, by which keys, whether its word is trusted, and how it has been lately.
 *
 *   GET    /api/v1/source_kinds          listOf(SourceKind): what can be connected, with what the vendor must be told
 *   GET    /api/v1/sources               listOf(Source), newest first
 *   POST   /api/v1/sources               SourceBody -> SourceCreated; the key is shown this once
 *   GET    /api/v1/sources/:id           SourceDetail
 *   PATCH  /api/v1/sources/:id           SourceChange -> SourceDetail
 *   DELETE /api/v1/sources/:id           Source: all its keys open nothing within a second
 *   POST   /api/v1/sources/:id/keys      SourceKeyBody -> SourceKeyCreated: another key, or an existing one taken over
 *   DELETE /api/v1/sources/:id/keys/:key SourceKey
 *   POST   /api/v1/sources/:id/rotate    SourceRotateBody -> SourceRotated: a new key, the old ones end after the overlap
 *   POST   /api/v1/sources/:id/test      SourceTestBody -> SourceTested: the kind's sample, read and kept; opens nothing
 */
import { z } from 'zod'
import { Explained } from './explain.ts'
import { cleanText, Name, Timestamp } from './common.ts'

/** What can be connected; drawn from the integration's manifest. */
export const SourceKind = z
  .object({
    /** As in `kind` of a source and in `sources` of the playbook's detections. */
    id: z.string(),
    title: z.string(),
    /** Null: this kind has no guided setup; its doors are still there. */
    setup: z
      .object({
        purpose: z.string(),
        steps: z.array(z.string()),
        /** Texts hold `{{url}}` (this server's address), `{{host}}` (its host alone) and `{{key}}`, which the console fills in. */
        snippets: z.array(z.object({ title: z.string(), language: z.string(), text: z.string() })),
        /** Null: its messages cannot be signed. */
        signing: z.object({ header: z.string(), secret_from: z.string() }).nullable(),
        /** What "send a test" sends where nothing else is given. */
        sample: z.object({ headers: z.record(z.string(), z.string()), body: z.string() }),
        askable: z.boolean(),
      })
      .nullable(),
    /** Its messages are signed with certificates, of topics that ask to be confirmed: see `subscriptions` and `certificates` of a source. */
    certificates: z.boolean(),
    /** Ways in; `url` is whole, with `{{key}}` where the key stands in it. The first is the one that the setup means. */
    doors: z.array(z.object({ id: z.string(), method: z.string(), url: z.string(), key_in: z.enum(['url', 'header', 'body']) })),
  })
  .meta({ id: 'SourceKind' })
export type SourceKind = z.infer<typeof SourceKind>

/** How a source is, in one word for a list; `notices` of the detail say why. */
export const SourceHealth = z.enum([
  /** Its keys open nothing any more. */
  'revoked',
  /** Nothing has ever come. */
  'never',
  /** Nothing has come for longer than is usual for it. */
  'silent',
  /** Messages of the last day were distrusted, or could not be understood or processed. */
  'troubled',
  'well',
])
export type SourceHealth = z.infer<typeof SourceHealth>

/** A monitoring source. */
export const Source = z
  .object({
    id: z.string(),
    name: z.string(),
    /** Null: its keys open every door. */
    kind: z.string().nullable(),
    /** First characters of its newest key in use, to recognise it by; empty when none is. */
    key_prefix: z.string(),
    /** A team of the playbook; null: the organisation's. */
    team: z.string().nullable(),
    created_at: Timestamp,
    revoked_at: Timestamp.nullable(),
    /** Since when its signals open nothing and page nobody; null: they do. */
    observe_since: Timestamp.nullable(),
    /** The last message with one of its keys; a few seconds behind. Null: never. */
    last_seen_at: Timestamp.nullable(),
    /** Since when it has been quiet for longer than is usual for it; null: it is not. */
    silent_since: Timestamp.nullable(),
    health: SourceHealth,
    /** Messages of today (UTC), a few seconds behind. `faults`: understood or processed badly, people were told plainly. */
    today: z.object({
      messages: z.number().int(),
      signals: z.number().int(),
      refused: z.number().int(),
      distrusted: z.number().int(),
      repeated: z.number().int(),
      faults: z.number().int(),
    }),
  })
  .meta({ id: 'Source' })
export type Source = z.infer<typeof Source>

/** A key opens the ingest doors of its source and nothing else. It is shown once; only a digest is kept. */
export const SourceKey = z
  .object({
    id: z.string(),
    /** `made` here, or `taken` over from another system as it was. */
    origin: z.enum(['made', 'taken']),
    label: z.string(),
    prefix: z.string(),
    created_at: Timestamp,
    /** It opens nothing from then on; null: without end. */
    expires_at: Timestamp.nullable(),
    revoked_at: Timestamp.nullable(),
    /** A few seconds behind; null: never. */
    last_used_at: Timestamp.nullable(),
    in_use: z.boolean(),
  })
  .meta({ id: 'SourceKey' })
export type SourceKey = z.infer<typeof SourceKey>

/** What verifies a source's messages; the secret itself is never shown. */
export const SourceSecret = z
  .object({
    id: z.string(),
    /** `kept`: encrypted in the database. `named`: a variable of the server's environment, or the file that `<name>_FILE` names. */
    kind: z.enum(['kept', 'named']),
    /** Of `named`: the variable. */
    name: z.string().nullable(),
    created_at: Timestamp,
    /** It verifies nothing from then on: another has taken its place. Null: without end. */
    expires_at: Timestamp.nullable(),
    /** False: this server cannot read it, so no message can be trusted or distrusted; people are paged plainly. */
    readable: z.boolean(),
  })
  .meta({ id: 'SourceSecret' })
export type SourceSecret = z.infer<typeof SourceSecret>

/** A message that was distrusted, refused, not understood, or not processed. Its raw bytes are at `/signals/<signal_id>`. */
export const SourceFault = z.object({
  /** Of its first signal. */
  signal_id: z.string(),
  at: Timestamp,
  kind: z.enum(['distrusted', 'refused', 'rule', 'processing']),
  reason: z.string(),
})
export type SourceFault = z.infer<typeof SourceFault>

/** Something on the source's page that somebody should look at; texts are whole sentences. */
export const SourceNotice = z.object({
  code: z.enum([
    'never-heard',
    'silent',
    'distrusted',
    'faults',
    'unsigned',
    'secret-unreadable',
    'observed-long',
    'subscription-unconfirmed',
    'certificate-missing',
    'forged',
    'no-key',
    'team-unknown',
    'key-ending',
  ]),
  level: z.enum(['info', 'warn', 'fail']),
  text: z.string(),
  /** What to do. */
  remedy: z.string(),
})
export type SourceNotice = z.infer<typeof SourceNotice>

/** What would have happened in the last seven days without observe mode, by the playbook in force now. */
export const ObserveSummary = z.object({
  since: Timestamp,
  /** Alerts that were held. */
  alerts: z.number().int(),
  /** Incidents they would have opened; alerts of one group while it fires count once. */
  incidents: z.number().int(),
  /** Times that a duty role would have been paged first, most first. */
  pages: z.array(z.object({ role: z.string(), severity: z.string(), count: z.number().int() })),
  /** Such as `Would have paged DevSecOps 14 times in the last 7 days.` */
  sentence: z.string(),
  /** True: more alerts than were looked at. */
  cut: z.boolean(),
})
export type ObserveSummary = z.infer<typeof ObserveSummary>

export const SourceDetail = Source.extend({
  keys: z.array(SourceKey),
  secrets: z.array(SourceSecret),
  /** Names of topics that may speak through it; empty: any. */
  topics: z.array(z.string()),
  /** True: messages that cannot prove who sent them are not believed. Otherwise what is unsigned is taken where no secret is set. */
  signed_only: z.boolean(),
  /** Newest first, to twenty. */
  last_messages: z.array(
    z.object({ signal_id: z.string(), at: Timestamp, title: z.string(), outcome_kind: z.string(), outcome: z.string() }),
  ),
  /** Newest first, to fifty. */
  faults: z.array(SourceFault),
  /** Of the last 24 hours, most first, to twenty; counted among the last thousand such messages. */
  distrusted: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  /** Null when it is not observed. */
  observe: ObserveSummary.nullable(),
  notices: z.array(SourceNotice),
}).meta({ id: 'SourceDetail' })
export type SourceDetail = z.infer<typeof SourceDetail>

const SECRET_CHARS_MAX = 1_024
/** Pasted blanks around it go; a byte more or less would verify nothing. */
const Secret = z
  .string()
  .trim()
  .min(8)
  .max(SECRET_CHARS_MAX)
  .refine((text) => cleanText(text) === text, 'holds characters that no secret has')
const Variable = z.string().regex(/^[A-Z][A-Z0-9_]{0,127}$/u, 'is the name of an environment variable: capital letters, digits and _')
/** Either the secret, which is kept encrypted, or the variable of the server's environment that holds it. */
const Signing = z.union([z.strictObject({ secret: Secret }), z.strictObject({ secret_from: Variable })])
const OVERLAP_HOURS_MAX = 720
const OverlapHours = z.number().min(0).max(OVERLAP_HOURS_MAX).default(24)

export const SourceBody = z
  .strictObject({
    name: Name,
    kind: Name.nullable().default(null),
    team: Name.nullable().default(null),
    /** True: it starts in observe mode. */
    observe: z.boolean().default(false),
    signing: Signing.optional(),
  })
  .meta({ id: 'CreateSource' })
export type SourceBody = z.input<typeof SourceBody>

export const SourceCreated = SourceDetail.extend({ key: z.string() }).meta({ id: 'SourceCreated' })
export type SourceCreated = z.infer<typeof SourceCreated>

/** What is left out stays as it is. */
export const SourceChange = z
  .strictObject({
    name: Name.optional(),
    kind: Name.nullable().optional(),
    team: Name.nullable().optional(),
    observe: z.boolean().optional(),
    topics: z.array(Name).max(50).optional(),
    signed_only: z.boolean().optional(),
    /** A new secret; the one before stays valid for the overlap. Null: none, unsigned messages are taken again. */
    signing: Signing.nullable().optional(),
    signing_overlap_hours: OverlapHours,
  })
  .meta({ id: 'ChangeSource' })
export type SourceChange = z.input<typeof SourceChange>

const KEY_CHARS_MIN = 8
const KEY_CHARS_MAX = 256
/** As other systems make them, whatever their form. */
const TakenKey = z
  .string()
  .trim()
  .min(KEY_CHARS_MIN)
  .max(KEY_CHARS_MAX)
  .regex(/^[\x21-\x7e]+$/u, 'is printable ASCII without spaces')

export const SourceKeyBody = z
  .strictObject({
    /** A key of PagerDuty, Opsgenie or another system, taken over so that its senders need no new one. Left out: one is made. */
    key: TakenKey.optional(),
    label: z.string().overwrite(cleanText).trim().max(200).default(''),
  })
  .meta({ id: 'CreateSourceKey' })
export type SourceKeyBody = z.input<typeof SourceKeyBody>

/** `key` is null where it was given: who gave it knows it. */
export const SourceKeyCreated = SourceKey.extend({ key: z.string().nullable() }).meta({ id: 'SourceKeyCreated' })
export type SourceKeyCreated = z.infer<typeof SourceKeyCreated>

export const SourceRotateBody = z
  .strictObject({
    /** So long the old keys still open; 0: they end at once. */
    overlap_hours: OverlapHours,
    /** The key that is to end; left out: all that were made here and have no end yet. Keys that were taken over stay. */
    key_id: Name.optional(),
  })
  .meta({ id: 'RotateSource' })
export type SourceRotateBody = z.input<typeof SourceRotateBody>

export const SourceRotated = z
  .object({
    key: z.string(),
    created: SourceKey,
    ending: z.array(SourceKey),
  })
  .meta({ id: 'SourceRotated' })
export type SourceRotated = z.infer<typeof SourceRotated>

const TEST_BODY_CHARS_MAX = 200_000
export const SourceTestBody = z
  .strictObject({
    /** Of the source's kind; left out: the first. */
    door: Name.optional(),
    /** A message as the vendor would send it; left out: the kind's sample. */
    body: z.string().max(TEST_BODY_CHARS_MAX).optional(),
  })
  .meta({ id: 'TestSource' })
export type SourceTestBody = z.input<typeof SourceTestBody>

export const SourceTested = z
  .object({
    /** Of its first signal: it stands in the list of signals as a test. */
    signal_id: z.string(),
    door: z.string(),
    /** What the vendor would have been answered. */
    status: z.number().int(),
    /** What the playbook would do with the message if it were real and came now. */
    explained: Explained,
    /** What keeps a real message from doing that, such as observe mode; whole sentences. */
    but: z.array(z.string()),
  })
  .meta({ id: 'SourceTested' })
export type SourceTested = z.infer<typeof SourceTested>
