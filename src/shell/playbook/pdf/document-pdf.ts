/** The document as a PDF that looks as if a person had set it: a title block, contents, numbered pages, tables that do not break badly. */
import pdfmake from 'pdfmake'
import type { Content, ContentText, TDocumentDefinitions } from 'pdfmake/interfaces.js'
import { dateWords, nodesOf } from '../../../core/playbook/markdown/page.ts'
import type { Block, Chapter, DocumentModel } from '../../../core/playbook/markdown/model.ts'
import type { Playbook } from '../../../core/playbook/playbook.ts'
import { FONT_FILES, FONTS } from './fonts.ts'
import { COLOURS, PAGE, SIZES } from './look.ts'
import { heightOf } from './height.ts'
import { setBlocks, setText } from './nodes.ts'

export interface PdfOptions {
  /** At the foot of every page; nothing when left out. */
  readonly provenance?: string
}

pdfmake.setFonts(FONTS)
// Nothing of a document can make it read a file or fetch an address.
pdfmake.setUrlAccessPolicy(() => false)
pdfmake.setLocalAccessPolicy((path) => FONT_FILES.has(path))

/** Takes a second or so of one core for a long document: run it where it delays nothing. */
export async function writePdf(model: DocumentModel, playbook: Playbook, options: PdfOptions = {}): Promise<Uint8Array> {
  const definition: TDocumentDefinitions = {
    pageSize: PAGE.size,
    pageMargins: [...PAGE.margins],
    info: {
      title: model.title,
      author: playbook.metadata.maintainer.name,
      subject: playbook.metadata.id,
      creator: 'Tocsin',
      producer: 'Tocsin',
    },
    defaultStyle: { font: 'Inter', fontSize: SIZES.body, lineHeight: 1.32, color: COLOURS.text },
    header: (page) => (page === 1 ? '' : runningHead(model.title, playbook.metadata.id)),
    footer: (page, pages) => foot(options.provenance ?? '', `${page} / ${pages}`),
    pageBreakBefore: (node, { getFollowingNodesOnPage }) => isLeftAlone(node, getFollowingNodesOnPage().length),
    content: [
      ...titleBlock(model.title, playbook),
      ...setAll(model.lead),
      ...contents(model.chapters),
      ...model.chapters.flatMap(setChapter),
    ],
  }
  return pdfmake.createPdf(definition).getBuffer()
}

/**
 * Only headings and what should stay whole have a `headlineLevel`: the room that it needs on its page, in points. pdfmake's
 * own `unbreakable` loses what it holds where a break comes before it (0.3.11).
 */
function isLeftAlone({ headlineLevel, startPosition }: Placed, following: number): boolean {
  if (headlineLevel === undefined) return false
  const bottom = PAGE.height - PAGE.margins[3]
  return following === 0 || (startPosition?.top ?? 0) + headlineLevel > bottom
}

interface Placed {
  readonly headlineLevel?: number | undefined
  readonly startPosition?: { readonly top: number } | undefined
}

function titleBlock(title: string, { metadata }: Playbook): Content[] {
  const { name, email } = metadata.maintainer
  const facts: readonly (readonly [string, string])[] = [
    ['Maintained by', name === email ? email : `${name}\n${email}`],
    ['Last reviewed', dateWords(metadata.lastReview)],
    ['Next review due', dateWords(metadata.nextReviewDue)],
  ]
  return [
    { text: setText(metadata.id, { bold: true }), fontSize: 9, color: COLOURS.muted, margin: [0, 0, 0, 6] },
    { text: setText(title, { bold: true }), fontSize: SIZES.title, lineHeight: 1.12, characterSpacing: -0.45, margin: [0, 0, 0, 14] },
    {
      columns: facts.map(([label, value]) => ({
        width: 'auto' as const,
        stack: [
          { text: setText(label), fontSize: SIZES.small, color: COLOURS.muted, margin: [0, 0, 0, 1] },
          { text: setText(value), fontSize: SIZES.body },
        ],
      })) as Content[],
      columnGap: 34,
      margin: [0, 0, 0, 14],
    },
    { canvas: [{ type: 'line', x1: 0, y1: 0, x2: PAGE.width, y2: 0, lineWidth: 1.4, lineColor: COLOURS.text }], margin: [0, 0, 0, 16] },
  ]
}

