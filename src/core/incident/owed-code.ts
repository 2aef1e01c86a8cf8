/** What can be owed, by fixed words. */
export const OWED_CODES = [
  /** Somebody who is paged has not answered. */
  'acknowledge',
  /** Nobody leads it. */
  'take-command',
  /** No person has said what it is. */
  'classify',
  /** Nobody has said which service is hit. */
  'name-service',
  /** Nobody has measured how bad it is. */
  'measure-impact',
  /** What is measured asks for another severity. */
  'consider-severity',
  'start-mitigation',
  /** An audience of the communication plan. */
  'update',
  'monitors-not-green',
  'resolve',
  'post-mortem',
  'follow-up',
  'close',
] as const
export type OwedCode = (typeof OWED_CODES)[number]
