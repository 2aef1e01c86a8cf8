/** What tools call the state of an alert, in one place: the JSON door and mappings read the same words. */
import type { SignalStatus } from '../alert/signal.ts'

const WORDS: Readonly<Record<SignalStatus, readonly string[]>> = {
  firing: [
    'firing',
    'trigger',
    'triggered',
    'alerting',
    'alert',
    'alarm',
    'open',
    'opened',
    'active',
    'problem',
    'down',
    'critical',
    'error',
    'failed',
    'failing',
    'warning',
    'new',
    'unresolved',
    'true',
    '1',
  ],
  acknowledged: ['acknowledged', 'acknowledge', 'ack', 'acked'],
  resolved: [
    'resolved',
    'resolve',
    'ok',
    'okay',
    'closed',
    'close',
    'recovered',
    'recovery',
    'up',
    'clear',
    'cleared',
    'normal',
    'inactive',
    'success',
    'healthy',
    'green',
    'fixed',
    'done',
    'false',
    '0',
  ],
}

const STATUS_OF: ReadonlyMap<string, SignalStatus> = new Map(
  (['firing', 'acknowledged', 'resolved'] as const).flatMap((status) => WORDS[status].map((word) => [word, status] as const)),
)

/** True fires, false has ended. @returns null for what is no state that is known */
export function toStatus(given: unknown): SignalStatus | null {
  if (typeof given === 'boolean') return given ? 'firing' : 'resolved'
  if (typeof given !== 'string' && typeof given !== 'number') return null
  return STATUS_OF.get(String(given).trim().toLowerCase()) ?? null
}
