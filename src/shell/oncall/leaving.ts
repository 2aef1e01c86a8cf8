/** Somebody leaves: what they would hold is named in the log, and others are asked to stand in, in the same transaction. */
import type { Viewer } from '../../core/access/can.ts'
import { DAY_MS } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import type { PersonRow } from '../person/person-store.ts'
import { openWithout } from './absence-act.ts'
import { type ActParts, actorOf, OPEN_MAX, readStanding, record } from './act-parts.ts'
import { askRequest } from './request-act.ts'
import { countOpenRequests } from './request-store.ts'

/** By then the schedule has to be written anew. */
const AHEAD_MS = 28 * DAY_MS
const ASKED_MAX = 50

/** Called once the person is disabled. Pages follow at once, whether there is a gap or not. */
export async function askForLeaver(parts: ActParts, tx: Tx, viewer: Viewer, person: PersonRow): Promise<void> {
  const by = actorOf(viewer)
  const span = { email: person.email, from: tx.now, until: tx.now + AHEAD_MS }
  const gaps = openWithout(await readStanding(tx, parts, tx.now), parts.onCall().schedules, span)
  // Whoever leaves leaves, also where nobody can be asked any more.
  const free = Math.max(0, Math.min(ASKED_MAX, OPEN_MAX - (await countOpenRequests(tx))))
  for (const gap of gaps.slice(0, free)) {
    const note = `${person.name} has left and nobody stands in.`
    await askRequest(parts, tx, { ...gap, person, of: [], inReturn: null, note, expiresAt: null, by })
  }
  const data = { schedules: [...new Set(gaps.map(({ schedule }) => schedule.id))], gaps: gaps.length }
  await record(parts, tx, { act: 'oncall.person-left', subject: `person:${person.id}`, by, data })
}
