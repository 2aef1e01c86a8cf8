/** A source's mapping: read, changed, tried on a sample with what the playbook would do, and suggested from one. Trying keeps nothing. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  IdParams,
  type MappedSignal,
  type Mapping,
  MappingBody,
  MappingSuggest,
  MappingSuggestion,
  MappingTried,
  MappingTry,
  StoredMapping,
} from '../../api/schema.ts'
import { toPlainSignal } from '../../core/alert/build.ts'
import { parseExactly, parseJson } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { asId, type PersonId, type SourceId } from '../../core/id.ts'
import { applyMapping, type Mapped } from '../../core/mapping/apply.ts'
import { compileMapping } from '../../core/mapping/compile.ts'
import { suggestMapping } from '../../core/mapping/suggest.ts'
import { toRfc3339 } from '../../core/time.ts'
import { act } from '../http/act.ts'
import { require } from '../http/authenticate.ts'
import { badField, ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import { recordAccess } from '../person/record.ts'
import { makeExplainer } from '../playbook/explain.ts'
import type { PlaybookParts } from '../playbook/routes.ts'
import type { Ports } from '../ports.ts'
import { listSources } from '../source/source-store.ts'
import { findMappingCache } from './mapping-cache.ts'
import { addMapping, findMapping, type MappingVersion } from './mapping-store.ts'

const tags = ['sources']
const Uuid = z.uuid()
const bodyLimit = 1_500_000
const SIGNALS_SHOWN_MAX = 50
const KIND = 'json'

export function mappingRoutes(ports: Ports, parts: Pick<PlaybookParts, 'rosterReader' | 'textInForce'>): FastifyPluginAsyncZod {
  const explain = makeExplainer(ports, parts)
  const explained = async (viewer: PersonId, asked: MappingTry, mapped: Mapped): Promise<MappingTried['explained']> => {
    return ports.database.inTransaction('main', async (tx) => {
      const source = (await listSources(tx)).find(({ id, name }) => id === asked.source || name === asked.source)
      const fault = mapped.kind === 'fault' ? mapped.reason : null
      const plain = fault === null ? [] : [toPlainSignal({ door: KIND, title: 'A source with a mapping', reason: fault })]
      return explain(tx, {
        signals: mapped.kind === 'signals' ? mapped.signals : plain,
        plain: fault !== null,
        sourceKind: KIND,
        refused: fault === null ? null : { reason: fault, peopleAreTold: true },
        source: source === undefined ? null : { id: source.id, name: source.name, team: source.team },
        at: tx.now,
        viewer,
      })
    })
  }
  return async (app) => {
    app.get(
      '/sources/:id/mapping',
      {
        schema: {
          tags,
          operationId: 'getMapping',
          summary: 'How the JSON of a source becomes signals',
          params: IdParams,
          response: answers({ 200: StoredMapping }),
        },
      },
      async (request) => {
        require(request, 'source.read')
        return ports.database.inTransaction('main', async (tx) => {
          const source = (await listSources(tx)).find(({ id }) => id === request.params.id)
          if (source === undefined) throw notFound()
          return present(await findMapping(tx, source.id))
        })
      },
    )

    app.put(
      '/sources/:id/mapping',
      {
        bodyLimit,
        schema: {
          tags,
          operationId: 'putMapping',
          summary: 'Read the JSON of a source by these expressions from now on; null: as the JSON door reads it',
          params: IdParams,
          headers: IdempotencyHeaders,
          body: MappingBody,
          response: answers({ 200: StoredMapping }),
        },
      },
      async (request, reply) => {
        const { id } = request.params
        const { mapping } = request.body
        require(request, 'source.manage')
        if (!Uuid.safeParse(id).success) throw notFound()
        if (mapping !== null) refuseBroken(mapping)
        const answer = await act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'source.manage')
          const stored = await addMapping(tx, { sourceId: asId<SourceId>(id), mapping, by: viewer.personId })
          if (stored === undefined) throw notFound()
          await recordAccess(tx, viewer, { act: 'source.mapped', subject: `source:${id}`, data: { version: stored.version } })
          return { status: 200, body: present(stored) }
        })
        // This process reads by it from the next message on; others within a second.
        await findMappingCache(ports)?.refresh()
        return answer
      },
    )

    app.post(
      '/mappings/try',
      {
        bodyLimit,
        schema: {
          tags,
          operationId: 'tryMapping',
          summary: 'The signals that a mapping makes of a sample, and what the playbook would do about them',
          headers: IdempotencyHeaders,
          body: MappingTry,
          response: answers({ 200: MappingTried }),
        },
      },
      async (request) => {
        const viewer = require(request, 'source.read')
        require(request, 'playbook.read')
        require(request, 'oncall.read')
        const compiled = compileMapping(request.body.mapping)
        if (compiled.kind === 'problems') return { problems: [...compiled.problems], fault: null, signals: [], explained: null }
        const mapped = applyMapping(compiled.mapping, { body: readSample(request.body.sample), headers: {} })
        return {
          problems: [],
          fault: mapped.kind === 'fault' ? { field: mapped.field, message: mapped.reason } : null,
          signals: mapped.kind === 'signals' ? mapped.signals.slice(0, SIGNALS_SHOWN_MAX).map(showSignal) : [],
          explained: await explained(viewer.personId, request.body, mapped),
        }
      },
    )

    app.post(
      '/mappings/suggest',
      {
        bodyLimit,
        schema: {
          tags,
          operationId: 'suggestMapping',
          summary: 'A first mapping for a sample, and every place in it to choose from',
          headers: IdempotencyHeaders,
          body: MappingSuggest,
          response: answers({ 200: MappingSuggestion }),
        },
      },
      async (request) => {
        require(request, 'source.read')
        const { mapping, found, places } = suggestMapping(readSample(request.body.sample))
        return { mapping: toShape(mapping), found: [...found], places: [...places] }
      },
    )
  }
}

function notFound(): ProblemError {
  return new ProblemError('not-found', { detail: 'There is no such source.' })
}

/** @throws {ProblemError} naming each expression that is wrong */
function refuseBroken(mapping: Mapping): void {
  const compiled = compileMapping(mapping)
  if (compiled.kind === 'mapping') return
  const errors = compiled.problems.map(({ field, message, fix }) => ({ field: `mapping.${field}`, message: `${message} ${fix}`.trim() }))
  throw new ProblemError('invalid-request', { detail: `${errors[0]?.field}: ${errors[0]?.message}`, errors })
}

