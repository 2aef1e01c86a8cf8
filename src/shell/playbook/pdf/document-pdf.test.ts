/** The PDF: whatever a playbook says can be set, in the fonts that npm brings, without reading or fetching anything else. */
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { playbookFiles } from '../../../../test/support/playbook-file.ts'
import { asId } from '../../../core/id.ts'
import { renderDocument } from '../../../core/playbook/markdown/render-document.ts'
import { parsePlaybook } from '../../../core/playbook/parse.ts'
import { writePdf } from './document-pdf.ts'
import { FONT_FILES, splitByFont } from './fonts.ts'
import { heightOf } from './height.ts'
import { PAGE } from './look.ts'
import { widthsOf } from './table.ts'

const shipped = readFileSync('playbook/playbook.yaml', 'utf8')
const LONG_MS = 180_000

async function pdfOf(yaml: string): Promise<Buffer | null> {
  const { playbook, file } = parsePlaybook(yaml, asId('d'))
  if (playbook === null || file === null) return null
  return Buffer.from(await writePdf(renderDocument(file, playbook).model, playbook, { provenance: 'here' }))
}

function pagesOf(pdf: Buffer | null): number {
  const text = pdf?.toString('latin1') ?? ''
  expect(text.startsWith('%PDF-')).toBe(true)
  expect(text.trimEnd().endsWith('%%EOF')).toBe(true)
  return text.match(/\/Type \/Page\b/g)?.length ?? 0
}

test('the playbook that ships is four pages', async () => expect(pagesOf(await pdfOf(shipped))).toBe(4), LONG_MS)

test(
  'a long playbook goes on over pages',
  async () => {
    const types = Array.from(
      { length: 120 },
      (_, index) =>
        `  - { title: Type ${index}, severity: SEV-2, detection: [{ alarm: Alarm${index} }], immediate_mitigation: Restart the service }`,
    )
    const long = shipped.replace(/incident_types:\n[^]*?\n\n# 5/, `incident_types:\n${types.join('\n')}\n\n# 5`)
    expect(pagesOf(await pdfOf(long))).toBeGreaterThan(6)
  },
  LONG_MS,
)

test(
  'a cell higher than a page, a word wider than one, and letters of many scripts are set',
  async () => {
    const told = 'words and words '.repeat(230)
    const odd = shipped
      .replace('definition: Minor bug, no SLA breach', `definition: ${JSON.stringify(told)}`)
      .replace('definition: Informational', `definition: ${'x'.repeat(900)}`)
      .replace('example: Log noise', 'example: "Łódź, Ελλάδα, Москва, שלום, السلام, 日本語, ≥ → ✓ 🚨 e\u0301"')
    expect(pagesOf(await pdfOf(odd))).toBeGreaterThan(4)
  },
  LONG_MS,
)

test(
  'whatever a playbook says can be set',
  async () => {
    await fc.assert(
      fc.asyncProperty(playbookFiles(), async (file) => {
        const pdf = await pdfOf(stringify(file))
        fc.pre(pdf !== null)
        expect(pagesOf(pdf)).toBeGreaterThan(0)
      }),
      { numRuns: 12 },
    )
  },
  LONG_MS,
)

describe('fonts', () => {
  test('are files that npm brings', () => {
    expect(FONT_FILES.size).toBeGreaterThan(10)
    for (const file of FONT_FILES) expect(existsSync(file)).toBe(true)
  })

  test('are chosen letter by letter, and marks stay with theirs', () => {
    expect(splitByFont('SEV-1 – “fine”')).toEqual([{ text: 'SEV-1 – “fine”', font: 'Inter' }])
    expect(splitByFont('Łódź ≥ 5').map((run) => run.font)).toEqual(['InterExt', 'Inter', 'InterExt', 'Rest', 'Inter'])
    expect(splitByFont('e\u0301')).toEqual([{ text: 'e\u0301', font: 'Inter' }])
    expect(splitByFont('a\u0000b\nc')).toEqual([
      { text: 'a b', font: 'Inter' },
      { text: '\n', font: 'Rest' },
      { text: 'c', font: 'Inter' },
    ])
    expect(splitByFont('x ≥', true)).toEqual([{ text: 'x ≥', font: 'Mono' }])
  })
})

describe('columns', () => {
  const sum = (widths: readonly number[]): number => widths.reduce((left, right) => left + right, 0)

  test('fill the page, whatever they hold', () => {
    const cell = fc.oneof(fc.string({ maxLength: 60 }), fc.constant('x'.repeat(400)))
    const rows = fc
      .integer({ min: 1, max: 8 })
      .chain((count) => fc.array(fc.array(cell, { minLength: count, maxLength: count }), { minLength: 1, maxLength: 6 }))
    fc.assert(
      fc.property(rows, (texts) => {
        const widths = widthsOf(texts)
        expect(sum(widths) + 12 * (widths.length - 1)).toBeCloseTo(PAGE.width, 3)
        expect(Math.min(...widths)).toBeGreaterThan(0)
      }),
    )
  })

  test('are wide where there is more to say', () => {
    const [narrow = 0, wide = 0] = widthsOf([
      ['Severity', 'Definition'],
      ['SEV-1', 'a long sentence about what this severity means, and when it is to be chosen over the others of the matrix'],
    ])
    expect(wide).toBeGreaterThan(2 * narrow)
  })
})

test('a table is about as high as its lines', () => {
  const table = (rows: number) => ({
    table: { widths: [100, 380], body: Array.from({ length: rows }, () => [{ text: 'a' }, { text: 'b' }]) },
  })
  expect(heightOf(table(4))).toBeCloseTo(2 * heightOf(table(2)), 5)
  expect(heightOf({ table: { widths: [50], body: [[{ text: 'word '.repeat(40) }]] } })).toBeGreaterThan(heightOf(table(1)) * 5)
})
