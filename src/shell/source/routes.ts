/** Monitoring sources: what may send, whether it is believed, whether it pages, and how it has been. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { IdParams, listOf, Source, SourceBody, SourceChange, SourceCreated, SourceDetail } from '../../api/schema.ts'
import { asId, type SourceId } from '../../core/id.ts'
import { integrations } from '../../integrations/index.ts'
import type { Tx } from '../database/database.ts'
import { actWithSecret } from '../http/act.ts'
import { require } from '../http/authenticate.ts'
import { badField, ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import { recordAccess } from '../person/record.ts'
import type { Ports } from '../ports.ts'
import { canVerify, readHours } from './facts.ts'
import { makeIngestKey } from './key-store.ts'
import { releaseObserved } from './observe-store.ts'
import { openSealer } from './seal.ts'
import { settleSigning } from './settle-signing.ts'
import { changeSource, createSource, findSource, listSources, loadSource, revokeSource, type SourceRow } from './source-store.ts'
import { openDetailView, showSource } from './view.ts'

const tags = ['sources']
const Uuid = z.uuid()

export function sourceRoutes(ports: Ports): FastifyPluginAsyncZod {
  const sealer = openSealer(ports.config)
  const showDetail = openDetailView(ports)
  return async (app) => {
    app.get(
      '/sources',
      {
        schema: {
          tags,
          operationId: 'listSources',
          summary: 'Monitoring sources, newest first',
          response: answers({ 200: listOf(Source) }),
        },
      },
      async (request) => {
        require(request, 'source.read')
        return ports.database.inTransaction('main', async (tx) => {
          const hours = await readHours(tx, null)
          const rows = await listSources(tx)
          return { items: rows.map((row) => showSource(row, hours.get(row.id) ?? [], tx.now)), next: null }
        })
      },
    )

    app.post(
      '/sources',
      {
        schema: {
          tags,
          operationId: 'createSource',
          summary: 'Add a source; its ingest key is shown this once',
          headers: IdempotencyHeaders,
          body: SourceBody,
          response: answers({ 201: SourceCreated }),
        },
      },
      async (request, reply) =>
        actWithSecret(ports, request, reply, async (tx) => {
          const viewer = require(request, 'source.manage')
          const { name, kind, team, observe, signing } = request.body
          checkNames(ports, { kind, team })
          const key = makeIngestKey()
          const source = await createSource(tx, { name, kind, team, observe, key })
          if (source === null) throw nameTaken()
          if (signing !== undefined) await settleSigning(tx, sealer, source, signing, 0)
          await recordAccess(tx, viewer, { act: 'source.created', subject: `source:${source.id}`, data: { kind, observe } })
          return { status: 201, body: { ...(await showDetail(tx, viewer.personId, source)), key } }
        }),
    )

    app.get(
      '/sources/:id',
      {
        schema: {
          tags,
          operationId: 'getSource',
          summary: 'A source: keys, counts, last messages and faults, and what observe mode held back',
          params: IdParams,
          response: answers({ 200: SourceDetail }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const { personId } = require(request, 'source.read')
          return showDetail(tx, personId, await findOr404(tx, request.params.id))
        }),
    )

    app.patch(
      '/sources/:id',
      {
        schema: {
          tags,
          operationId: 'changeSource',
          summary: 'Change a source: its name and binding, its secret, what it must prove, whether it is only observed',
          params: IdParams,
          body: SourceChange,
          response: answers({ 200: SourceDetail }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const viewer = require(request, 'source.manage')
          const before = await findOr404(tx, request.params.id, { lock: true })
          const { signing, signing_overlap_hours: overlapHours, ...change } = request.body
          const source = await applyChange(ports, tx, before, change)
          if (signing !== undefined) await settleSigning(tx, sealer, source, signing, overlapHours)
          const ended = before.observeSince !== null && source.observeSince === null
          if (ended) {
            await releaseObserved(tx, source.id)
            tx.afterCommit(() => ports.nudges.send('wake'))
          }
          await recordAccess(tx, viewer, {
            act: 'source.changed',
            subject: `source:${source.id}`,
            data: { fields: Object.keys(request.body).toSorted().join(','), observed: source.observeSince !== null },
          })
          return showDetail(tx, viewer.personId, await loadSource(tx, source.id))
        }),
    )

    app.delete(
      '/sources/:id',
      {
        schema: {
          tags,
          operationId: 'revokeSource',
          summary: 'Revoke a source: within a second its keys open nothing',
          params: IdParams,
          response: answers({ 200: Source }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const viewer = require(request, 'source.manage')
          const { id } = await findOr404(tx, request.params.id)
          const source = await revokeSource(tx, id)
          if (source === undefined) throw noSource()
          await recordAccess(tx, viewer, { act: 'source.revoked', subject: `source:${source.id}` })
          const hours = await readHours(tx, source.id)
          return showSource(source, hours.get(source.id) ?? [], tx.now)
        }),
    )
  }
}

/** @throws {ProblemError} `not-found` */
export async function findOr404(tx: Tx, id: string, options = { lock: false }): Promise<SourceRow> {
  const source = Uuid.safeParse(id).success ? await findSource(tx, asId<SourceId>(id), options) : undefined
  if (source === undefined) throw noSource()
  return source
}

function noSource(): ProblemError {
  return new ProblemError('not-found', { detail: 'There is no such source.' })
}

function nameTaken(): ProblemError {
  return new ProblemError('already-exists', { errors: [{ field: 'name', message: 'another source has this name' }] })
}

type Change = Omit<z.output<typeof SourceChange>, 'signing' | 'signing_overlap_hours'>

async function applyChange(ports: Ports, tx: Tx, before: SourceRow, change: Change): Promise<SourceRow> {
  const kind = change.kind === undefined ? before.kind : change.kind
  const team = change.team === undefined ? before.team : change.team
  checkNames(ports, { kind: change.kind ?? null, team: change.team ?? null })
  const signedOnly = change.signed_only ?? before.signedOnly
  if (signedOnly && !canVerify(kind)) throw badField('signed_only', 'messages of this kind of source cannot prove who sent them')
  const changed = await changeSource(tx, before.id, {
    name: change.name ?? before.name,
    kind,
    team,
    observe: change.observe ?? before.observeSince !== null,
    topics: change.topics ?? before.topics,
    signedOnly,
  })
  if (changed === null) throw nameTaken()
  return changed
}

function checkNames(ports: Ports, { kind, team }: { readonly kind: string | null; readonly team: string | null }): void {
  const kinds = integrations.map(({ id }) => id)
  if (kind !== null && !kinds.includes(kind)) throw badField('kind', `is none of ${kinds.join(', ')}`)
  if (team === null) return
  const teams = ports.playbooks.current().teams.map(({ name }) => name)
  if (!teams.includes(team)) throw badField('team', teams.length === 0 ? 'the playbook names no team' : `is none of ${teams.join(', ')}`)
}
