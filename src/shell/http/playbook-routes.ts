/** Who is on call, changes, the audit log, and the lists that are empty until their time comes. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AnyTimestamp, AuditLeaf, Change, listOf, ListQuery, OncallItem, Schedule } from '../../api/schema.ts'
import { require } from './authenticate.ts'
import { readCursor, toList } from './cursor.ts'
import { listOncallItems, listSchedules, type OncallParts } from './oncall-view.ts'
import { type LeafRow, listChanges, listLeaves } from './playbook-store.ts'
import { answers } from './route-kit.ts'
import { findHidden } from './signal-list-store.ts'
import type { Ports } from '../ports.ts'

const OncallQuery = z.object({ at: AnyTimestamp.optional() })
const Unborn = z.object({}).catchall(z.unknown())

export function playbookRoutes(ports: Ports, oncall: OncallParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/oncall',
      {
        schema: {
          tags: ['on call'],
          operationId: 'listOncall',
          summary: 'Who holds each duty role and incident role, now or at an instant',
          querystring: OncallQuery,
          response: answers({ 200: listOf(OncallItem) }),
        },
      },
      async (request) => {
        require(request, 'oncall.read')
        const { at } = request.query
        const items = await ports.database.inTransaction('main', (tx) =>
          listOncallItems(tx, oncall, at === undefined ? tx.now : Date.parse(at)),
        )
        return { items, next: null }
      },
    )

    app.get(
      '/schedules',
      {
        schema: {
          tags: ['on call'],
          operationId: 'listSchedules',
          summary: 'Schedules and who is in them',
          response: answers({ 200: listOf(Schedule) }),
        },
      },
      async (request) => {
        require(request, 'oncall.read')
        return { items: await ports.database.inTransaction('main', (tx) => listSchedules(tx, oncall)), next: null }
      },
    )

    app.get(
      '/changes',
      {
        schema: {
          tags: ['signals'],
          operationId: 'listChanges',
          summary: 'Deployments and other changes that sources reported, newest first',
          querystring: ListQuery,
          response: answers({ 200: listOf(Change) }),
        },
      },
      async (request) => {
        require(request, 'signal.read')
        const { cursor, limit } = request.query
        const after = readCursor(cursor, 'uuid')
        const rows = await ports.database.inTransaction('main', (tx) => listChanges(tx, { limit: limit + 1, after }))
        return toList(
          rows,
          limit,
          (row) => row.id,
          (row) => ({ ...row, at: row.at.toISOString() }),
        )
      },
    )

    app.get(
      '/audit',
      {
        schema: {
          tags: ['audit'],
          operationId: 'listAudit',
          summary: 'Leaves of the audit log, newest first; those of private incidents for their members only',
          querystring: ListQuery,
          response: answers({ 200: listOf(AuditLeaf) }),
        },
      },
      async (request) => {
        const viewer = require(request, 'audit.read')
        const { cursor, limit } = request.query
        const before = readCursor(cursor, 'number')
        return ports.database.inTransaction('main', async (tx) => {
          const rows = await listLeaves(tx, { limit: limit + 1, before })
          const list = toList(rows, limit, (row) => String(row.id), showLeaf)
          const hidden = await findHidden(tx, viewer.personId, [...new Set(list.items.flatMap(incidentOf))])
          return { ...list, items: list.items.filter((leaf) => incidentOf(leaf).every((id) => !hidden.has(id))) }
        })
      },
    )

    for (const [path, operationId, what] of UNBORN) {
      app.get(
        path,
        {
          schema: {
            tags: ['to come'],
            operationId,
            summary: `${what}: Tocsin makes none yet, the list is empty`,
            querystring: ListQuery,
            response: answers({ 200: listOf(Unborn) }),
          },
        },
        async (request) => {
          require(request, 'incident.read')
          return { items: [], next: null }
        },
      )
    }
  }
}

const UNBORN = [
  ['/action_items', 'listActionItems', 'Action items'],
  ['/postmortems', 'listPostmortems', 'Post-mortems'],
] as const

/** The incident a leaf is about; the log as a whole is proven by its export, not by this list. */
function incidentOf(leaf: AuditLeaf): string[] {
  const { subject } = leaf.leaf
  return typeof subject === 'string' && subject.startsWith('incident:') ? [subject.slice('incident:'.length)] : []
}

function showLeaf(row: LeafRow): AuditLeaf {
  return {
    id: String(row.id),
    created_at: row.created_at.toISOString(),
    leaf_index: row.leaf_index,
    leaf_hash: row.leaf_hash.toString('hex'),
    leaf: JSON.parse(row.leaf.toString('utf8')) as Record<string, unknown>,
  }
}
