/** What an owner sees and does about topics and certificates of a source: which are confirmed, what waits, a certificate by hand. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { IdParams, listOf, SignerCertificate, SignerCertificateBody, Subscription } from '../../api/schema.ts'
import { display } from '../../core/alert/text.ts'
import { asId, type SourceId } from '../../core/id.ts'
import { toRfc3339, type Instant } from '../../core/time.ts'
import { findIntake } from '../alert/intake.ts'
import type { Tx } from '../database/database.ts'
import { act } from '../http/act.ts'
import { require } from '../http/authenticate.ts'
import { badField, ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import { recordAccess } from '../person/record.ts'
import type { Ports } from '../ports.ts'
import { parseCertificates } from './confirm-chain.ts'
import {
  type CertificateCount,
  countUnchecked,
  hurryUnchecked,
  listSubscriptions,
  putCertificate,
  type SubscriptionRow,
} from './confirm-store.ts'
import { findSource } from './source-store.ts'

const tags = ['sources']
const Uuid = z.uuid()

export function sourceTrustRoutes(ports: Ports): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/sources/:id/subscriptions',
      {
        schema: {
          tags,
          operationId: 'listSubscriptions',
          summary: 'Topics that asked to speak through a source, and whether they were confirmed',
          params: IdParams,
          response: answers({ 200: listOf(Subscription) }),
        },
      },
      async (request) => {
        require(request, 'source.read')
        return ports.database.inTransaction('main', async (tx) => {
          const id = await loadId(tx, request.params.id)
          return { items: (await listSubscriptions(tx, id)).map(showSubscription), next: null }
        })
      },
    )

    app.get(
      '/sources/:id/certificates',
      {
        schema: {
          tags,
          operationId: 'listSignerCertificates',
          summary: 'Certificates that could not be had when messages of a source named them, and what became of those messages',
          params: IdParams,
          response: answers({ 200: listOf(SignerCertificate) }),
        },
      },
      async (request) => {
        require(request, 'source.read')
        return ports.database.inTransaction('main', async (tx) => {
          const id = await loadId(tx, request.params.id)
          return { items: (await countUnchecked(tx, id)).map(showCertificate), next: null }
        })
      },
    )

    app.post(
      '/sources/:id/certificates',
      {
        schema: {
          tags,
          operationId: 'giveSignerCertificate',
          summary: 'Give a certificate that cannot be fetched from here; what waits for it is checked at once',
          params: IdParams,
          headers: IdempotencyHeaders,
          body: SignerCertificateBody,
          response: answers({ 200: listOf(SignerCertificate) }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'source.manage')
          const id = await loadId(tx, request.params.id)
          const { url, pem } = request.body
          const [leaf] = parseCertificates(pem) ?? []
          if (leaf === undefined) throw badField('pem', 'holds no certificate: paste all of it, with its first and last line')
          if (leaf.ca) throw badField('pem', 'is an authority; give the certificate that signs the messages')
          await putCertificate(tx, { url, pem: leaf.toString(), origin: 'given' })
          await hurryUnchecked(tx, url)
          const data = { url, fingerprint: leaf.fingerprint256, valid_to: leaf.validTo }
          await recordAccess(tx, viewer, { act: 'source.certificate-given', subject: `source:${id}`, data })
          tx.afterCommit(() => findIntake(ports)?.certificates.forget(url))
          return { status: 200, body: { items: (await countUnchecked(tx, id)).map(showCertificate), next: null } }
        }),
    )
  }
}

async function loadId(tx: Tx, id: string): Promise<SourceId> {
  const source = Uuid.safeParse(id).success ? await findSource(tx, asId<SourceId>(id)) : undefined
  if (source === undefined) throw new ProblemError('not-found', { detail: 'There is no such source.' })
  return source.id
}

function showSubscription(row: SubscriptionRow): Subscription {
  return {
    topic: display(row.topic),
    state: row.state,
    asked_at: toRfc3339(row.askedAt),
    confirmed_at: show(row.confirmedAt),
    ended_at: show(row.endedAt),
    reason: row.reason,
  }
}

function showCertificate({ givenUp, url, reason, ...count }: CertificateCount): SignerCertificate {
  return { ...count, url, given_up: givenUp, reason: reason === null ? null : display(reason) }
}

function show(at: Instant | null): string | null {
  return at === null ? null : toRfc3339(at)
}
