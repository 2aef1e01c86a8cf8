/** Both playbooks under the names of now, for comparisons that must know what a severity does. */
import type { Playbook, SeverityRow } from '../playbook.ts'

export interface Matrices {
  readonly before: Playbook
  readonly after: Playbook
}

export function rowOf(playbook: Playbook, id: string): SeverityRow | undefined {
  return playbook.severities.find((row) => row.id === id)
}
