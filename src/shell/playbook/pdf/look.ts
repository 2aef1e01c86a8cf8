/** Colours and sizes of the PDF: the light tokens of web/styles/tokens.css, on white paper. In points. */

export const COLOURS = {
  text: '#18181b',
  muted: '#5d5d68',
  line: '#e4e4e8',
  strong: '#cfcfd6',
  accent: '#3b4fd8',
  code: '#27272e',
  fill: '#f7f7f8',
  severities: ['#c4231f', '#b4540a', '#7d6008', '#4a5568'],
} as const

export const SIZES = { body: 9.5, table: 8.5, head: 7.6, code: 7.4, small: 7.8, subheading: 11, heading: 14.5, title: 25 } as const

/** A4 with room for two fingers at the sides. */
export const PAGE = { size: 'A4', margins: [56, 62, 56, 58], width: 483, height: 842 } as const
