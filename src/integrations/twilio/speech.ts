/** What is said on the phone. One question, one digit: 1 has it, 2 cannot, 9 again. Alerts' texts are escaped and cut. */
import { oneLine } from '../../core/page/message.ts'
import type { AnswerView, PageMessage, Reply } from '../../integration.ts'
import { plainer, shorten } from './segments.ts'
import { escapeXml, twiml, type Verb } from './twiml.ts'

const TITLE_CHARACTERS_MAX = 200
const STEP_CHARACTERS_MAX = 160
/** Said so often before the call ends without a key. */
const TIMES_SAID = 3
const GATHER_SECONDS = 6
/** Of what is sent with the call; what is asked of us may be longer. */
const TWIML_CHARACTERS_MAX = 4_000
const KEYS = 'Press 1 if you have it. Press 2 if you cannot, and somebody else is paged. Press 9 to hear this again.'

/** Without a way back to us: nothing can be answered on that phone. @param message its state when it was sent */
export function speakPlainly(message: PageMessage): Reply {
  const { purpose, incident } = message
  if (purpose === 'test') return twiml(say('This is a test of Tocsin. Nothing is wrong and nothing needs to be done.'), HANG_UP)
  const what = describe(incident)
  const how = purpose === 'page' ? 'Acknowledge it in the console or by another message.' : 'You are told, not paged.'
  const once = [say(`Tocsin. ${what}`), say(how)]
  const twice = twiml(...once, PAUSE, ...once, HANG_UP)
  return twice.body.length <= TWIML_CHARACTERS_MAX ? twice : twiml(...once, HANG_UP)
}

/** The call was answered, by a person as far as is known. @param digitsUrl takes the key that is pressed */
export function speakPage(view: AnswerView | null, digitsUrl: string, before = ''): Reply {
  if (view === null) return twiml(say('Tocsin. This page is not known any more. Goodbye.'), HANG_UP)
  const over = standing(view)
  if (over !== null) return twiml(say(`Tocsin. ${over} Goodbye.`), HANG_UP)
  const more = view.othersCount === 0 ? '' : ` and ${view.othersCount} more incident${view.othersCount === 1 ? '' : 's'}`
  const asked = `${describe(view.incident)}${more}. ${KEYS}`
  const gathers = Array.from({ length: TIMES_SAID }, (_, at) => gather(digitsUrl, at === 0 ? `${before} Tocsin. ${asked}`.trim() : asked))
  return twiml(...gathers, say('No key was pressed. Nothing was acknowledged. Goodbye.'), HANG_UP)
}

/** A machine is told and asked nothing. */
export function speakToMachine(view: AnswerView | null): Reply {
  if (view === null || standing(view) !== null) return twiml(HANG_UP)
  return twiml(say(`Tocsin pages you. ${describe(view.incident)}. Nothing was acknowledged by this call.`), HANG_UP)
}

/** After a key. */
export function speakDone(view: AnswerView | null): Reply {
  if (view === null) return twiml(say('This page is not known any more. Goodbye.'), HANG_UP)
  const { done, incident } = view
  if (done === 'decline') return twiml(say(`Passed on: somebody else is paged for incident ${incident.number}. Goodbye.`), HANG_UP)
  const said = standing(view) ?? 'Nothing was changed.'
  return twiml(say(`${said} Goodbye.`), HANG_UP)
}

/** How it stands where nothing is asked any more; null: the person is to answer. */
function standing({ incident, acknowledged, paging, othersAcknowledged }: AnswerView): string | null {
  const others = othersAcknowledged.map((name) => oneLine(name, 60)).join(', ')
  if (!incident.open) return `Incident ${incident.number} is resolved. Nothing is left to do.`
  if (acknowledged)
    return `You have incident ${incident.number}. ${others === '' ? 'Nobody else has acknowledged it.' : `Also acknowledged by ${others}.`}`
  if (!paging) return `Incident ${incident.number} does not page you any more.${others === '' ? '' : ` Acknowledged by ${others}.`}`
  return null
}

function describe({ severity, number, title, firstStep }: AnswerView['incident'] | PageMessage['incident']): string {
  const step = shorten(plainer(oneLine(firstStep, STEP_CHARACTERS_MAX)), STEP_CHARACTERS_MAX)
  const head = `${oneLine(severity, 40)}${number > 0 ? `, incident ${number}` : ''}. ${plainer(oneLine(title, TITLE_CHARACTERS_MAX))}`
  return step === '' ? head : `${head}. First step: ${step}`
}

const PAUSE: Verb = '<Pause length="1"/>'
const HANG_UP: Verb = '<Hangup/>'

function say(text: string): Verb {
  return `<Say>${escapeXml(text)}</Say>`
}

function gather(digitsUrl: string, text: string): Verb {
  const how = `input="dtmf" numDigits="1" timeout="${GATHER_SECONDS}" method="POST" action="${escapeXml(digitsUrl)}"`
  return `<Gather ${how}>${say(text)}</Gather>`
}
