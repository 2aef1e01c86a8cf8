/** Doors by the name kept with each receipt, so that a receipt can be read again after a crash or for a list. */
import type { Signal } from '../../core/alert/signal.ts'
import { doors, innerDoors, integrations } from '../../integrations/index.ts'
import type { Door, InboundMessage, Received } from '../../integration.ts'
import { MAPPING_HEADER, mappingText } from '../mapping/mapping-cache.ts'
import { contextOfNote } from '../source/confirm-note.ts'
import { INTERNAL_KIND } from '../source/source-store.ts'

/** Signals that Tocsin raises itself come through this one; their body is the signal. */
export const INTERNAL_DOOR = 'tocsin'
/** Kept with a receipt that never reached its door's parser: `refused` says why. */
export const UNREAD_HEADER = 'x-tocsin-unread'
/** Kept with a receipt whose reply used the fresh id, so that reading it again gives the same key. */
export const FRESH_ID_HEADER = 'x-tocsin-fresh-id'

const byId = new Map([...doors, ...innerDoors].map((entry) => [entry.door.id, entry]))

export function kindOfDoor(id: string): string {
  return byId.get(id)?.kind ?? INTERNAL_KIND
}

/** A door of the vendors' addresses; undefined for one that has gone. */
export function findDoor(id: string): Door | undefined {
  return doors.find(({ door }) => door.id === id)?.door
}

/** Reads a stored message as its door did. Never throws; a door that has gone says so. */
export function receiveAgain(doorId: string, message: InboundMessage): Received {
  if (doorId === INTERNAL_DOOR) return receiveInternal(message)
  const entry = byId.get(doorId)
  if (entry === undefined) return unreadable(`there is no door ${doorId} any more`)
  try {
    const mappingId = message.headers[MAPPING_HEADER]
    const mapping = mappingText(mappingId)
    if (mappingId !== undefined && mapping === undefined) return unreadable('the mapping that it was read by is not known')
    const freshId = message.headers[FRESH_ID_HEADER] ?? ''
    const context = { params: {}, signingSecret: null, freshId, mapping: mapping ?? null, ...contextOfNote(message.headers) }
    return entry.door.receive(message, context)
  } catch (error) {
    return unreadable(`reading it failed: ${error instanceof Error ? error.name : 'unknown'}`)
  }
}

export function unreadable(reason: string): Received {
  return { kind: 'refused', reason, page: true, title: `A message could not be understood: ${reason}`, reply: { status: 202, body: '' } }
}

function receiveInternal(message: InboundMessage): Received {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `submit` of this very server
  const signal = JSON.parse(message.body.toString('utf8')) as Signal
  return { kind: 'signals', signals: [signal], changes: [], reply: { status: 202, body: '' } }
}

/** True where a monitor speaks; false where people do: that a ticket was closed is not that the service is restored. */
export function isMonitor(kind: string): boolean {
  return !PEOPLE.has(kind)
}
const PEOPLE = new Set(integrations.filter(({ spokenBy }) => spokenBy === 'people').map(({ id }) => id))
