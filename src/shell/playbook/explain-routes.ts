/** "What would happen if": a signal that is imagined, pasted or was received, at any instant. Nothing happens by asking. */
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { ExplainBody, Explained, ExplainQuery, type ImaginedSignal } from '../../api/schema.ts'
import { readAgain } from '../alert/recover.ts'
import type { Tx } from '../database/database.ts'
import { require } from '../http/authenticate.ts'
import { badField, ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import { findSignal, parseSignalId } from '../http/signal-list.ts'
import { findReceipt } from '../http/signal-list-store.ts'
import type { Ports } from '../ports.ts'
import { findTeams, listSources } from '../source/source-store.ts'
import { type AskedSignals, DOOR_IDS, imagine, IMAGINED_KIND, readBody } from './asked-signal.ts'
import { type ExplainAsked, makeExplainer } from './explain.ts'
import type { PlaybookParts } from './routes.ts'

const tags = ['playbook']
const bodyLimit = 1_500_000
const LABEL = /^([^=]{1,256})=(.{0,4096})$/s

export function explainRoutes(ports: Ports, parts: Pick<PlaybookParts, 'rosterReader' | 'textInForce'>): FastifyPluginAsyncZod {
  const explain = makeExplainer(ports, parts)
  const answerAbout = (request: FastifyRequest, asked: ExplainBody): Promise<Explained> => {
    const viewer = require(request, 'playbook.read')
    require(request, 'oncall.read')
    if (asked.signal_id !== undefined) require(request, 'signal.read')
    return ports.database.inTransaction('main', async (tx) => {
      const about = await findAsked(tx, viewer.personId, asked)
      return explain(tx, { ...about, viewer: viewer.personId })
    })
  }
  return async (app) => {
    app.get(
      '/explain',
      {
        schema: {
          tags,
          operationId: 'explain',
          summary: 'What the playbook would do about a signal at an instant, who is paged when, and by which of its lines',
          querystring: ExplainQuery,
          response: answers({ 200: Explained }),
        },
      },
      (request) => answerAbout(request, toBody(request.query)),
    )

    app.post(
      '/explain',
      {
        bodyLimit,
        schema: {
          tags,
          operationId: 'explainBody',
          summary: 'The same for a signal as JSON, for a raw message read by its door, or for a signal that was received',
          headers: IdempotencyHeaders,
          body: ExplainBody,
          response: answers({ 200: Explained }),
        },
      },
      (request) => answerAbout(request, request.body),
    )
  }
}

function toBody(query: ExplainQuery): ExplainBody {
  const when = { ...(query.at === undefined ? {} : { at: query.at }), ...(query.source === undefined ? {} : { source: query.source }) }
  if (query.signal !== undefined) return { ...when, signal_id: query.signal }
  const labels = [query.label ?? []].flat().map((label) => {
    const match = LABEL.exec(label)
    if (match === null) throw badField('label', 'is written name=value')
    return [match[1] ?? '', match[2] ?? ''] as const
  })
  const signal: ImaginedSignal = {
    alarm: query.alarm ?? null,
    title: query.title ?? null,
    summary: null,
    status: query.status ?? 'firing',
    value: query.value ?? null,
    severity_hint: query.severity_hint ?? null,
    dedup_key: null,
    labels: Object.fromEntries(labels),
  }
  return { ...when, signal }
}

export type Found = Omit<ExplainAsked, 'viewer'>

async function findAsked(tx: Tx, viewer: string, asked: ExplainBody): Promise<Found> {
  const at = asked.at === undefined ? null : Date.parse(asked.at)
  if (asked.signal_id !== undefined) return findReceived(tx, viewer, asked.signal_id, at)
  const source = asked.source === undefined ? null : await findSource(tx, asked.source)
  const kind = source?.kind ?? (source === null ? asked.source : undefined)
  const instant = at ?? tx.now
  const signals = asked.signal === undefined ? pasted(asked, instant) : imagine(asked.signal, kind ?? IMAGINED_KIND)
  return {
    ...signals,
    sourceKind: kind ?? signals.sourceKind,
    source: source && { id: source.id, name: source.name, team: source.team },
    at: instant,
  }
}

function pasted({ door = '', body = '' }: ExplainBody, at: number): AskedSignals {
  if (!DOOR_IDS.includes(door)) throw badField('door', `is one of ${DOOR_IDS.join(', ')}`)
  return readBody(door, Buffer.from(body, 'utf8'), at)
}

/** By id or name; what is neither is a kind of source. */
async function findSource(tx: Tx, wanted: string) {
  const sources = await listSources(tx)
  return sources.find((source) => source.id === wanted || source.name === wanted) ?? null
}

/** A signal that was received is asked about as of when it came, unless `at` says otherwise. @throws a problem where there is none for that viewer */
export async function findReceived(tx: Tx, viewer: string, id: string, at: number | null): Promise<Found> {
  const place = parseSignalId(id)
  const visible = place === null ? undefined : await findSignal(tx, viewer, place)
  const receipt = place === null || visible === undefined ? undefined : await findReceipt(tx, place.receiptId)
  if (place === null || receipt === undefined) throw new ProblemError('not-found', { detail: 'There is no such signal.' })
  const item = readAgain(receipt)
  const signal = item.signals[place.index]
  return {
    signals: signal === undefined ? [] : [signal],
    plain: item.refused !== null,
    sourceKind: item.kind,
    refused: item.refused === null ? null : { reason: item.refused, peopleAreTold: signal !== undefined },
    source: { id: item.sourceId, name: item.sourceName, team: (await findTeams(tx, [item.sourceId])).get(item.sourceId) ?? null },
    at: at ?? item.receivedAt,
  }
}