/** @throws {ProblemError} */
function readSample(sample: string): unknown {
  const bytes = Buffer.from(sample)
  const json = parseJson(bytes)
  if (json.kind === 'fault') throw badField('sample', `cannot be read: ${json.reason}`)
  return parseExactly(bytes)
}

function present(stored: MappingVersion | undefined): StoredMapping {
  return {
    mapping: stored?.mapping == null ? null : toShape(stored.mapping),
    version: stored?.version ?? 0,
    updated_at: stored === undefined ? null : toRfc3339(stored.createdAt),
    updated_by: stored?.createdBy ?? null,
  }
}

function toShape(mapping: NonNullable<MappingVersion['mapping']>): Mapping {
  const { labels } = mapping
  return {
    ...mapping,
    labels: typeof labels === 'string' || labels === null ? labels : { ...labels },
    links: mapping.links.map((link) => ({ ...link })),
  }
}

function showSignal(signal: Signal): z.infer<typeof MappedSignal> {
  return {
    alarm: signal.alarm,
    status: signal.status,
    title: signal.title,
    summary: signal.summary,
    dedup_key: signal.dedupKey,
    severity_hint: signal.severityHint,
    value: signal.value,
    labels: { ...signal.labels },
    links: signal.links.map((link) => ({ ...link })),
    starts_at: signal.startsAt === null ? null : toRfc3339(signal.startsAt),
    ends_at: signal.endsAt === null ? null : toRfc3339(signal.endsAt),
  }
}
