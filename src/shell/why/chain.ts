/** The chain of a signal or an alert: received, by which rule it was taken for what, which alert it is, what held it, where it went. */
import type { Alert, Explained, Signal, SignalRaw, WhyStep } from '../../api/schema.ts'
import { step } from './step.ts'

export function receivedSteps(signal: Signal, raw: SignalRaw): WhyStep[] {
  const at = Date.parse(signal.received_at)
  const about = { kind: 'signal' as const, id: signal.id }
  const received = step('received', `${signal.source} sent it by the door ${raw.door}.`, { at, about })
  if (raw.refused !== null) return [received, step('refused', `It was not understood or not believed: ${raw.refused}.`, { at, about })]
  return signal.outcome_kind === 'waiting' ? [received, step('waiting', 'It is kept and waits to be applied.', { at, about })] : [received]
}

/** By the version that was in force when it came, as far as that is known. */
export function ruleSteps(explained: Explained): WhyStep[] {
  const [item] = explained.items
  if (item === undefined) return []
  const assumed = explained.assumptions.filter((sentence) => sentence.includes('version') || sentence.includes('Version'))
  const notes = assumed.map((sentence) => step('assumption', sentence))
  if (item.verdict === 'nothing') return [step('rule', item.sentence), ...notes]
  if (item.verdict === 'below') return [step('below', item.sentence, { clause: clauseOfMiss(item) }), ...notes]
  const steps = [
    item.verdict === 'type'
      ? step('rule', item.sentence, { clause: item.type?.clause ?? null })
      : step('unknown', item.sentence, { clause: item.severity?.clause ?? null }),
  ]
  if (item.severity !== null && item.verdict === 'type')
    steps.push(step('severity', item.severity.reason, { clause: item.severity.clause }))
  if (item.team_reason) steps.push(step('team', item.team_reason, { clause: item.team?.clause ?? null }))
  return [...steps, ...notes]
}

function clauseOfMiss(item: Explained['items'][number]) {
  const below = item.considered.find((type) => type.verdict === 'below')
  return below?.detections[0]?.checks.find((check) => !check.ok)?.clause ?? below?.detections[0]?.clause ?? null
}

export function alertSteps(alert: Alert): WhyStep[] {
  const about = { kind: 'alert' as const, id: alert.id }
  const many = alert.count === 1 ? 'one signal' : `${alert.count} signals`
  const state = alert.state === 'firing' ? 'fires still' : 'has ended'
  return [
    step('alert', `It is an alert of ${many} under the key ${alert.dedup_key}, which ${state}.`, { at: Date.parse(alert.first_at), about }),
  ]
}

export function holdSteps(alert: Alert, past: PastHold | null): WhyStep[] {
  if (alert.hold !== null) return [step('held', alert.hold.reason, { at: Date.parse(alert.hold.since), about: aboutHold(alert.hold) })]
  if (past === null) return []
  return [step('held', `It was held until ${past.until}: ${past.reason}`, { at: past.at, about: aboutHold(past) })]
}

export interface PastHold {
  readonly by: NonNullable<Alert['hold']>['by']
  readonly ref_id: string
  readonly reason: string
  readonly at: number
  /** RFC 3339. */
  readonly until: string
}

function aboutHold({ by, ref_id: id }: Pick<PastHold, 'by' | 'ref_id'>): WhyStep['about'] {
  return { kind: by === 'observe' ? 'source' : by, id }
}
