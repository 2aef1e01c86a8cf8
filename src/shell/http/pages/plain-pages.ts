/** Pages that say one thing: links that lead nowhere any more, and a database that is away. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { isDatabaseAway } from '../../database/errors.ts'
import { html } from './html.ts'
import { type PageParts, sendPage } from './layout.ts'

export function unknownPage(): PageParts {
  return {
    title: 'Link not known',
    body: html`<h1>This link is not known</h1><p class="sub">It may be cut off: open it from the message again, whole. Nothing was acknowledged.</p>`,
  }
}

export function expiredPage(url: string): PageParts {
  return {
    title: 'Link expired',
    body: html`<h1>This link has expired</h1><p class="sub">Nothing was acknowledged by it. If the incident is still open, newer messages carry newer links, and the console works always.</p>`,
    form: html`<div class="bar"><a class="go" href="${url}/incidents">Open the console</a></div>`,
  }
}

/** Errors of pages are pages. */
export function handlePageError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (isDatabaseAway(error)) {
    request.log.warn({ err: error }, 'a page could not be shown because the database is away')
    reply.header('retry-after', '2')
    return sendPage(reply, 503, {
      title: 'Try again',
      body: html`<h1>Tocsin cannot reach its database</h1><p class="sub">Nothing was acknowledged. Try again in a few seconds; until then the next person is paged as planned.</p>`,
    })
  }
  const status = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500 ? error.statusCode : 500
  if (status === 500) request.log.error({ err: error }, 'a page failed for a reason that is ours')
  return sendPage(reply, status, {
    title: status === 500 ? 'Something is wrong' : 'Not understood',
    body:
      status === 500
        ? html`<h1>Something is wrong in Tocsin</h1><p class="sub">Nothing was acknowledged. Try again, or use the console.</p>`
        : html`<h1>This was not understood</h1><p class="sub">Open the link from the message again and press a button there.</p>`,
  })
}
