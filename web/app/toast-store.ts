/** Short messages that need no answer. A list of our own: it is small, and neither loads a library nor writes style elements. */
import { useSyncExternalStore } from 'react'

export interface Told {
  readonly id: number
  readonly kind: 'done' | 'error'
  readonly title: string
  readonly description: string
}

const TOLD_MAX = 4
const SHOWN_MS = 6_000

let told: readonly Told[] = []
let nextId = 1
const listeners = new Set<() => void>()

/** Goes away by itself. */
export function tell(title: string, description = ''): void {
  const id = add({ kind: 'done', title, description })
  setTimeout(() => dismiss(id), SHOWN_MS)
}

/** An error stays until it is closed: nobody reads fast at 03:00. */
export function tellError(title: string, description: string): void {
  add({ kind: 'error', title, description })
}

export function dismiss(id: number): void {
  change(told.filter((message) => message.id !== id))
}

export function useTold(): readonly Told[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => told,
  )
}

function add(message: Omit<Told, 'id'>): number {
  const id = nextId
  nextId += 1
  change([...told.filter((other) => other.title !== message.title), { ...message, id }].slice(-TOLD_MAX))
  return id
}

function change(next: readonly Told[]): void {
  told = next
  for (const listener of listeners) listener()
}
