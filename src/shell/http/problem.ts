/** Refusals at the HTTP edge: problem+json (RFC 9457) with a fixed code. Codes are for ever; titles and details are words. */
import { type RefusalCode, REFUSAL_CODES } from '../../core/incident/command.ts'
import type { Problem } from '../../api/schema.ts'

const EDGE = {
  'invalid-request': [400, 'The request is not understood'],
  'invalid-json': [400, 'The body is no JSON that can be read'],
  'not-signed-in': [401, 'Sign in, or send an API key'],
  'key-unknown': [401, 'The API key is not known'],
  'sign-in-failed': [401, 'The address or the password is wrong'],
  forbidden: [403, 'Not allowed'],
  'cross-site': [403, 'The request comes from another site'],
  'password-wrong': [403, 'The current password is wrong'],
  'not-found': [404, 'There is no such thing'],
  'request-timeout': [408, 'The request took too long to arrive'],
  'idempotency-key-in-use': [409, 'The first request with this Idempotency-Key is still running'],
  'idempotency-secret-shown': [409, 'It was done before; its secret is shown once only'],
  'idempotency-key-reused': [422, 'This Idempotency-Key was used with another request'],
  'already-exists': [409, 'It exists already'],
  'silence-over': [409, 'It is over'],
  'too-many-silences': [409, 'There are too many already'],
  'schedule-unknown': [422, 'There is no such schedule'],
  'not-on-call': [422, 'That person does not hold this shift'],
  'already-on-call': [409, 'That person is on call already'],
  'oncall-change-over': [409, 'It is over'],
  'too-many-oncall-changes': [409, 'There are too many already'],
  'last-owner': [409, 'The last owner stays'],
  'lost-race': [409, 'Something else changed it at the same time'],
  'body-too-large': [413, 'The body is too large'],
  'uri-too-long': [414, 'The address is too long'],
  'content-type-unsupported': [415, 'Send application/json'],
  'person-unknown': [422, 'There is no such person'],
  'playbook-unknown': [422, 'There is no such version of the playbook'],
  'playbook-older': [409, 'This version of the playbook is older than the one the incident runs by'],
  'playbook-broken': [422, 'The playbook has errors'],
  'playbook-changed': [409, 'The playbook was changed meanwhile'],
  'playbook-read-only': [409, 'The playbook cannot be written here'],
  'playbook-unreadable': [409, 'This release cannot read that version of the playbook'],
  'playbook-unchecked': [503, 'The text could not be checked'],
  'playbook-not-written': [503, 'The playbook could not be written'],
  'too-many-requests': [429, 'Too many attempts'],
  'headers-too-large': [431, 'The headers are too large'],
  internal: [500, 'Something is wrong in Tocsin'],
  unavailable: [503, 'The database cannot be reached'],
  'too-many-streams': [503, 'Too many live feeds are open'],
} as const satisfies Record<string, readonly [number, string]>

const REFUSALS: Readonly<Record<RefusalCode, readonly [number, string]>> = {
  'incident-not-opened': [409, 'The incident has not been opened'],
  'incident-already-opened': [409, 'The incident has been opened already'],
  'incident-already-resolved': [409, 'The incident is resolved already'],
  'incident-not-resolved': [409, 'The incident is still open'],
  'incident-closed': [409, 'The incident is closed'],
  'severity-unknown': [422, 'The playbook has no such severity'],
  'severity-unchanged': [409, 'The incident has this severity already'],
  'type-unknown': [422, 'The playbook has no such incident type'],
  'role-unknown': [422, 'The playbook has no such role'],
  'service-unknown': [422, 'The playbook has no such service'],
  'measure-unknown': [422, 'The playbook has no such measure'],
  'unit-wrong': [422, 'Write the value with the unit of its measure: a share as "30 %", a time as "4 s", a count without one'],
  'value-impossible': [422, 'No measurement can give this value'],
  'reason-required': [422, 'Say why'],
  'nothing-to-release': [409, 'Nobody is being paged for that role'],
  'playbook-unchanged': [409, 'The incident runs by this version already'],
  'nothing-to-go-back-to': [409, 'There is no step before this one to go back to'],
  'not-paged': [409, 'This person is not being paged'],
  'snooze-in-past': [422, 'A snooze ends in the future'],
  'not-snoozed': [409, 'Nobody has snoozed it'],
  'incident-merged': [409, 'The incident was merged into another, which goes on in its place'],
  'incident-not-merged': [409, 'The incident is merged into none'],
  'incident-private': [409, 'A private incident is neither merged nor linked: others would learn of it'],
  'same-incident': [422, 'Name another incident'],
  'merge-target-not-open': [409, 'The incident that it is to be merged into is not open'],
  'too-many-links': [409, 'It is linked to as many incidents as one can be'],
  'attestation-required': [409, 'Nothing monitors it: a person must say that the service is restored'],
  'nothing-proposed': [409, 'Its alerts are not all clear: nothing would resolve it'],
}

