/** After a downtime, can sources be asked what they could not tell meanwhile? Those that cannot be asked are named. */
import type { DoctorCheck } from '../../../api/doctor.ts'
import { presentAsked } from '../../ask/present.ts'
import { type Examination, ok, warn } from '../check.ts'

/** Sees nothing of private incidents. */
const NOBODY = '00000000-0000-0000-0000-000000000000'
const NAMES_SHOWN = 20

export async function checkAsked({ ports, parts }: Examination): Promise<readonly DoctorCheck[]> {
  const connections = parts.asked?.() ?? []
  const { items, cannot_be_asked: cannot } = await ports.database.inTransaction('main', (tx) => presentAsked(tx, connections, NOBODY))
  const each = items.map(({ name, state, detail }): DoctorCheck => {
    const [id, title] = [`asked:${name}`, `Asking ${name}`]
    if (state === 'answered' || state === 'never' || state === 'running') return ok(id, title, detail)
    return warn(id, title, {
      found: detail,
      meaning: 'after a downtime nobody can tell what it wanted to say meanwhile',
      remedy: 'look at its connection in connections.yaml: address, secret, source',
    })
  })
  if (cannot.length === 0) return each
  const names = cannot.slice(0, NAMES_SHOWN).map(({ name }) => name)
  const more = cannot.length > names.length ? ` and ${cannot.length - names.length} more` : ''
  // Not a fault: many only send. But somebody must know which.
  return [...each, ok('asked', 'Asking sources', `cannot be asked what fires: ${names.join(', ')}${more}`)]
}
