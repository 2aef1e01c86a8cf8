/** Explains signals by the version and the people of an instant, as far as those are known, and says what is assumed. */
import type { Explained, Explanation } from '../../api/schema.ts'
import type { IncidentId, PersonId, PlaybookDigest } from '../../core/id.ts'
import { asId } from '../../core/id.ts'
import { type Clauses, openClauses } from '../../core/playbook/explain/clause.ts'
import { explain, type Explanation as CoreExplanation } from '../../core/playbook/explain/explain.ts'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { type Instant, MINUTE_MS, toRfc3339 } from '../../core/time.ts'
import { findOpenGroups } from '../alert/alert-store.ts'
import type { Tx } from '../database/database.ts'
import { findVisibleIncident } from '../incident/list-store.ts'
import type { Ports } from '../ports.ts'
import { type ExplainedHold, explainHold, type HoldAsked } from '../silence/explain-hold.ts'
import type { AskedSignals } from './asked-signal.ts'
import { showExplanation } from './present-explanation.ts'
import type { PlaybookParts } from './routes.ts'
import { findVersionRow } from './version-list-store.ts'
import { findVersion, findVersionAt } from './version-store.ts'

export interface ExplainAsked extends AskedSignals {
  /** Of whom it comes; null: no source that is known. */
  readonly source: { readonly id: string; readonly name: string; readonly team: string | null } | null
  readonly at: Instant
  readonly viewer: PersonId
}

/** Signals of one message that are explained; the rest is counted. */
const EXPLAINED_MAX = 20
/** An answer about the last minute is about now. */
const NOW_MS = MINUTE_MS
/** Lines of so many versions are kept. */
const KEPT_MAX = 8

/** Keeps the lines of the versions that were asked about last. */
export function makeExplainer(
  ports: Ports,
  parts: Pick<PlaybookParts, 'rosterReader' | 'textInForce'>,
): (tx: Tx, asked: ExplainAsked) => Promise<Explained> {
  const kept = new Map<string, Clauses>()
  const open = async (tx: Tx, digest: PlaybookDigest): Promise<Clauses> => {
    const inForce = digest === ports.playbooks.current().digest ? parts.textInForce() : null
    return inForce === null ? openClauses((await findVersion(tx, digest)) ?? null) : openClauses(inForce.text, inForce.parsed)
  }
  const clausesOf = async (tx: Tx, digest: PlaybookDigest): Promise<Clauses> => {
    const clauses = kept.get(digest) ?? (await open(tx, digest))
    kept.delete(digest)
    kept.set(digest, clauses)
    const [oldest] = kept.keys()
    if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest)
    return clauses
  }
  return async (tx, asked) => {
    const { playbook, assumptions } = await versionAt(ports, tx, asked.at)
    const row = await findVersionRow(tx, asked.viewer, playbook.digest)
    const clauses = await clausesOf(tx, playbook.digest)
    const rosterAt = await parts.rosterReader(tx, playbook)
    const items: Explanation[] = []
    for (const signal of asked.signals.slice(0, EXPLAINED_MAX)) {
      const { sourceKind, plain, at } = asked
      const explanation = explain({
        playbook,
        clauses,
        rosterAt,
        signal,
        sourceKind,
        sourceId: asked.source?.id ?? '',
        sourceTeam: asked.source?.team ?? null,
        at,
        plain,
      })
      const groupKey = explanation.incident?.groupKey ?? null
      const now = isNow(asked.at, tx.now)
      const shown = showExplanation(explanation, groupKey === null || !now ? null : await findJoined(tx, asked, groupKey))
      items.push({ ...shown, ...(await findHold(tx, { explanation, playbook, source: asked.source, at, now })) })
    }
    return {
      at: toRfc3339(asked.at),
      playbook: { version: row?.number ?? null, digest: playbook.digest, loaded_at: row?.loaded_at.toISOString() ?? null },
      assumptions: [...assumptions, ...assumptionsOf(asked, tx.now)],
      refused: asked.refused === null ? null : { reason: asked.refused.reason, people_are_told: asked.refused.peopleAreTold },
      items,
      items_more: Math.max(0, asked.signals.length - EXPLAINED_MAX),
    }
  }
}

/** Only what would open something can be held. */
async function findHold(
  tx: Tx,
  { explanation, ...asked }: Pick<HoldAsked, 'playbook' | 'source' | 'at' | 'now'> & { readonly explanation: CoreExplanation },
): Promise<Partial<ExplainedHold>> {
  const { incident, signal } = explanation
  if (incident === null) return {}
  const { type, service, severity } = incident
  return explainHold(tx, {
    ...asked,
    signal,
    type: type?.type.id ?? null,
    service: service?.name ?? null,
    severity: severity.row.id,
  })
}

function isNow(at: Instant, now: Instant): boolean {
  return Math.abs(at - now) <= NOW_MS
}

/** The version that was in force then; for now and later the one that is. */
async function versionAt(ports: Ports, tx: Tx, at: Instant): Promise<{ playbook: Playbook; assumptions: string[] }> {
  const current = ports.playbooks.current()
  if (at >= tx.now - NOW_MS) return { playbook: current, assumptions: [] }
  const then = await findVersionAt(tx, at)
  if (then === undefined) {
    return { playbook: current, assumptions: ['No version of the playbook was in force yet at that time: the one in force now is taken.'] }
  }
  if (then.digest === current.digest) return { playbook: current, assumptions: [] }
  try {
    return { playbook: await ports.playbooks.load(tx, then.digest), assumptions: [] }
  } catch {
    const why = `Version ${then.number}, which was in force then, cannot be read by this release: the one in force now is taken.`
    return { playbook: current, assumptions: [why] }
  }
}

function assumptionsOf({ at, source, signals, sourceKind }: ExplainAsked, now: Instant): string[] {
  const assumptions = ['Every page is handed over at once, and nobody answers.']
  if (at < now - NOW_MS) assumptions.push('Schedules, people and their channels are those of now: those of then are not kept.')
  if (at < now - NOW_MS && source !== null && source.team !== null) assumptions.push(`Its source is of ${source.team}, as it is now.`)
  if (at > now + NOW_MS) assumptions.push('Playbook, schedules and people stay as they are now.')
  if (source === null) assumptions.push(`It comes by ${sourceKind}, from no source that is known here.`)
  if (signals.length === 0) assumptions.push('The message holds no signal: nothing is opened.')
  return assumptions
}

async function findJoined(tx: Tx, { viewer }: ExplainAsked, groupKey: string): Promise<Explanation['joins']> {
  const [open] = await findOpenGroups(tx, [groupKey])
  const found = open === undefined ? undefined : await findVisibleIncident(tx, viewer, asId<IncidentId>(open.id))
  if (found === undefined) return null
  return { id: found.id, number: Number(found.number), title: found.state.title, severity: found.state.severity }
}
