/** What sites call "over" and "urgent": the category of a status has three fixed keys, names are anybody's. */

const DONE = /^(?:done|closed|resolved|complete|completed|cancell?ed|declined|won't do|rejected)$/i

export function isDone(word: string): boolean {
  return DONE.test(word.trim())
}

/** From the least; names of Jira's own scheme and of Jira Service Management's. */
const PRIORITIES = ['lowest', 'trivial', 'low', 'minor', 'medium', 'high', 'major', 'highest', 'critical', 'blocker']
const HIGH = PRIORITIES.indexOf('high')

/** -1 for a name that is not known. */
export function rankOf(priority: string): number {
  return PRIORITIES.indexOf(priority.trim().toLowerCase())
}

export function isHigh(priority: string): boolean {
  return rankOf(priority) >= HIGH
}
