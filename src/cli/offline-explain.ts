/** Explains a signal by a playbook folder alone: who holds what as oncall.yaml says it, and nobody's account. */
import type { ExplainBody, Explained } from '../api/schema.ts'
import { asId, type PersonId } from '../core/id.ts'
import { type OnCall, OWNER } from '../core/oncall/oncall.ts'
import { resolveRoster } from '../core/oncall/resolve.ts'
import type { Roster } from '../core/oncall/roster.ts'
import { shiftsAt } from '../core/oncall/shifts.ts'
import { openClauses } from '../core/playbook/explain/clause.ts'
import { explain } from '../core/playbook/explain/explain.ts'
import type { Playbook } from '../core/playbook/playbook.ts'
import { type Instant, toRfc3339 } from '../core/time.ts'
import { type AskedSignals, DOOR_IDS, imagine, IMAGINED_KIND, readBody } from '../shell/playbook/asked-signal.ts'
import { showExplanation } from '../shell/playbook/present-explanation.ts'
import { UsageError } from './context.ts'
import { type GivenFolder, loadGiven } from './folder.ts'

/** @throws {UsageError} when the folder has errors, or the door is not known */
export async function explainOffline(path: string, asked: ExplainBody, now: Instant): Promise<Explained> {
  const folder = await loadGiven(path)
  const at = asked.at === undefined ? now : Date.parse(asked.at)
  const { signals, plain, sourceKind, refused } = readAsked(asked, at)
  const { playbook, texts, digest, linted } = folder
  const clauses = openClauses(texts.playbook, linted.playbook ?? undefined)
  const rosterAt = rosterOf(playbook, onCallOf(folder))
  const items = signals.map((signal) =>
    showExplanation(explain({ playbook, clauses, rosterAt, signal, sourceKind, sourceId: sourceKind, sourceTeam: null, at, plain }), null),
  )
  return {
    at: toRfc3339(at),
    playbook: { version: null, digest, loaded_at: null },
    assumptions: assumptionsOf(folder, asked),
    refused: refused === null ? null : { reason: refused.reason, people_are_told: refused.peopleAreTold },
    items,
    items_more: 0,
  }
}

function readAsked(asked: ExplainBody, at: Instant): AskedSignals {
  if (asked.signal !== undefined) return imagine(asked.signal, asked.source ?? IMAGINED_KIND)
  const { door = '', body = '' } = asked
  if (!DOOR_IDS.includes(door)) throw new UsageError(`--door: expected one of ${DOOR_IDS.join(', ')}`)
  const read = readBody(door, Buffer.from(body, 'utf8'), at)
  return asked.source === undefined ? read : { ...read, sourceKind: asked.source }
}

/** Of a file by itself nothing is known. */
function onCallOf({ kind, linted }: GivenFolder): OnCall {
  return kind === 'file' ? { people: [], schedules: [] } : (linted.onCall.onCall ?? { people: [], schedules: [] })
}

/** Every owner is one: who that is, the server knows. */
function rosterOf(playbook: Playbook, { people, schedules }: OnCall): (instant: Instant, team?: string | null) => Roster {
  const listed = people.map(({ email, name, channels }) => ({ id: asId<PersonId>(email), email, name, role: 'responder', channels }))
  const owner = { id: asId<PersonId>(OWNER), email: OWNER, name: 'Every owner', role: 'owner', channels: [] }
  const said = new Map(people.map((person) => [person.email, person]))
  return (instant, team = null) =>
    resolveRoster({ playbook, schedules, people: [owner, ...listed], said, instant, team, shiftsOf: shiftsAt, usable: () => true })
}

function assumptionsOf({ kind }: GivenFolder, { source }: ExplainBody): string[] {
  return [
    'Every page is handed over at once, and nobody answers.',
    'Without a server: who owns the installation, who was made in the console and which incidents are open is not known.',
    ...(kind === 'file' ? ['Nothing is known of who is on call: the owners hold every role.'] : []),
    ...(source === undefined ? [] : [`"${source}" is taken as a kind of source.`]),
  ]
}
