/**
 * Heartbeats as Opsgenie's clients write them.
 * Source: https://docs.opsgenie.com/docs/heartbeat-api (read 2026-11-24); opsgenie/opsgenie-oas@71c55343.
 */
import { field, isObject, type JsonObject, toNumber } from '../alert/json.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts'
import { cutField, type Priority, readPriority, readTexts } from './payload.ts'

export const INTERVAL_UNITS = { minutes: MINUTE_MS, hours: HOUR_MS, days: DAY_MS } as const
export type IntervalUnit = keyof typeof INTERVAL_UNITS

export interface HeartbeatPayload {
  readonly description?: string
  readonly interval?: number
  readonly intervalUnit?: IntervalUnit
  readonly enabled?: boolean
  readonly ownerTeam?: Readonly<Record<string, string>>
  readonly alertMessage?: string
  readonly alertTags?: readonly string[]
  readonly alertPriority?: Priority
}

export type ReadHeartbeat =
  | { readonly kind: 'heartbeat'; readonly heartbeat: HeartbeatPayload }
  | { readonly kind: 'errors'; readonly errors: Readonly<Record<string, string>> }

export const HEARTBEAT_NAME_CHARS_MAX = 200
const DESCRIPTION_CHARS_MAX = 10_000
const TAGS_MAX = 20
/** Longer is no dead man's switch any more. */
const INTERVAL_MS_MAX = 366 * DAY_MS

/** @param before what it has already; a new one has nothing, and needs an interval and its unit */
export function readHeartbeat(body: JsonObject, before: HeartbeatPayload): ReadHeartbeat {
  const unit = field(body, 'intervalUnit') ?? before.intervalUnit
  const interval = toNumber(field(body, 'interval')) ?? before.interval ?? null
  if (!isUnit(unit)) return fault('intervalUnit', 'Interval unit must be one of [minutes, hours, days].')
  if (interval === null || !Number.isInteger(interval) || interval < 1 || interval * INTERVAL_UNITS[unit] > INTERVAL_MS_MAX) {
    return fault('interval', 'Interval must be a whole number from 1 on, and a year at most.')
  }
  const enabled = field(body, 'enabled')
  const description = cutField(body, 'description', DESCRIPTION_CHARS_MAX)
  const alertMessage = cutField(body, 'alertMessage', 1_024)
  const alertPriority = readPriority(field(body, 'alertPriority'))
  return {
    kind: 'heartbeat',
    heartbeat: {
      ...before,
      interval,
      intervalUnit: unit,
      ...(typeof enabled === 'boolean' ? { enabled } : {}),
      ...(description === null ? {} : { description }),
      ...(alertMessage === null ? {} : { alertMessage }),
      ...(alertPriority === null ? {} : { alertPriority }),
      ...(field(body, 'alertTags') === undefined ? {} : { alertTags: readTexts(field(body, 'alertTags'), TAGS_MAX) }),
      ...(isObject(field(body, 'ownerTeam')) ? { ownerTeam: readTeam(field(body, 'ownerTeam')) } : {}),
    },
  }
}

export function isUnit(unit: unknown): unit is IntervalUnit {
  return typeof unit === 'string' && Object.hasOwn(INTERVAL_UNITS, unit)
}

function readTeam(value: unknown): Record<string, string> {
  if (!isObject(value)) return {}
  const id = cutField(value, 'id', 512)
  const name = cutField(value, 'name', 512)
  return { ...(id === null ? {} : { id }), ...(name === null ? {} : { name }) }
}

function fault(name: string, reason: string): ReadHeartbeat {
  return { kind: 'errors', errors: { [name]: reason } }
}
