/** What the author of a silence or a window should know about it, by the playbook. */
import type { Playbook } from '../playbook/playbook.ts'
import type { Instant } from '../time.ts'
import type { CompiledMatcher } from './matcher.ts'
import { severitiesWithin } from './muting.ts'
import { describeLength } from './window-text.ts'

export interface Asked {
  readonly matchers: readonly CompiledMatcher[]
  /** Of a window; empty: any. */
  readonly types?: readonly string[]
  readonly reason: string
  readonly startsAt: Instant
  readonly endsAt: Instant
}

/** Of the severities that it may come to hold, those that need a reason which it has not. */
export function reasonMissing(
  playbook: Playbook,
  { matchers, types, reason }: Pick<Asked, 'matchers' | 'types' | 'reason'>,
): readonly string[] {
  if (reason.trim() !== '') return []
  return severitiesWithin(playbook, matchers, types).filter((id) => playbook.muting.reasonRequired.includes(id))
}

/** Each a sentence; empty where the playbook has nothing against it. */
export function warningsOf(playbook: Playbook, asked: Asked): string[] {
  const { never, reasonRequired, maxMs } = playbook.muting
  const within = severitiesWithin(playbook, asked.matchers, asked.types)
  const warnings = within.filter((id) => never.includes(id)).map((id) => `It holds no alert of ${id}: the playbook lets nothing mute them.`)
  const named = within.filter((id) => reasonRequired.includes(id) && !never.includes(id))
  if (named.length > 0 && asked.reason.trim() === '') {
    warnings.push(`It holds no alert of ${named.join(', ')} without a reason.`)
  } else if (named.length > 0 && maxMs !== null && asked.endsAt - asked.startsAt > maxMs) {
    warnings.push(`It holds alerts of ${named.join(', ')} for ${describeLength(maxMs)} at most; what fires then still is paged.`)
  }
  return warnings
}
