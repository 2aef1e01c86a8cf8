/** A signal for tests: firing, and with nothing that a source need not send. */
import type { Signal } from '../../src/core/alert/signal.ts'

export function signalOf(over: Partial<Signal> = {}): Signal {
  return {
    alarm: 'SomeAlarm',
    status: 'firing',
    title: 'Some alarm',
    summary: null,
    dedupKey: null,
    severityHint: null,
    value: null,
    labels: {},
    links: [],
    startsAt: null,
    endsAt: null,
    ...over,
  }
}
