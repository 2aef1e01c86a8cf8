/** Sources that are asked, how that went, and those that nobody can ask: for the API and the doctor. */
import type { AskedSources } from '../../api/schema.ts'
import { toRfc3339 } from '../../core/time.ts'
import { askSources } from '../../integrations/index.ts'
import { kindOfDoor } from '../alert/door-table.ts'
import type { Tx } from '../database/database.ts'
import { visibleTo } from '../incident/list-store.ts'
import type { AskedConnection } from '../playbook/connections.ts'
import { listSources, type SourceRow } from '../source/source-store.ts'
import { listAsked, listMissing } from './ask-store.ts'

/** @param viewer sees missing alerts of incidents that are shown to him */
export async function presentAsked(tx: Tx, asked: readonly AskedConnection[], viewer: string): Promise<AskedSources> {
  const sources = (await listSources(tx)).filter((source) => source.revokedAt === null)
  const rows = new Map((await listAsked(tx)).map((row) => [row.name, row]))
  const missing = Map.groupBy(await listMissing(tx, viewer, visibleTo('$1')), ({ connection }) => connection)
  return {
    items: asked.map(({ name, kind, source: sourceName, everyMs }) => {
      const row = rows.get(name)
      const source = sources.find((candidate) => candidate.name === sourceName)
      return {
        name,
        kind,
        source: source === undefined ? null : { id: source.id, name: source.name },
        every_seconds: everyMs / 1_000,
        asked_at: row?.askedAt == null ? null : toRfc3339(row.askedAt),
        answered_at: row?.answeredAt == null ? null : toRfc3339(row.answeredAt),
        state: row?.state ?? 'never',
        detail: row?.detail ?? 'It was not asked yet.',
        firing_there: row?.firing ?? null,
        missing: (missing.get(name) ?? []).map((alert) => ({
          alert_id: alert.alertId,
          title: alert.title,
          missing_since: toRfc3339(alert.missingSince),
          incident_id: alert.incidentId,
        })),
      }
    }),
    cannot_be_asked: sources
      // People send reports by a form, and see themselves whether it is there.
      .filter((source) => source.kind !== 'form' && !asked.some((connection) => connection.source === source.name))
      .map((source) => ({ id: source.id, name: source.name, kind: source.kind, reason: whyNot(source) })),
  }
}

function whyNot({ kind }: SourceRow): string {
  if (kind === 'email') return 'Mail servers keep what they could not deliver, mostly for days, and send it again by themselves.'
  const how = askSources.filter(({ ask, kind: integration }) => integration === kind || ask.doors.some((door) => kindOfDoor(door) === kind))
  if (kind !== null && how.length === 0)
    return `Sources of the kind ${kind} only send; after a downtime they must send again by themselves.`
  const kinds = how.map(({ ask }) => ask.kind).join(' or ')
  return `No connection of connections.yaml names it${kinds === '' ? '' : `; one of the kind ${kinds} could`}.`
}
