/** How the incident's changes reach the outbox: effects are inserted and cancelled in the transaction that caused them. */
import type { IncidentId, PageKey, PersonId } from '../../core/id.ts'
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'

export interface NewEffect {
  /** Deterministic: the same act has the same key for ever. A key that is there already is left alone. */
  readonly key: string
  readonly kind: 'page' | 'notice'
  readonly incidentId: IncidentId
  readonly personId: PersonId
  readonly channel: string
  readonly pageKeys: readonly PageKey[]
  readonly about: string | null
  readonly createdAt: Instant
}
export type Enqueue = (ports: Ports, tx: Tx, effects: readonly NewEffect[]) => Promise<void>
