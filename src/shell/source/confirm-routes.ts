/** What an owner sees and does about topics and certificates of a source: which are confirmed, what waits, a certificate by hand. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { IdParams, listOf, SignerCertificate, SignerCertificateBody, Subscription } from '../../api/schema.ts'
import { display, toLine } from '../../core/alert/text.ts'
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
import { type CertificateRow, listCertificates, putCertificate } from './certificate-store.ts'
import { type CertificateCount, countUnchecked, countWaiting, hurryUnchecked } from './confirm-store.ts'
import { listSubscriptions, type SubscriptionRow } from './subscription-store.ts'
import { findSource } from './source-store.ts'

const tags = ['sources']
const Uuid = z.uuid()
const NAME_CHARS_MAX = 300

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
          const waiting = await countWaiting(tx, id)
          return { items: (await listSubscriptions(tx, id)).map((row) => showSubscription(row, waiting.get(row.topic) ?? 0)), next: null }
        })
      },
    )

    app.get(
      '/sources/:id/certificates',
      {
        schema: {
          tags,
          operationId: 'listSignerCertificates',
          summary: 'Certificates that sign messages: those known here, those that messages of a source wait for, and what became of these',
          params: IdParams,
          response: answers({ 200: listOf(SignerCertificate) }),
        },
      },
      async (request) => {
        require(request, 'source.read')
        return ports.database.inTransaction('main', async (tx) => {
          const id = await loadId(tx, request.params.id)
          return { items: await showCertificates(tx, id), next: null }
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
          return { status: 200, body: { items: await showCertificates(tx, id), next: null } }
        }),
    )
  }
}

async function loadId(tx: Tx, id: string): Promise<SourceId> {
  const source = Uuid.safeParse(id).success ? await findSource(tx, asId<SourceId>(id)) : undefined
  if (source === undefined) throw new ProblemError('not-found', { detail: 'There is no such source.' })
  return source.id
}

function showSubscription(row: SubscriptionRow, waiting: number): Subscription {
  return {
    topic: display(row.topic),
    state: row.state,
    asked_at: toRfc3339(row.askedAt),
    confirmed_at: show(row.confirmedAt),
    ended_at: show(row.endedAt),
    tries: row.tries,
    next_try_at: show(row.dueAt),
    reason: row.reason,
    last_message_at: show(row.lastMessageAt),
    waiting,
  }
}

const NOTHING_WAITED = { waiting: 0, good: 0, forged: 0, givenUp: 0, reason: null } as const

/** Missing ones first, then those that messages waited for, then what is known beside. */
async function showCertificates(tx: Tx, id: SourceId): Promise<SignerCertificate[]> {
  const known = new Map((await listCertificates(tx)).map((row) => [row.url, row]))
  const counts = await countUnchecked(tx, id)
  const counted = new Set(counts.map(({ url }) => url))
  const others = [...known.values()]
    .filter(({ url }) => !counted.has(url))
    .map(({ url, origin }): CertificateCount => ({ ...NOTHING_WAITED, url, state: origin }))
  return [...counts, ...others]
    .toSorted((one, other) => Number(other.state === 'missing') - Number(one.state === 'missing'))
    .map((count) => showCertificate(count, known.get(count.url)))
}

function showCertificate({ givenUp, url, reason, ...count }: CertificateCount, row: CertificateRow | undefined): SignerCertificate {
  const given = { ...count, url, given_up: givenUp, reason: reason === null ? null : display(reason) }
  const [leaf] = row === undefined ? [] : (parseCertificates(row.pem) ?? [])
  if (row === undefined || leaf === undefined) return { ...given, certificate: null }
  return {
    ...given,
    certificate: {
      subject: nameOf(leaf.subject),
      issuer: nameOf(leaf.issuer),
      valid_from: toRfc3339(leaf.validFromDate.getTime()),
      valid_until: toRfc3339(leaf.validToDate.getTime()),
      fingerprint: leaf.fingerprint256,
      added_at: toRfc3339(row.addedAt),
    },
  }
}

/** Node gives an attribute a line. */
function nameOf(distinguished: string): string {
  return display(toLine(distinguished.replaceAll('\n', ', '), NAME_CHARS_MAX))
}

function show(at: Instant | null): string | null {
  return at === null ? null : toRfc3339(at)
}
