/** What the forms for people outside ask, and what a filled-in one is. Pure: the pages and the storage are the shell's. */
import { clean, toLine } from '../alert/text.ts'
import type { ReportKind } from '../playbook/report.ts'

/** A report as it is kept: the body of its receipt. */
export interface Report {
  readonly kind: ReportKind
  /** What the reporter is told, and what people search by: `SR-4K7M-9Q2X`. */
  readonly reference: string
  /** Of the signal, as the playbook named it then. */
  readonly alarm: string
  readonly what: string
  readonly details: string
  /** What it concerns, in the reporter's words; empty when unsaid. */
  readonly service: string
  /** One of `EXTENTS` or `EXPOSURES`. */
  readonly extent: string
  /** As given; empty: anonymous. */
  readonly contact: string
}

export interface FormField {
  readonly name: 'what' | 'details' | 'service' | 'extent' | 'contact'
  readonly label: string
  readonly hint: string
  readonly charsMax: number
  readonly required: boolean
  readonly lines: number
  /** To choose from; empty: free text. */
  readonly choices: readonly { readonly value: string; readonly label: string }[]
}

const EXTENTS = [
  { value: 'down', label: 'It does not work at all' },
  { value: 'degraded', label: 'It works in part, or slowly' },
  { value: 'question', label: 'I have a question' },
]
const EXPOSURES = [
  { value: 'unknown', label: 'I do not know' },
  { value: 'yes', label: 'Yes, I could see data of others' },
  { value: 'no', label: 'No' },
]

const field = (given: Partial<FormField> & Pick<FormField, 'name' | 'label'>): FormField => ({
  hint: '',
  charsMax: 200,
  required: false,
  lines: 1,
  choices: [],
  ...given,
})

export interface FormText {
  readonly title: string
  readonly lead: string
  readonly button: string
  readonly fields: readonly FormField[]
  /** Before the reference. */
  readonly prefix: string
}

export const FORMS: Readonly<Record<ReportKind, FormText>> = {
  ticket: {
    title: 'Report a problem',
    lead: 'Tell us what does not work. Somebody who can help is told at once.',
    button: 'Send the report',
    prefix: 'CT',
    fields: [
      field({ name: 'what', label: 'What does not work?', required: true }),
      field({ name: 'details', label: 'What did you do, and what happened?', charsMax: 8_000, lines: 6 }),
      field({ name: 'extent', label: 'How bad is it?', choices: EXTENTS }),
      field({ name: 'service', label: 'Which product or page?' }),
      field({ name: 'contact', label: 'How can we reach you?', hint: 'An e-mail address or telephone number', charsMax: 320 }),
    ],
  },
  security: {
    title: 'Report a security problem',
    lead: 'What you write is read by those who respond to it, and by nobody else. You need not say who you are.',
    button: 'Send the report',
    prefix: 'SR',
    fields: [
      field({ name: 'what', label: 'What is not safe?', required: true }),
      field({ name: 'details', label: 'How can it be seen? Please send no data of others.', charsMax: 8_000, lines: 8 }),
      field({ name: 'extent', label: 'Could you see data of other people?', choices: EXPOSURES }),
      field({ name: 'service', label: 'Where? An address or the name of a product' }),
      field({ name: 'contact', label: 'How can we reach you, if you like?', charsMax: 320 }),
    ],
  },
}

export type FormValues = Readonly<Record<FormField['name'], string>>

export type FormReading =
  | { readonly kind: 'filled'; readonly values: FormValues }
  /** By field; what was written is kept, so that nobody writes it twice. */
  | { readonly kind: 'incomplete'; readonly values: FormValues; readonly faults: Readonly<Partial<Record<FormField['name'], string>>> }

/** @param given text of a field by name; empty where there is none */
export function readForm(kind: ReportKind, given: (name: string) => string): FormReading {
  const faults: Partial<Record<FormField['name'], string>> = {}
  const values: Record<FormField['name'], string> = { what: '', details: '', service: '', extent: '', contact: '' }
  for (const { name, charsMax, required, lines, choices } of FORMS[kind].fields) {
    const text = lines > 1 ? clean(given(name).replaceAll('\r\n', '\n')).trim() : toLine(given(name), charsMax * 2)
    values[name] = text.slice(0, charsMax).toWellFormed()
    if (text.length > charsMax) faults[name] = `This is longer than ${charsMax} characters; the rest was cut.`
    if (required && text === '') faults[name] = 'Please fill this in.'
    if (choices.length > 0 && !choices.some(({ value }) => value === text)) values[name] = choices[0]?.value ?? ''
  }
  return Object.keys(faults).length > 0 ? { kind: 'incomplete', values, faults } : { kind: 'filled', values }
}

/** Letters and digits that are not mistaken for one another when read out. Source: Crockford's Base32. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const REFERENCE_CHARS = 8

/** @param digest at least 8 bytes that nobody can guess, the same ones for the same form */
export function toReference(kind: ReportKind, digest: Uint8Array): string {
  const code = Array.from(digest.subarray(0, REFERENCE_CHARS), (byte) => ALPHABET[byte & 31]).join('')
  return `${FORMS[kind].prefix}-${code.slice(0, 4)}-${code.slice(4)}`
}
