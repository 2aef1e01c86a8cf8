/** Which service a signal is of, and whose that is. */
import { findType, type Playbook, type Service } from './playbook.ts'

interface Candidate {
  readonly service: Service
  readonly place: number
}

/** Services by the first label that they ask for and its values: a signal looks at few of them, however many there are. */
type Index = ReadonlyMap<string, ReadonlyMap<string, readonly Candidate[]>>

const indexes = new WeakMap<Playbook, Index>()

/** The first service of the file whose labels all match; null for none. */
export function serviceOf(playbook: Playbook, labels: Readonly<Record<string, string>>): Service | null {
  if (playbook.services.length === 0) return null
  let best: Candidate | null = null
  for (const [name, byValue] of indexOf(playbook)) {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined
    for (const candidate of value === undefined ? [] : (byValue.get(value) ?? [])) {
      if ((best === null || candidate.place < best.place) && matches(candidate.service, labels)) best = candidate
    }
  }
  return best?.service ?? null
}

export function findService(playbook: Playbook, name: string): Service | undefined {
  return playbook.services.find((service) => service.name === name)
}

/** The team of the service, else of the incident type; null: the organisation's people hold the roles. */
export function teamOf(playbook: Playbook, service: string | null, incidentType: string | null): string | null {
  const own = service === null ? null : (findService(playbook, service)?.team ?? null)
  return own ?? (incidentType === null ? null : (findType(playbook, incidentType)?.team ?? null))
}

function matches({ labels }: Service, given: Readonly<Record<string, string>>): boolean {
  return labels.every(({ name, values }) => Object.hasOwn(given, name) && values.includes(given[name] ?? ''))
}

function indexOf(playbook: Playbook): Index {
  const known = indexes.get(playbook)
  if (known !== undefined) return known
  const index = new Map<string, Map<string, Candidate[]>>()
  for (const [place, service] of playbook.services.entries()) {
    const [first] = service.labels
    if (first === undefined) continue
    const byValue = index.get(first.name) ?? new Map<string, Candidate[]>()
    index.set(first.name, byValue)
    for (const value of new Set(first.values)) byValue.set(value, [...(byValue.get(value) ?? []), { service, place }])
  }
  indexes.set(playbook, index)
  return index
}
