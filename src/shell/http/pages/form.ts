/** Takes what a button of ours sends, and nothing else. */
import type { FastifyInstance } from 'fastify'

const FORM_BYTES_MAX = 4_096

export function acceptForm(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const options = { parseAs: 'string', bodyLimit: FORM_BYTES_MAX } as const
  app.addContentTypeParser('application/x-www-form-urlencoded', options, (_request, body: string, done) =>
    done(null, new URLSearchParams(body)),
  )
}
