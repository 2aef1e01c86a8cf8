/** Doors by which a pasted message can have come, as the server lists them. Pure. */
import type { SourceKind } from '../../../src/api/schema.ts'

export interface DoorChoice {
  /** As the server names it. */
  readonly id: string
  readonly title: string
}

/**
 * A kind's first door has the kind's name, the others are told apart by their own. Those that differ from the first in where
 * the key stands read a body as it does: they are left out.
 */
export function doorsOf(kinds: readonly Pick<SourceKind, 'title' | 'doors'>[]): DoorChoice[] {
  return kinds.flatMap(({ title, doors }) =>
    doors
      .filter((door) => door.key_in === doors[0]?.key_in)
      .map(({ id }, place) => ({ id, title: place === 0 ? title : `${title} (${id})` })),
  )
}
