/** The phases in their order. A copy of the API's list: its module brings the whole validator with it. */
import type { PhaseName } from '../../../src/api/schema.ts'

export const PHASES_SHOWN = ['detected', 'triaged', 'mitigating', 'resolved', 'reviewed', 'closed'] as const satisfies readonly PhaseName[]
