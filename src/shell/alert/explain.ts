/** The sentence that says what became of a signal. Equal fates share one object, so that they are stored once. */
import type { Place } from './apply-incidents.ts'
import type { Fate, FoldedAlert } from './fold.ts'
import type { Outcome, OutcomeKind } from './outcome.ts'

const PLAIN_WORDS: Readonly<Record<string, string>> = {
  repeated: 'It fires still.',
  resolved: 'The alert has ended.',
  recorded: 'The alert was over before Tocsin heard of it; it is kept for the record.',
  late: 'A late message of an alert that has ended: it does not open again.',
  stale: 'The end of an earlier alert; a later one under the same key fires.',
  ignored: 'Nothing fires under this key.',
}

export function makeExplainer(places: ReadonlyMap<FoldedAlert, Place>): (fate: Fate) => Outcome {
  const shared = new Map<string, Outcome>()
  const explained = new Set<FoldedAlert>()
  const firing = new Map<string | null, Outcome>()
  return (fate) => {
    if (fate.kind === 'repeated' && !fate.aimed && fate.alert?.aim === null && fate.unit.item.refused === null) {
      const { incidentId } = fate.alert
      const known = firing.get(incidentId) ?? { kind: 'repeated', why: PLAIN_WORDS['repeated'] ?? '', incidentId }
      firing.set(incidentId, known)
      return known
    }
    const place = fate.alert === null ? undefined : places.get(fate.alert)
    const isFirst = place?.openedFor === fate.alert && fate.alert !== null && !explained.has(fate.alert)
    if (isFirst && fate.aimed && fate.alert !== null) explained.add(fate.alert)
    const outcome = explain(fate, place, isFirst)
    const key = `${outcome.kind}\u0000${outcome.incidentId}\u0000${outcome.why}`
    const known = shared.get(key)
    if (known === undefined) shared.set(key, outcome)
    return known ?? outcome
  }
}

function explain(fate: Fate, place: Place | undefined, isFirst: boolean): Outcome {
  const { item } = fate.unit
  const incidentId = place?.incidentId ?? fate.alert?.incidentId ?? null
  if (item.refused !== null) {
    const told = place === undefined ? '' : ` People were told in incident ${place.number}.`
    return { kind: 'refused', why: `The message could not be understood: ${item.refused}.${told}`, incidentId }
  }
  if (fate.below !== undefined) {
    return fate.kind === 'resolved'
      ? { kind: 'resolved', why: `The alert has ended: ${fate.below}`, incidentId }
      : { kind: 'below', why: fate.below, incidentId: null }
  }
  if (fate.aimed && place !== undefined) {
    const kind: OutcomeKind = isFirst ? 'opened' : 'joined'
    return {
      kind,
      why: [`${isFirst ? 'Opened' : 'Joined'} incident ${place.number}.`, place.target?.reason ?? '', place.target?.ownerReason ?? '']
        .filter(Boolean)
        .join(' '),
      incidentId,
    }
  }
  if (fate.kind === 'acknowledged') {
    return {
      kind: 'acknowledged',
      why: place === undefined ? 'Acknowledged at the source.' : `Incident ${place.number} is acknowledged.`,
      incidentId,
    }
  }
  const aim = fate.alert?.aim
  if (aim?.kind === 'below' && incidentId === null && (fate.kind === 'opened' || fate.kind === 'repeated')) {
    return { kind: 'below', why: aim.reason, incidentId: null }
  }
  if (aim?.kind === 'ping' && incidentId === null && (fate.kind === 'opened' || fate.kind === 'repeated')) {
    return { kind: 'pinged', why: aim.reason, incidentId: null }
  }
  if (aim?.kind === 'held' && incidentId === null && (fate.kind === 'opened' || fate.kind === 'repeated')) {
    return { kind: 'held', why: aim.reason, incidentId: null }
  }
  if (fate.kind === 'opened') return { kind: 'joined', why: 'A new alert.', incidentId }
  return { kind: fate.kind, why: PLAIN_WORDS[fate.kind] ?? '', incidentId }
}
