/** What of the on-call list and of an incident is one person's. Pure. */
import type { Incident, OncallItem } from '../../../src/api/schema.ts'

/** Whether the person holds a role of it. */
export function holdsRole({ roles }: Pick<Incident, 'roles'>, personId: string): boolean {
  return roles.some(({ person }) => person?.id === personId)
}

export interface Shift {
  /** "CTO, Product of Payments" */
  readonly names: string
  /** One of those that end together. */
  readonly item: OncallItem
}

/** Roles that end at one time, with the same person after, in one line. */
export function shiftsOf(items: readonly OncallItem[]): readonly Shift[] {
  const together = Map.groupBy(items, (item) => `${item.until ?? ''} ${item.next?.id ?? ''}`)
  return [...together.values()].flatMap((shift) => {
    const [item] = shift
    return item === undefined ? [] : [{ item, names: shift.map(nameOf).join(', ') }]
  })
}

function nameOf({ role, team }: OncallItem): string {
  return team === null ? role : `${role} of ${team}`
}
