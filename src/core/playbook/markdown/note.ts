/** What an import says of a document: what was understood, guessed, kept as prose, and what could not be mapped; each with its line. */

/** Codes are fixed, scripts rely on them; the group says how much of it a person must look at. */
export const IMPORT_CODES = {
  read: ['understood', 'A section was read, with so many rows.'],
  'not-said': ['guessed', 'The document does not say it; what stands in the file is a guess.'],
  'read-so': ['guessed', 'The document says it in words that can be read in several ways; they were read so.'],
  kept: ['kept', 'Text that nothing runs: it is kept as prose, and rendered in its place.'],
  'section-missing': ['unmapped', 'The document has no section of a kind that a playbook cannot do without.'],
  'cell-missing': ['unmapped', 'A table row lacks a cell that is needed.'],
  'not-runnable': ['unmapped', 'A cell says something that cannot be run; its text is kept as prose.'],
  'column-unknown': ['unmapped', 'A column that the language has no key for; it is kept as prose.'],
  'table-unknown': ['unmapped', 'A table that is none of a playbook; it is kept as prose.'],
  contradiction: ['unmapped', 'The document says it twice, and differently; the first stands.'],
  refused: ['unmapped', 'What was read would be refused by lint; it is kept as prose.'],
  'settings-unreadable': ['unmapped', 'The engine settings of a rendered document cannot be read.'],
  'file-too-large': ['unmapped', 'The document is larger than any playbook; nothing was imported.'],
  'nested-too-deeply': ['unmapped', 'Quotes, lists or marks are nested too deeply; nothing was imported.'],
  'markdown-unreadable': ['unmapped', 'The Markdown reader gave up; nothing was imported.'],
} as const satisfies Readonly<Record<string, readonly [ImportGroup, string]>>

export type ImportGroup = 'understood' | 'guessed' | 'kept' | 'unmapped'
export type ImportCode = keyof typeof IMPORT_CODES

export interface ImportNote {
  readonly code: ImportCode
  /** In the document, from 1. */
  readonly line: number
  readonly column: number
  /** The key of playbook.yaml it is about, rows by their name: `severities.SEV-1.response_time`; empty: none. */
  readonly path: string
  /** The document's own words, shortened; empty where it says nothing. */
  readonly text: string
  /** One or two sentences for people. */
  readonly message: string
}

/** Where in the document something stands. */
export interface Place {
  readonly line: number
  readonly column: number
}

export const TOP: Place = { line: 1, column: 1 }

export function groupOf(note: ImportNote): ImportGroup {
  return IMPORT_CODES[note.code][0]
}

const TEXT_SHOWN_MAX = 120

/** Shortened to one line for a report. */
export function shorten(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim()
  const characters = Array.from(line)
  return characters.length <= TEXT_SHOWN_MAX ? line : `${characters.slice(0, TEXT_SHOWN_MAX - 1).join('')}…`
}