/** Which field a refusal is about, where it is about one. */
const REFUSED_FIELDS: Partial<Record<RefusalCode, string>> = {
  'severity-unknown': 'severity',
  'severity-unchanged': 'severity',
  'type-unknown': 'type',
  'role-unknown': 'role',
  'service-unknown': 'service',
  'measure-unknown': 'measure',
  'unit-wrong': 'value',
  'value-impossible': 'value',
  'reason-required': 'reason',
  'snooze-in-past': 'until',
}

export type EdgeCode = keyof typeof EDGE
export type ProblemCode = EdgeCode | RefusalCode
export interface FieldError {
  readonly field: string
  readonly message: string
}

/** Thrown by handlers and hooks, answered by the error handler; nothing is logged for it. */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly errors: readonly FieldError[]
  readonly retryAfterSeconds: number | null
  /** Members of the problem beside the usual ones. */
  readonly more: Pick<Problem, 'findings' | 'patch'>

  constructor(
    code: ProblemCode,
    more: { detail?: string; errors?: readonly FieldError[]; retryAfterSeconds?: number } & Pick<Problem, 'findings' | 'patch'> = {},
  ) {
    const [status, title] = isRefusal(code) ? REFUSALS[code] : EDGE[code]
    super(more.detail ?? title)
    this.name = 'ProblemError'
    this.code = code
    this.status = status
    this.errors = more.errors ?? []
    this.retryAfterSeconds = more.retryAfterSeconds ?? null
    this.more = {
      ...(more.findings === undefined ? {} : { findings: more.findings }),
      ...(more.patch === undefined ? {} : { patch: more.patch }),
    }
  }
}

/** A request whose field cannot be taken as it is. */
export function badField(field: string, message: string): ProblemError {
  return new ProblemError('invalid-request', { detail: `${field}: ${message}`, errors: [{ field, message }] })
}

/** A field that names something which is not there. */
export function unknownPerson(field: string): ProblemError {
  return new ProblemError('person-unknown', { errors: [{ field, message: 'no person has this id or address' }] })
}

/** The core's refusal as the edge answers it; `known` lists what the field could have held. */
export function refusal(code: RefusalCode, known: readonly string[] = []): ProblemError {
  const field = REFUSED_FIELDS[code]
  const [, title] = REFUSALS[code]
  const message = known.length === 0 ? title : `${title}; it has ${known.join(', ')}`
  return new ProblemError(code, { detail: `${message}.`, ...(field === undefined ? {} : { errors: [{ field, message }] }) })
}

export function toProblem(error: ProblemError): Problem {
  const [status, title] = isRefusal(error.code) ? REFUSALS[error.code] : EDGE[error.code]
  return {
    type: `urn:tocsin:problem:${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    ...(error.errors.length === 0 ? {} : { errors: [...error.errors] }),
    ...error.more,
  }
}

function isRefusal(code: ProblemCode): code is RefusalCode {
  return (REFUSAL_CODES as readonly string[]).includes(code)
}
