/**
 * Settings of the connections that carry pages: which there are, and what each must look like. What a setting means is the
 * vendor's integration's. Forms of ids: https://www.twilio.com/docs/glossary/what-is-a-sid (read 2026-11-24).
 */
import { parseDuration } from '../playbook/duration.ts'
import { HOUR_MS, SECOND_MS } from '../time.ts'
import type { CarrierKind } from './carriers.ts'

export const CARRIER_URLS: Readonly<Record<CarrierKind, string>> = {
  ntfy: 'https://ntfy.sh',
  pushover: 'https://api.pushover.net',
  twilio: 'https://api.twilio.com',
}

interface Form {
  readonly takes: (value: string) => boolean
  readonly fix: string
}
const matches = (pattern: RegExp, fix: string): Form => ({ takes: (value) => pattern.test(value), fix })
const yesOrNo = matches(/^(yes|no)$/, 'Write "yes" or "no", in quotes.')
const number = matches(/^\+[1-9]\d{6,14}$/, 'Write "+" and the digits, such as "+15005550006", in quotes.')
const lasts = (leastMs: number, mostMs: number, fix: string): Form => ({
  takes: (value) => {
    const reading = parseDuration(value)
    return reading.kind !== 'unclear' && reading.ms >= leastMs && reading.ms <= mostMs
  },
  fix,
})

const SETTINGS: Readonly<Record<CarrierKind, Readonly<Record<string, Form>>>> = {
  ntfy: { one_tap: yesOrNo },
  pushover: {
    emergency: yesOrNo,
    // https://pushover.net/api#priority (read 2026-11-24): at least 30 s, at most 3 h.
    retry: lasts(30 * SECOND_MS, 3 * HOUR_MS, 'Write 30 s or more.'),
    expire: lasts(30 * SECOND_MS, 3 * HOUR_MS, 'Write 3 h or less.'),
    sound: matches(/^[a-z0-9_]{1,40}$/, 'Use the name of a sound as Pushover lists it.'),
  },
  twilio: {
    account_sid: matches(/^AC[0-9a-fA-F]{32}$/, 'It is "AC" and 32 digits.'),
    api_key: matches(/^SK[0-9a-fA-F]{32}$/, 'It is "SK" and 32 digits; its secret is what secret_env names.'),
    from: number,
    messaging_service_sid: matches(/^MG[0-9a-fA-F]{32}$/, 'It is "MG" and 32 digits.'),
    voice_from: number,
    segments: matches(/^[1-9]$|^10$/, 'Write a number from 1 to 10, in quotes.'),
    ring: lasts(10 * SECOND_MS, 120 * SECOND_MS, 'Write 10 s to 120 s.'),
  },
}

const REQUIRED: Readonly<Record<CarrierKind, readonly (readonly string[])[]>> = {
  ntfy: [],
  pushover: [],
  twilio: [['account_sid'], ['from', 'messaging_service_sid', 'voice_from']],
}

export interface SettingFault {
  readonly code: 'unknown-key' | 'wrong-value' | 'missing-key'
  /** Null: the whole of them. */
  readonly setting: string | null
  readonly message: string
  readonly fix: string
}

/** All that is wrong with them; values are not repeated, for one of them may be a secret that was put in the wrong place. */
export function checkCarrierSettings(kind: CarrierKind, settings: Readonly<Record<string, string>>): readonly SettingFault[] {
  const known = SETTINGS[kind]
  const wrong = Object.entries(settings).flatMap(([setting, value]): SettingFault[] => {
    const form = Object.hasOwn(known, setting) ? known[setting] : undefined
    if (form === undefined) {
      const fix = `It has ${Object.keys(known).join(', ')}.`
      return [{ code: 'unknown-key', setting, message: `${kind} has no setting "${setting}".`, fix }]
    }
    return form.takes(value) ? [] : [{ code: 'wrong-value', setting, message: `This is not a value of "${setting}".`, fix: form.fix }]
  })
  const missing = REQUIRED[kind].flatMap((oneOf): SettingFault[] => {
    if (oneOf.some((setting) => Object.hasOwn(settings, setting))) return []
    const message = `${kind} needs ${oneOf.length === 1 ? 'the setting' : 'one of the settings'} ${oneOf.join(', ')}.`
    return [{ code: 'missing-key', setting: null, message, fix: 'Add it under settings.' }]
  })
  return [...wrong, ...missing]
}
