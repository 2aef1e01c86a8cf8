/** Escalation as the file writes it: steps may page several at once, and waits may be shares of the row's response time. */
import { MINUTE_MS, SECOND_MS } from '../time.ts'
import { DURATION_MS_MAX, parseDuration } from './duration.ts'
import type { Path, Report } from './finding.ts'
import type { EscalationPolicy, EscalationStep } from './playbook.ts'
import { reportUnusual } from './report-unusual.ts'
import type { EscalationFile } from './schema.ts'
import { normalizeName } from './text.ts'

/**
 * What a playbook that says nothing gets: who is on call; then they again and who is next; then the owners, before the
 * response time has run out. One round fills the response time exactly, and three rounds are run.
 */
export const DEFAULT_ESCALATION: EscalationFile = {
  rounds: 3,
  steps: [
    { page: 'on-call', wait: '40 % of response' },
    { page: ['on-call', 'next'], wait: '40 % of response' },
    { page: 'owners', wait: '20 % of response' },
  ],
}
const DEFAULT_ROUNDS = 3
/** A shorter wait pages the next person before the first has read the message. */
const WAIT_MS_MIN = SECOND_MS

type Target = Exclude<EscalationFile['steps'][number]['page'], readonly unknown[]>

/** Nobody may be next, and a step that reaches nobody is passed over with its wait: the wait stands on one that reaches somebody. */
function inOrder(targets: readonly Target[]): readonly Target[] {
  return [...targets.filter((target) => target === 'next'), ...targets.filter((target) => target !== 'next')]
}

/** Targets that a step pages together become steps without a wait between them. */
export function buildEscalation(file: EscalationFile, responseMs: number, path: Path, report: Report): EscalationPolicy {
  const steps = file.steps.flatMap((step, index): EscalationStep[] => {
    const at = [...path, 'steps', index]
    const targets = inOrder(Array.isArray(step.page) ? step.page : [step.page])
    const waitMs = readWait(step.wait, responseMs, [...at, 'wait'], report)
    if (targets.length === 0) {
      report({
        code: 'empty',
        severity: 'error',
        path: [...at, 'page'],
        message: 'The step pages nobody.',
        fix: 'Name whom to page, or remove the step.',
      })
    }
    return targets.map((target, place) => ({
      page: typeof target === 'string' ? target : { role: normalizeName(target.role) },
      waitMs: place === targets.length - 1 ? waitMs : 0,
    }))
  })
  return { steps, rounds: file.rounds ?? DEFAULT_ROUNDS }
}

const SHARE = /^(\d{1,4}(?:\.\d+)?) ?% ?(?:of (?:the )?response(?: time)?)?$/

function readWait(text: string, responseMs: number, path: Path, report: Report): number {
  const share = SHARE.exec(normalizeName(text).toLowerCase())
  const reading =
    share === null ? parseDuration(text) : ({ kind: 'duration', ms: Math.round((Number(share[1]) / 100) * responseMs) } as const)
  if (reading.kind === 'duration' && reading.ms >= WAIT_MS_MIN && reading.ms <= DURATION_MS_MAX) {
    if (share === null) reportUnusual(text, reading.ms, path, report)
    return reading.ms
  }
  const [message, fix] =
    reading.kind === 'unclear'
      ? [reading.message, `${reading.fix} A share of the response time is fine too: "40 % of response".`]
      : ['The wait must be between a second and 366 days.', 'Write a duration, or a share such as "40 % of response".']
  report({ code: 'unclear-duration', severity: 'error', path, message, fix })
  return MINUTE_MS
}
