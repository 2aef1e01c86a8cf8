/** Errors of the API as the console shows them: what happened, what it means, what to do. */

export interface FieldError {
  readonly field: string
  readonly message: string
}

export class ApiError extends Error {
  readonly status: number
  /** The problem's fixed code; `unreachable` and `timeout` are ours. */
  readonly code: string
  readonly fields: readonly FieldError[]

  constructor(facts: { status: number; code: string; message: string; fields?: readonly FieldError[] }) {
    super(facts.message)
    this.name = 'ApiError'
    this.status = facts.status
    this.code = facts.code
    this.fields = facts.fields ?? []
  }
}

/** By refusal code: what happened and what to do. Codes come from core/incident/command.ts and the HTTP edge. */
const ADVICE: Readonly<Record<string, string>> = {
  'incident-already-resolved': 'Somebody resolved it first. Nothing was changed; reopen it if it is not over.',
  'incident-not-resolved': 'It has to be resolved before this can be done.',
  'snooze-in-past': 'That time is over. Choose one that is still to come.',
  'not-snoozed': 'It is not snoozed, or not any more.',
  'incident-merged': 'It was merged into another, which goes on in its place. Undo the merge first, or act there.',
  'incident-not-merged': 'It is not merged, or not any more.',
  'incident-private': 'One of the two is private: its alerts and words stay where its members see them.',
  'same-incident': 'That is this very incident.',
  'merge-target-not-open': 'The incident to merge into is not open.',
  'too-many-links': 'It is linked to as many incidents as are kept.',
  'attestation-required': 'Nothing monitors it: somebody has to say by name that it is over.',
  'incident-closed': 'It is closed and cannot be changed. Reopen it if it came back.',
  'severity-unknown': 'The playbook has no such severity. Reload to see the ones it has.',
  'severity-unchanged': 'It already has this severity. Nothing was changed.',
  'type-unknown': 'The playbook has no such incident type. Reload to see the ones it has.',
  'role-unknown': 'The playbook has no such role. Reload to see the ones it has.',
  'reason-required': 'This needs a reason: a sentence that others can read later.',
  'nothing-to-release': 'Nobody is being paged any more. Nothing was changed.',
  'not-paged': 'You are not being paged for this incident, so there is nothing to hand on.',
  'measure-unknown': 'The playbook has no such measure. Reload to see the ones it has.',
  'unit-wrong': 'The playbook has this measure in another unit. Give the value in that one.',
  'value-impossible': 'No measure can have that value. Check the number and its unit.',
  'playbook-unchanged': 'It runs by this version already. Nothing was changed.',
  'playbook-older': 'That version is older than the one it runs by. Nothing was changed.',
  'playbook-unknown': 'There is no such version any more. Reload to see the ones there are.',
  'playbook-changed': 'Somebody saved another version meanwhile. Nothing of yours was saved.',
  'playbook-broken': 'The text has errors, so it was not saved and the version in force still runs.',
  'playbook-read-only': 'The playbook cannot be written here. Export the change as a patch and apply it where it is kept.',
  'playbook-unreadable': 'This release cannot read that version of the playbook.',
  'playbook-unchecked': 'The text could not be checked right now, so nothing was saved. Try again shortly.',
  'playbook-not-written': 'The file could not be written, so the version in force still runs. Look at the disk, then try again.',
  'service-unknown': 'The playbook has no such service. Reload to see the ones it has.',
  'nothing-proposed': 'Its alerts are not all clear any more, so nothing would resolve it. Nothing was changed.',
  'nothing-to-go-back-to': 'There is no earlier phase to go back to. Nothing was changed.',
  unreachable: 'The server could not be reached, so nothing was changed. Check your connection and try again.',
  timeout: 'The server did not answer in time. It may have happened: look before you try again.',
}

/** Whether asking again may help: the server did not answer, or failed. */
export function isPassing(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500)
}

/** Nobody answered, or only a proxy did: it may have happened, and can be asked for again under the same key. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || [502, 503, 504].includes(error.status))
}

/** Why something cannot be shown: one or two sentences for a person. */
export function explainReading(error: unknown): string {
  if (!(error instanceof ApiError)) return explainError(error)
  if (error.code === 'unreachable' || [502, 504].includes(error.status)) return 'The server cannot be reached. Check your connection.'
  if (error.code === 'timeout') return 'The server did not answer in time.'
  if ([502, 504].includes(error.status)) return 'The server could not be reached, so most likely nothing was changed. Look, then try again.'
  if (error.status === 503) return 'The server cannot reach its database right now.'
  if (error.status >= 500) return 'The server failed to answer.'
  return explainError(error)
}

/** Why something was not done: one or two sentences for a person. */
export function explainError(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : 'Something went wrong in the console.'
  const advice = ADVICE[error.code]
  if (advice !== undefined) return advice
  if (error.status === 403) return `${sentence(error.message)} Your account may not do this: ask an owner.`
  if (error.status === 429) return 'Too many requests: wait a moment, then try again.'
  if (error.status === 503)
    return 'The server cannot reach its database right now, so nothing was changed. Paging resumes by itself; try again shortly.'
  if (error.status >= 500) return 'The server failed, so this may not have happened. Look before you try again.'
  return sentence(error.message)
}

/** The message for one field, when the server named it. */
export function fieldError(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined
  return error.fields.find((entry) => entry.field === field || entry.field.endsWith(`.${field}`) || entry.field.endsWith(`/${field}`))
    ?.message
}

function sentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`
}
