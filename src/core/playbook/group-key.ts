/** The key under which alerts join one open incident: the type and the values of the labels that tell its incidents apart. */
import type { Signal } from '../alert/signal.ts'
import type { IncidentType } from './playbook.ts'

/** Postgres indexes up to 2,704 bytes; a UTF-16 code unit takes up to three. */
export const GROUP_KEY_CHARS_MAX = 600

/** `type:<id>:<values as JSON>`, `null` for a label that is missing. A key too long to index ends in a hash of the whole. */
export function groupKeyOf(type: IncidentType, signal: Signal): string {
  if (type.groupBy.length === 0) return `type:${type.id}:`
  const values = type.groupBy.map((name) => (Object.hasOwn(signal.labels, name) ? signal.labels[name] : null))
  const key = `type:${type.id}:${JSON.stringify(values)}`
  return key.length <= GROUP_KEY_CHARS_MAX ? key : `${key.slice(0, GROUP_KEY_CHARS_MAX).toWellFormed()}…${hash(key)}`
}

/**
 * Alerts of different services never join one incident: they may be of different teams. Nor do those that came by keys of
 * different teams. @param team by whose key it came, where that decides whose it is
 */
export function withOwner(groupKey: string, { service, team }: { readonly service: string | null; readonly team: string | null }): string {
  return `${groupKey}${service === null ? '' : `@${service}`}${team === null ? '' : `~${team}`}`
}

/** 53 bits (cyrb53, public domain): two long keys with equal beginnings must differ, nobody gains by making them meet. */
function hash(text: string): string {
  let left = 0xdeadbeef
  let right = 0x41c6ce57
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    left = Math.imul(left ^ unit, 2_654_435_761)
    right = Math.imul(right ^ unit, 1_597_334_677)
  }
  left = Math.imul(left ^ (left >>> 16), 2_246_822_507) ^ Math.imul(right ^ (right >>> 13), 3_266_489_909)
  right = Math.imul(right ^ (right >>> 16), 2_246_822_507) ^ Math.imul(left ^ (left >>> 13), 3_266_489_909)
  return (4_294_967_296 * (2_097_151 & right) + (left >>> 0)).toString(16)
}
