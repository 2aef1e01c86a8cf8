/** The playbook as a document, of the version in force or of any that was: Markdown, a page, or a PDF. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { asId, type PlaybookDigest } from '../../core/id.ts'
import { require } from '../http/authenticate.ts'
import { ProblemError } from '../http/problem.ts'
import { answers } from '../http/route-kit.ts'
import { documentPolicy } from '../http/security-headers.ts'
import type { Ports } from '../ports.ts'
import { DOCUMENT_FORMATS, DOCUMENT_TYPES, documentStyle } from './document.ts'
import { type DocumentJobs, startDocumentJobs } from './document-jobs.ts'
import { findVersion } from './version-store.ts'

const DocumentQuery = z.object({
  format: z.enum(DOCUMENT_FORMATS).default('markdown').describe('Markdown, one page of HTML that loads nothing, or a PDF.'),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe('Of a version of the playbook; the one in force when left out.'),
})

/** The console shows the page in a frame; nobody else may. */
function framedHeaders() {
  return { 'content-security-policy': documentPolicy(documentStyle()), 'x-frame-options': 'SAMEORIGIN' }
}

/** Bytes; what they are the format says. */
const DOCUMENT_ANSWER = {
  description: 'The document, in the form that was asked for.',
  content: { 'text/markdown': { schema: z.unknown() }, 'text/html': { schema: z.unknown() }, 'application/pdf': { schema: z.unknown() } },
}

export function documentRoutes(ports: Ports, jobs: DocumentJobs = startDocumentJobs()): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/playbook/document',
      {
        schema: {
          tags: ['playbook'],
          operationId: 'getPlaybookDocument',
          summary: 'The playbook as the document that people read',
          querystring: DocumentQuery,
          response: { ...answers({}), 200: DOCUMENT_ANSWER },
        },
      },
      async (request, reply) => {
        require(request, 'playbook.read')
        const { format, digest } = request.query
        const wanted = digest === undefined ? ports.playbooks.current().digest : asId<PlaybookDigest>(digest)
        const source = await ports.database.inTransaction('main', (tx) => findVersion(tx, wanted))
        if (source === undefined) throw new ProblemError('not-found', { detail: 'no version of the playbook has this digest' })
        const result = await jobs.render(source, format)
        switch (result.kind) {
          case 'busy':
            throw new ProblemError('too-many-requests', { detail: 'too many documents are being rendered', retryAfterSeconds: 5 })
          case 'failed':
            throw new Error(`the document could not be rendered: ${result.reason}`)
          case 'refused':
            throw new ProblemError('not-found', {
              detail: `this version cannot be read by this release: ${result.findings[0]?.message ?? ''}`,
            })
          case 'document': {
            if (format === 'html') void reply.headers(framedHeaders())
            const name = `playbook-${wanted.slice(0, 12)}.${format === 'markdown' ? 'md' : format}`
            return reply
              .type(DOCUMENT_TYPES[format])
              .header('content-disposition', `inline; filename="${name}"`)
              .header('etag', `"${wanted}"`)
              .send(Buffer.from(result.bytes))
          }
        }
      },
    )
  }
}
