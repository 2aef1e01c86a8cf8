/** People, what they may do, how they sign in, and who is on call. */
import { z } from 'zod'
import { Name, PersonRef, Timestamp } from './common.ts'

export const ACCESS_ROLES = ['owner', 'admin', 'responder', 'stakeholder', 'auditor'] as const
export const AccessRole = z.enum(ACCESS_ROLES)
export type AccessRole = z.infer<typeof AccessRole>

/** A way to reach a person. The address is shown to the person and to administrators, else null. */
export const Contact = z.object({ channel: z.string(), address: z.string().nullable(), verified_at: Timestamp.nullable() })
export type Contact = z.infer<typeof Contact>

export const Person = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    /** IANA time zone, such as `Europe/Berlin`. */
    zone: z.string(),
    role: AccessRole,
    contacts: z.array(Contact),
    disabled_at: Timestamp.nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'Person' })
export type Person = z.infer<typeof Person>

/** The reader: who they are, what they may do, and what is due of them. */
export const Me = Person.extend({
  /** Actions of `can` that this person may take on something. */
  can: z.array(z.string()),
  has_password: z.boolean(),
  signed_in_by: z.enum(['session', 'key']),
  /** Incident ids whose pages still wait for this person's acknowledgement. */
  paging: z.array(z.string()),
  /** Duty roles held right now. */
  on_call: z.array(z.string()),
}).meta({ id: 'Me' })
export type Me = z.infer<typeof Me>

export const PersonBody = z
  .object({
    email: z.email().max(254),
    name: Name,
    role: AccessRole.default('responder'),
    zone: Name.default('UTC'),
  })
  .strict()
  .meta({ id: 'CreatePerson' })
export type PersonBody = z.input<typeof PersonBody>

export const PersonPatch = z
  .object({ name: Name.optional(), role: AccessRole.optional(), zone: Name.optional(), disabled: z.boolean().optional() })
  .strict()
  .meta({ id: 'ChangePerson' })
export type PersonPatch = z.input<typeof PersonPatch>

export const MePatch = z.object({ name: Name.optional(), zone: Name.optional() }).strict().meta({ id: 'ChangeMe' })
export type MePatch = z.input<typeof MePatch>

export const PASSWORD_CHARS_MIN = 8
/** Argon2 hashes any length; the bound keeps one request from costing much. */
export const PASSWORD_CHARS_MAX = 1_024

export const PasswordBody = z
  .object({ password: z.string().min(PASSWORD_CHARS_MIN).max(PASSWORD_CHARS_MAX), current: z.string().max(PASSWORD_CHARS_MAX).optional() })
  .strict()
  .meta({ id: 'SetPassword' })
export type PasswordBody = z.input<typeof PasswordBody>

export const SignInBody = z
  .object({ email: z.string().max(254), password: z.string().max(PASSWORD_CHARS_MAX) })
  .strict()
  .meta({ id: 'SignIn' })
export type SignInBody = z.input<typeof SignInBody>

export const SignInLink = z.object({ url: z.string(), expires_at: Timestamp }).meta({ id: 'SignInLink' })
export type SignInLink = z.infer<typeof SignInLink>

export const Session = z
  .object({ id: z.string(), created_at: Timestamp, last_seen_at: Timestamp, expires_at: Timestamp, current: z.boolean() })
  .meta({ id: 'Session' })
export type Session = z.infer<typeof Session>

export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string(),
    person: PersonRef,
    created_at: Timestamp,
    last_used_at: Timestamp.nullable(),
    expires_at: Timestamp.nullable(),
    revoked_at: Timestamp.nullable(),
  })
  .meta({ id: 'ApiKey' })
export type ApiKey = z.infer<typeof ApiKey>

/** The key is shown this once. */
export const ApiKeyCreated = ApiKey.extend({ key: z.string() }).meta({ id: 'ApiKeyCreated' })
export type ApiKeyCreated = z.infer<typeof ApiKeyCreated>

export const ApiKeyBody = z
  .object({ name: Name, expires_in_days: z.number().int().min(1).max(3_650).nullable().default(null) })
  .strict()
  .meta({ id: 'CreateApiKey' })
export type ApiKeyBody = z.input<typeof ApiKeyBody>

/** What "page me now" sent; watch the incident-less deliveries by their state. */
export const TestPage = z
  .object({ deliveries: z.array(z.object({ channel: z.string(), state: z.string(), reason: z.string().nullable() })) })
  .meta({ id: 'TestPage' })
export type TestPage = z.infer<typeof TestPage>
