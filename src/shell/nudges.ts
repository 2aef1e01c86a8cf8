/** Hints between the parts of one process that there is work. Losing one costs a poll, never a step. */
import type { Nudges, NudgeTopic } from './ports.ts'

/** Listeners run after the sender has returned, once for many sends in a row. */
export function makeNudges(): Nudges {
  const listeners = new Map<NudgeTopic, Set<() => void>>()
  const sent = new Set<NudgeTopic>()
  const deliver = (topic: NudgeTopic) => {
    sent.delete(topic)
    for (const listener of listeners.get(topic) ?? []) listener()
  }
  return {
    send: (topic) => {
      if (sent.has(topic)) return
      sent.add(topic)
      setImmediate(deliver, topic)
    },
    on: (topic, listener) => {
      const those = listeners.get(topic) ?? new Set()
      listeners.set(topic, those.add(listener))
      return () => void those.delete(listener)
    },
  }
}
