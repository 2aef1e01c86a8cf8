/** Routes for the short lists that hang on one incident: pages, clocks, roles, and what the playbook offers. */
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { Clock, IdParams, type List, listOf, Mitigation, Page, RoleItem, SlaItem, Update } from '../../api/schema.ts'
import type { PersonId } from '../../core/id.ts'
import { judgeSlas, mayConcern, type Span } from '../../core/incident/sla.ts'
import type { Playbook, Sla } from '../../core/playbook/playbook.ts'
import type { Tx } from '../database/database.ts'
import { answers } from '../http/route-kit.ts'
import { listPages } from '../page/ledger-store.ts'
import { findNames } from '../person/person-store.ts'
import type { Ports } from '../ports.ts'
import { loadIncidentFor } from './find.ts'
import { require } from '../http/authenticate.ts'
import { type IncidentRow, listClocks, listSpans } from './list-store.ts'
import { peopleIn, showClock, showMitigations, showRoles, showSla, showUpdates } from './present.ts'

type Read<Item> = (tx: Tx, row: IncidentRow, playbook: Playbook) => Promise<Item[]>
type Request = FastifyRequest<{ Params: { id: string } }>

export function incidentBeneathRoutes(ports: Ports): FastifyPluginAsyncZod {
  const read = <Item>(request: Request, list: Read<Item>): Promise<List<Item>> =>
    ports.database.inTransaction('main', async (tx) => {
      const row = await loadIncidentFor(tx, request, request.params.id, 'incident.read')
      return { items: await list(tx, row, await ports.playbooks.load(tx, row.playbook_digest)), next: null }
    })
  return async (app) => {
    app.get('/incidents/:id/pages', schema('listPages', 'Who was paged, and what each channel did', Page), (request) =>
      read(request, (tx, row) => listPages(tx, row.id)),
    )
    app.get('/incidents/:id/clocks', schema('listClocks', 'What is owed and until when', Clock), (request) =>
      read(request, async (tx, row) => (await listClocks(tx, row.id)).map(showClock)),
    )
    app.get('/incidents/:id/roles', schema('listRoles', 'Incident roles and who holds them', RoleItem), (request) =>
      read(request, async (tx, row, playbook) => showRoles(row.state, playbook, await findNames(tx, peopleIn(row.state)))),
    )
    app.get(
      '/incidents/:id/slas',
      schema('listIncidentSlas', 'Which SLAs it puts at risk or has violated, and by how much', SlaItem),
      (request) =>
        read(request, async (tx, row, playbook) => {
          const others = await othersFor(tx, require(request, 'incident.read').personId, row, playbook)
          return judgeSlas(row.state, playbook, tx.now, (sla) => others.get(sla) ?? []).map(showSla)
        }),
    )
    app.get('/incidents/:id/mitigations', schema('listMitigations', 'What the playbook offers for this type', Mitigation), (request) =>
      read(request, async (_tx, row, playbook) => showMitigations(row.state, playbook)),
    )
    app.get('/incidents/:id/updates', schema('listUpdates', 'What the communication plan asks for', Update), (request) =>
      read(request, async (_tx, row, playbook) => showUpdates(row.state, playbook)),
    )
  }
}

/** For each SLA with an objective: what else has been down in its window, that this reader may know of. */
async function othersFor(tx: Tx, viewer: PersonId, row: IncidentRow, playbook: Playbook): Promise<ReadonlyMap<Sla, readonly Span[]>> {
  const until = row.state.resolvedAt ?? tx.now
  const others = new Map<Sla, readonly Span[]>()
  for (const sla of playbook.slas) {
    if (sla.objective === null || !mayConcern(sla, row.state)) continue
    const { severities, services, objective } = sla
    const asked = { except: row.id, severities, services: services.length === 0 ? null : services, from: until - objective.windowMs, until }
    others.set(sla, await listSpans(tx, viewer, asked))
  }
  return others
}

function schema<Item extends z.ZodType>(operationId: string, summary: string, item: Item) {
  return { schema: { tags: ['incidents'], operationId, summary, params: IdParams, response: answers({ 200: listOf(item) }) } }
}
