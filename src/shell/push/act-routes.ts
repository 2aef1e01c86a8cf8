/**
 * What a notification's buttons ask for, beside the page of the same link: an answer that a program can read, and that the
 * device showed the message. No sign-in: the link is the right. GET does nothing here.
 */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify'
import type { PushAct } from '../../api/schema.ts'
import { isOpen } from '../../core/incident/incident.ts'
import type { Tx } from '../database/database.ts'
import { press, readPress } from '../http/pages/acknowledge-act.ts'
import { type AcknowledgeView, loadAcknowledgeView } from '../http/pages/acknowledge-view.ts'
import { acceptForm } from '../http/pages/form.ts'
import { handleError } from '../http/error-handler.ts'
import { recordShown } from '../page/ledger-store.ts'
import type { Ports } from '../ports.ts'
import { isDeviceChannel } from './push-channel.ts'
import { findLinkSent, recordDeviceShown } from './push-store.ts'

interface TokenRoute {
  Params: { token: string }
  Body: URLSearchParams | undefined
}

const OTHERS_MAX = 12
const GONE: PushAct = { state: 'gone', number: null, others: [] }

export function pushActRoutes(ports: Ports): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    acceptForm(app)
    app.setErrorHandler(handleError)
    const schema = { hide: true }

    // Told only once it is committed, as on the page.
    app.post<TokenRoute>('/a/:token/act', { schema }, async (request, reply) => {
      const act = await ports.database.inTransaction('main', async (tx) => {
        const { link } = await press(ports, tx, request.params.token, readPress(request.body))
        const view = link === undefined || link.expiresAt <= tx.now ? undefined : await loadAcknowledgeView(ports, tx, link)
        return view === undefined ? GONE : actOf(view)
      })
      return send(reply, act)
    })

    app.post<TokenRoute>('/a/:token/shown', { schema }, async (request, reply) => {
      await ports.database.inTransaction('main', (tx) => takeShown(tx, request.params.token))
      return reply.code(204).send()
    })
  }
}

function send(reply: FastifyReply, act: PushAct): FastifyReply {
  return reply
    .code(act.state === 'gone' ? 410 : 200)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(act))
}

/** What stands now, whoever pressed first: pressing twice is no fault. */
function actOf(view: AcknowledgeView): PushAct {
  const others = view.pages.filter((page) => page.state === 'acknowledged' && page.person.id !== view.you.id)
  return {
    state: stateOf(view),
    number: view.number,
    others: [...new Set(others.map((page) => page.person.name))].slice(0, OTHERS_MAX),
  }
}

function stateOf(view: AcknowledgeView): PushAct['state'] {
  if (view.acknowledged) return 'acknowledged'
  if (!isOpen(view.incident)) return 'over'
  return view.declined ? 'declined' : 'not-paged'
}

/** Unknown links are answered alike: nothing is learnt by asking. */
async function takeShown(tx: Tx, token: string): Promise<void> {
  const found = await findLinkSent(tx, token)
  if (found === undefined || !isDeviceChannel(found.channel)) return
  for (const incidentId of found.incidentIds) await recordShown(tx, { incidentId, personId: found.personId, channel: found.channel })
  await recordDeviceShown(tx, found.personId, found.channel)
}
