/** The reader as the console needs them: rights, duties, and what waits for them. */
import type { Me } from '../../api/schema.ts'
import { actionsOf, type Viewer } from '../../core/access/can.ts'
import type { PersonId } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'
import { findPagingIncidents } from '../incident/list-store.ts'
import type { Ports } from '../ports.ts'
import { findPerson } from './person-store.ts'
import { showPerson } from './present.ts'

/** @throws when the person is gone, which nobody who is signed in can be. */
export async function loadMe(ports: Ports, tx: Tx, personId: PersonId, by: 'session' | 'key'): Promise<Me> {
  const row = await findPerson(tx, personId)
  if (row === undefined) throw new Error('a person who is signed in is not there')
  const viewer: Viewer = { personId, name: row.name, role: row.role }
  const roster = await ports.rosters.at(tx, tx.now)
  return {
    ...showPerson(row, viewer),
    can: [...actionsOf(viewer)],
    has_password: row.hasPassword,
    signed_in_by: by,
    paging: await findPagingIncidents(tx, personId),
    on_call: Object.entries(roster.roles).flatMap(([role, holders]) => (holders.current.includes(personId) ? [role] : [])),
  }
}
