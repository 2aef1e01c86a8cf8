/**
 * `/a/<token>`: looking changes nothing, pressing acts once. No sign-in, no limiter: somebody woken at 03:00 must not be
 * kept out, and 256 random bits are not guessed.
 */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Tx } from '../../database/database.ts'
import { type AcknowledgeLink, findAcknowledgeLink } from '../../page/link-store.ts'
import type { Ports } from '../../ports.ts'
import { press, readPress } from './acknowledge-act.ts'
import { acknowledgePage, type Outcome } from './acknowledge-page.ts'
import { loadAcknowledgeView } from './acknowledge-view.ts'
import { acceptForm } from './form.ts'
import { type PageParts, sendPage } from './layout.ts'
import { expiredPage, handlePageError, unknownPage } from './plain-pages.ts'

interface TokenRoute {
  Params: { token: string }
  Body: URLSearchParams | undefined
}

export function acknowledgeRoutes(ports: Ports): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    acceptForm(app)
    app.setErrorHandler(handlePageError)
    const schema = { hide: true }

    app.get<TokenRoute>('/a/:token', { schema }, async (request, reply) => {
      const page = await ports.database.inTransaction('main', async (tx) =>
        show(ports, tx, await findAcknowledgeLink(tx, request.params.token), null),
      )
      return sendPage(reply, page.status, page.parts)
    })

    // Told only once it is committed: "you have it" must hold whatever happens to the server in the next moment.
    app.post<TokenRoute>('/a/:token', { schema }, async (request, reply) => {
      const page = await ports.database.inTransaction('main', async (tx) => {
        const pressed = await press(ports, tx, request.params.token, readPress(request.body))
        const outcome = pressed.kind === 'done' ? pressed.done : pressed.kind === 'nothing-ticked' ? pressed.kind : null
        return show(ports, tx, pressed.link, outcome)
      })
      return sendPage(reply, page.status, page.parts)
    })
  }
}

interface Shown {
  readonly status: number
  readonly parts: PageParts
}

/** @param outcome what this request did; null: it only looked, or the incidents have moved on meanwhile */
async function show(ports: Ports, tx: Tx, link: AcknowledgeLink | undefined, outcome: Outcome): Promise<Shown> {
  if (link === undefined) return { status: 404, parts: unknownPage() }
  if (link.expiresAt <= tx.now) return { status: 410, parts: expiredPage(ports.config.url) }
  const view = await loadAcknowledgeView(ports, tx, link)
  return view === undefined ? { status: 404, parts: unknownPage() } : { status: 200, parts: acknowledgePage(view, outcome) }
}
