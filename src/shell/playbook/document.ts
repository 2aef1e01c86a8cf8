/** The playbook as the document that people read, in the form that is asked for. */
import { digestOf } from './folder.ts'
import { asId } from '../../core/id.ts'
import { writePage, pageStyle } from '../../core/playbook/markdown/page.ts'
import { renderDocument } from '../../core/playbook/markdown/render-document.ts'
import type { Finding } from '../../core/playbook/finding.ts'
import { parsePlaybook } from '../../core/playbook/parse.ts'
import { readFontFaces } from './web-fonts.ts'

export const DOCUMENT_FORMATS = ['markdown', 'html', 'pdf'] as const
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number]

export const DOCUMENT_TYPES: Readonly<Record<DocumentFormat, string>> = {
  markdown: 'text/markdown; charset=utf-8',
  html: 'text/html; charset=utf-8',
  pdf: 'application/pdf',
}

export type Rendering =
  | { readonly kind: 'document'; readonly bytes: Uint8Array }
  /** The text is no playbook that runs, and a document of it would say what nothing does. */
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }

/** @param source the text of playbook.yaml */
export async function renderAs(source: string, format: DocumentFormat): Promise<Rendering> {
  const digest = digestOf(source)
  const { playbook, file, findings } = parsePlaybook(source, asId(digest))
  if (playbook === null || file === null) return { kind: 'refused', findings: findings.filter((one) => one.severity === 'error') }
  const { model, markdown } = renderDocument(file, playbook)
  const provenance = `Rendered by Tocsin from playbook.yaml, version ${digest.slice(0, 12)}.`
  switch (format) {
    case 'markdown':
      return { kind: 'document', bytes: Buffer.from(markdown) }
    case 'html':
      return { kind: 'document', bytes: Buffer.from(writePage(model, playbook, { provenance, fontFaces: readFontFaces() })) }
    case 'pdf': {
      // Loaded where it is asked for: it is more than all the rest of the command line.
      const { writePdf } = await import('./pdf/document-pdf.ts')
      return { kind: 'document', bytes: await writePdf(model, playbook, { provenance }) }
    }
  }
}

/** The style sheet of the page, whose hash its content policy names. */
export function documentStyle(): string {
  return pageStyle({ fontFaces: readFontFaces() })
}