/** A short document needs no list of its parts. */
const CONTENTS_FROM = 4

function contents(chapters: readonly Chapter[]): Content[] {
  if (chapters.length < CONTENTS_FROM) return []
  const half = Math.ceil(chapters.length / 2)
  return [
    { text: 'Contents', fontSize: SIZES.small, color: COLOURS.muted, margin: [0, 8, 0, 3] },
    { columns: [contentsColumn(chapters.slice(0, half)), contentsColumn(chapters.slice(half))], columnGap: 36, margin: [0, 0, 0, 4] },
  ]
}

function contentsColumn(chapters: readonly Chapter[]): Content {
  const rows = chapters.map(({ id, number, title }): Content[] => [
    { text: number === null ? '' : String(number), color: COLOURS.muted },
    { text: setText(title), linkToDestination: id },
    { text: [{ pageReference: id }], color: COLOURS.muted, alignment: 'right', noWrap: true },
  ])
  return { table: { widths: [12, '*', 34], body: rows }, layout: NO_LINES }
}

const NO_LINES = {
  hLineWidth: () => 0,
  vLineWidth: () => 0,
  paddingLeft: () => 0,
  paddingRight: () => 4,
  paddingTop: () => 1.5,
  paddingBottom: () => 1.5,
}

function setChapter({ id, number, title, blocks, section }: Chapter): Content[] {
  const label: ContentText[] = [
    ...(number === null ? [] : setText(`${number}   `, { colour: COLOURS.muted })),
    ...setText(title, { bold: true }),
  ]
  const [first, ...rest] = section === 'severities' ? setAll(blocks).map(markSeverities) : setAll(blocks)
  const heading = {
    text: label,
    id,
    fontSize: SIZES.heading,
    characterSpacing: -0.15,
    headlineLevel: HEADING_ROOM + Math.min(heightOf(first), KEPT_HEIGHT_MAX),
    margin: [0, 20, 0, 7],
  } as Content
  return first === undefined ? [heading] : [heading, first, ...rest]
}

const HEADING_ROOM = 48
/** What is higher than this begins where it is, and goes on over the page. */
const KEPT_HEIGHT_MAX = 300

/** A square of its colour before the name of each row; the name says the same. */
function markSeverities(content: Content): Content {
  if (typeof content !== 'object' || content === null || !('table' in content)) return content
  const { body } = content.table
  if (body[0]?.length !== 5) return content
  const marked = body.map((row, index) => {
    const [first, ...rest] = row
    if (index === 0 || typeof first !== 'object' || first === null || !('text' in first) || !Array.isArray(first.text)) return row
    const colour = COLOURS.severities[Math.min(index - 1, COLOURS.severities.length - 1)] ?? COLOURS.muted
    return [{ ...first, text: [{ text: '\u25a0\u00a0', font: 'Rest', color: colour, fontSize: 7 }, ...first.text] }, ...rest]
  })
  const widths = (content.table.widths ?? []) as number[]
  const wider = widths.map((width, index) => (index === 0 ? width + 12 : index === 1 ? width - 12 : width))
  return { ...content, table: { ...content.table, body: marked, widths: wider } } as Content
}

function setAll(blocks: readonly Block[]): Content[] {
  return blocks.flatMap((block) => setBlocks([...nodesOf(block)]))
}

function runningHead(title: string, id: string): Content {
  const shown = Array.from(title).length > 80 ? `${Array.from(title).slice(0, 79).join('')}…` : title
  return {
    columns: [
      { text: setText(shown), width: '*' },
      { text: setText(id), width: 'auto' },
    ],
    fontSize: SIZES.small,
    color: COLOURS.muted,
    margin: [PAGE.margins[0], 30, PAGE.margins[2], 0],
  }
}

function foot(provenance: string, pages: string): Content {
  return {
    columns: [
      { text: setText(provenance), width: '*' },
      { text: pages, width: 'auto' },
    ],
    fontSize: SIZES.small,
    color: COLOURS.muted,
    margin: [PAGE.margins[0], 22, PAGE.margins[2], 0],
  }
}
