/** Reads a whole message by its door, once for each secret that may have signed it, and notes what reading it again needs. */
import type { Door, InboundMessage, ReceiveContext, Received } from '../../integration.ts'
import { refuse } from '../../integration-door.ts'
import { FRESH_ID_HEADER, unreadable, UNREAD_HEADER } from '../alert/door-table.ts'
import { MAPPING_HEADER, type MappingInForce } from '../mapping/mapping-cache.ts'
import type { Ports } from '../ports.ts'
import type { KnownSource } from '../source/source-cache.ts'
import { DISTRUSTED_HEADER, judge, type Trust } from '../source/trust.ts'
import type { Body } from './ingest-body.ts'

export interface Reading {
  readonly received: Received
  /** Kept with its headers; undefined for none. */
  readonly notes: Readonly<Record<string, string>> | undefined
}

export interface ReadParts {
  readonly door: Door
  readonly source: KnownSource
  readonly message: InboundMessage
  readonly context: Omit<ReceiveContext, 'signingSecret' | 'demands' | 'mapping' | 'freshId'>
  readonly mapping: MappingInForce | undefined
}

/** Never throws: what a door throws is told to people plainly. */
export function readWhole(ports: Ports, { door, source, message, context, mapping }: ReadParts): Reading {
  let freshIdUsed: string | undefined
  const read = (trust: Trust): Received =>
    door.receive(message, {
      ...context,
      ...trust,
      mapping: mapping?.text ?? null,
      get freshId() {
        freshIdUsed ??= ports.freshId().replaceAll('-', '')
        return freshIdUsed
      },
    })
  try {
    const { received, checked } = judge(door, source, read)
    if (mapping === undefined && freshIdUsed === undefined && checked && received.kind !== 'distrusted')
      return { received, notes: undefined }
    const notes = {
      ...(mapping === undefined ? {} : { [MAPPING_HEADER]: mapping.id }),
      ...(freshIdUsed === undefined ? {} : { [FRESH_ID_HEADER]: freshIdUsed }),
      ...(checked ? {} : { [UNREAD_HEADER]: '1' }),
      ...(received.kind === 'distrusted' ? { [DISTRUSTED_HEADER]: '1' } : {}),
    }
    return { received, notes }
  } catch (error) {
    ports.log.error({ err: error, door: door.id }, 'a door could not read a message; it is kept and people are told')
    const received = unreadable(`reading it failed: ${error instanceof Error ? error.name : 'unknown'}`)
    // Reading it again must not succeed where it did not at first: people have been told.
    return { received, notes: { [UNREAD_HEADER]: '1' } }
  }
}

/** Too large, or packed in a way that could not be undone. */
export function readUnread(body: Extract<Body, { kind: 'too-large' | 'undecodable' }>, door: Door): Reading {
  const status = body.kind === 'too-large' ? 413 : 400
  const reply = door.explain?.(status, body.reason) ?? { status, body: '' }
  return { received: refuse(body.reason, 'A sender', reply), notes: { [UNREAD_HEADER]: '1' } }
}
