/**
 * What Twilio tells of a call: who answered, which key was pressed, how it ended. A machine that answered is a delivery and never an
 * answer: keys of that call count for nothing. Sources: https://www.twilio.com/docs/voice/answering-machine-detection and
 * https://www.twilio.com/docs/voice/twiml/gather (read 2026-11-24).
 */
import type { AnswerView, Heard, VendorCallback, VendorReport } from '../../integration.ts'
import { speakDone, speakPage, speakToMachine } from './speech.ts'

const SID = /^CA[0-9a-f]{32}$/u
const NOTED = { status: 204, body: '' }
const UNKNOWN: Heard = { kind: 'distrusted', reason: 'it names no call', reply: { status: 400, body: '' } }

export function hearCall({ form, url }: VendorCallback): Heard {
  const externalId = form.get('CallSid') ?? ''
  if (!SID.test(externalId)) return UNKNOWN
  const answeredBy = form.get('AnsweredBy') ?? ''
  const digitsUrl = url.replace(/\/call\/([^/?]+).*$/u, '/digits/$1')
  if (isMachine(answeredBy)) return told(machineReport(externalId), (view) => speakToMachine(view))
  const report = { externalId, word: 'answered', outcome: 'delivered', sentence: 'The call was answered.' } as const
  return told(report, (view) => speakPage(view, digitsUrl))
}

export function hearDigits({ form, url }: VendorCallback): Heard {
  const externalId = form.get('CallSid') ?? ''
  if (!SID.test(externalId)) return UNKNOWN
  const report = isMachine(form.get('AnsweredBy') ?? '')
    ? machineReport(externalId)
    : ({ externalId, word: 'pressed', outcome: 'delivered', sentence: '' } as const)
  const wish = ({ '1': 'acknowledge', '2': 'decline' } as const)[form.get('Digits') ?? '']
  if (wish !== undefined) return { kind: 'told', report, press: { wish, via: 'voice' }, reply: speakDone }
  const before = form.get('Digits') === '9' ? '' : 'That key does nothing.'
  return told(report, (view) => speakPage(view, url, before))
}

const ENDS: Readonly<Record<string, Pick<VendorReport, 'sentence' | 'dead'>>> = {
  busy: { sentence: 'The line was busy.' },
  'no-answer': { sentence: 'Nobody answered the call.' },
  canceled: { sentence: 'The call was called off.' },
  failed: { sentence: 'The call could not be put through.', dead: true },
}

export function hearCallStatus({ form }: VendorCallback): Heard {
  const externalId = form.get('CallSid') ?? ''
  const word = form.get('CallStatus') ?? ''
  if (!SID.test(externalId) || !/^[a-z-]{1,40}$/u.test(word)) return UNKNOWN
  if (isMachine(form.get('AnsweredBy') ?? '')) return told({ ...machineReport(externalId), word: `machine-${word}` }, () => NOTED)
  const end = Object.hasOwn(ENDS, word) ? ENDS[word] : undefined
  if (end !== undefined) return told({ externalId, word, outcome: 'failed', ...end }, () => NOTED)
  return told({ externalId, word, outcome: 'progress', sentence: '' }, () => NOTED)
}

function isMachine(answeredBy: string): boolean {
  return answeredBy.startsWith('machine') || answeredBy === 'fax'
}

function machineReport(externalId: string): VendorReport {
  const sentence = 'A machine answered the call: it was told, and nobody is known to have heard it.'
  return { externalId, word: 'machine', outcome: 'delivered', sentence, machine: true }
}

function told(report: VendorReport, reply: (view: AnswerView | null) => ReturnType<typeof speakDone>): Heard {
  return { kind: 'told', report, press: null, reply }
}
