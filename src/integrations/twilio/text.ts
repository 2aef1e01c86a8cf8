/**
 * The text of a message by phone: what broke, how to answer, the link and the code of the delivery, in a bounded number of
 * parts. The link and the code are never cut; the first step goes first, then the title.
 */
import { codeOf } from '../../core/page/code.ts'
import { oneLine } from '../../core/page/message.ts'
import type { PageMessage } from '../../integration.ts'
import { plainer, segmentsOf, shorten } from './segments.ts'

/** Twilio takes 1,600 characters. */
const CHARACTERS_MAX = 1_600
const TITLE_CHARACTERS_MAX = 200
const STEP_CHARACTERS_MAX = 200

export interface SmsRules {
  readonly segmentsMax: number
  /** What is written back reaches us. */
  readonly replies: boolean
}

/** How the code of a delivery stands in its text: what is looked for when it is not known whether it arrived. */
export function markOf(reference: string): string {
  return `code ${codeOf(reference)}`
}

export function smsOf(message: PageMessage, rules: SmsRules): string {
  const title = plainer(oneLine(message.incident.title, TITLE_CHARACTERS_MAX))
  const step = plainer(oneLine(message.incident.firstStep, STEP_CHARACTERS_MAX))
  const fits = (text: string): boolean => text.length <= CHARACTERS_MAX && segmentsOf(text).count <= rules.segmentsMax
  const whole = (titleMax: number, stepMax: number): string => compose(message, rules, shorten(title, titleMax), shorten(step, stepMax))
  const stepMax = most(STEP_CHARACTERS_MAX, (at) => fits(whole(TITLE_CHARACTERS_MAX, at)))
  if (stepMax !== null) return whole(TITLE_CHARACTERS_MAX, stepMax)
  return whole(most(TITLE_CHARACTERS_MAX, (at) => fits(whole(at, 0))) ?? 0, 0)
}

/** The greatest number up to `top` that will do; null: not even 0. */
function most(top: number, willDo: (at: number) => boolean): number | null {
  for (let at = top; at >= 0; at -= 1) if (willDo(at)) return at
  return null
}

function compose(message: PageMessage, { replies }: SmsRules, title: string, step: string): string {
  const { purpose, incident } = message
  const severity = plainer(oneLine(incident.severity, 20))
  const number = incident.number > 0 ? ` #${incident.number}` : ''
  const more = message.others?.length ?? 0
  const repeat = message.repeat ? ' (repeat)' : ''
  if (purpose === 'test') return `TEST: ${title}. Nothing is wrong.${repeat} ${markOf(message.reference)}`
  const head =
    `${purpose === 'notice' ? 'Notice: ' : ''}${severity}${number} ${title}${more === 0 ? '' : ` (+${more} more)`}${repeat}`.trim()
  if (purpose === 'notice') {
    const notice = plainer(oneLine(message.notice, STEP_CHARACTERS_MAX))
    return [head, notice, message.incidentUrl, markOf(message.reference)].filter((part) => part !== '').join('\n')
  }
  const first = step === '' ? '' : `First: ${step}`
  const answer = replies ? 'Reply 1 = I have it, 2 = I cannot' : ''
  return [head, first, answer, message.acknowledgeUrl, markOf(message.reference)].filter((part) => part !== '').join('\n')
}
