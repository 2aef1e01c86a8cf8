/** SQL of the page view: one row for each duty to reach one person, kept in step with the folded incident. */
import type { IncidentId, PageKey } from '../../core/id.ts'
import type { PagedPerson } from '../../core/incident/event.ts'
import type { PagePhase } from '../../core/incident/incident.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

export interface NewPage extends PagedPerson {
  readonly id: string
  readonly at: Instant
}

export async function insertPages(tx: Tx, incidentId: IncidentId, pages: readonly NewPage[]): Promise<void> {
  if (pages.length === 0) return
  await tx.query({
    name: 'insert-pages',
    text: `insert into page (id, key, incident_id, person_id, role, state, round, step, because, created_at)
           select new.id, key, $1, person_id, role, 'paging', round, step, because, created_at
           from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::int[], $7::int[], $8::text[], $9::timestamptz[])
             as new (id, key, person_id, role, round, step, because, created_at)
           on conflict (key) do nothing`,
    values: [
      incidentId,
      pages.map((page) => page.id),
      pages.map((page) => page.page),
      pages.map((page) => page.personId),
      pages.map((page) => page.role),
      pages.map((page) => page.round),
      pages.map((page) => page.step),
      pages.map((page) => page.because),
      pages.map((page) => new Date(page.at)),
    ],
  })
}

export async function updatePages(
  tx: Tx,
  pages: readonly { readonly key: PageKey; readonly state: PagePhase; readonly acknowledgedAt: Instant | null }[],
): Promise<void> {
  if (pages.length === 0) return
  await tx.query({
    name: 'update-pages',
    text: `update page set state = new.state, acknowledged_at = coalesce(page.acknowledged_at, new.acknowledged_at)
           from unnest($1::text[], $2::text[], $3::timestamptz[]) as new (key, state, acknowledged_at)
           where page.key = new.key`,
    values: [
      pages.map((page) => page.key),
      pages.map((page) => page.state),
      pages.map((page) => (page.acknowledgedAt === null ? null : new Date(page.acknowledgedAt))),
    ],
  })
}

export async function listPageStates(tx: Tx, incidentId: IncidentId): Promise<{ readonly key: PageKey; readonly state: PagePhase }[]> {
  const { rows } = await tx.query<{ key: PageKey; state: PagePhase }>('select key, state from page where incident_id = $1', [incidentId])
  return rows
}

/** Whoever is paged for a private incident becomes a member of it: they must be able to read it. */
export async function addMembers(tx: Tx, incidentId: IncidentId, people: readonly string[]): Promise<void> {
  if (people.length === 0) return
  await tx.query(
    `insert into incident_member (incident_id, person_id) select $1, person.id from person where person.id = any($2::uuid[])
     on conflict do nothing`,
    [incidentId, people],
  )
}
