/**
 * `/a/<token>`: looking changes nothing, pressing acts once. No sign-in, no limiter: somebody woken at 03:00 must not be
 * kept out, and 256 random bits are not guessed.
 */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify'
import type { Tx } from '../../database/database.ts'
import { changeInTransaction } from '../../incident/change.ts'
import { observeAcknowledgement } from '../../incident/observe.ts'
import { findAcknowledgeLink, useAcknowledgeLink, type AcknowledgeLink } from '../../page/link-store.ts'
import { findPerson } from '../../person/person-store.ts'
import type { Ports } from '../../ports.ts'
import { acknowledgePage } from './acknowledge-page.ts'
import { loadAcknowledgeView } from './acknowledge-view.ts'
import { acceptForm } from './form.ts'
import { sendPage } from './layout.ts'
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

    app.get<TokenRoute>('/a/:token', { schema }, async (request, reply) =>
      ports.database.inTransaction('main', async (tx) => show(ports, tx, reply, await findAcknowledgeLink(tx, request.params.token), null)),
    )

    app.post<TokenRoute>('/a/:token', { schema }, async (request, reply) =>
      ports.database.inTransaction('main', async (tx) => {
        const used = await useAcknowledgeLink(tx, request.params.token)
        if (used === undefined) return show(ports, tx, reply, await findAcknowledgeLink(tx, request.params.token), null)
        const wish = request.body?.get('do') ?? 'acknowledge'
        const done = await carryOut(ports, tx, used, wish === 'decline' || wish === 'help' ? 'declined' : 'acknowledged')
        return show(ports, tx, reply, used, done)
      }),
    )
  }
}

/** Null when the incident has moved on meanwhile: the page then says where it stands. */
async function carryOut(ports: Ports, tx: Tx, link: AcknowledgeLink, wish: 'acknowledged' | 'declined') {
  const person = await findPerson(tx, link.personId)
  if (person === undefined) return null
  const by = { kind: 'person', id: person.id, name: person.name } as const
  const result = await changeInTransaction(
    ports,
    tx,
    link.incidentId,
    wish === 'declined' ? { type: 'decline', by, personId: person.id } : { type: 'acknowledge', by, personId: person.id, via: 'link' },
  )
  tx.afterCommit(() => observeAcknowledgement(result))
  return result.kind === 'accepted' ? wish : null
}

async function show(
  ports: Ports,
  tx: Tx,
  reply: FastifyReply,
  link: AcknowledgeLink | undefined,
  done: 'acknowledged' | 'declined' | null,
) {
  if (link === undefined) return sendPage(reply, 404, unknownPage())
  if (link.expiresAt <= tx.now) return sendPage(reply, 410, expiredPage(ports.config.url))
  const view = await loadAcknowledgeView(ports, tx, link)
  return view === undefined ? sendPage(reply, 404, unknownPage()) : sendPage(reply, 200, acknowledgePage(view, done))
}
