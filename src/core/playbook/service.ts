/** Which service a signal is of, and whose that is: its service's team, else that of the key it came by, else its type's. */
import { findType, type Playbook, type Service } from './playbook.ts'

/** What says whose something is; the first that names a team decides. */
export interface Ownership {
  readonly service: string | null
  /** The team that the source, whose key it came by, is bound to. One that the playbook does not name decides nothing. */
  readonly sourceTeam: string | null
  readonly incidentType: string | null
}

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

/** Null: the organisation's people hold the roles. */
export function teamOf(playbook: Playbook, { service, sourceTeam, incidentType }: Ownership): string | null {
  return teamOfService(playbook, service) ?? knownTeam(playbook, sourceTeam) ?? typeTeam(playbook, incidentType)
}

/** The team by whose key a signal came, where that decides whose it is: no service of another team is hit. */
export function teamByKey(playbook: Playbook, { service, sourceTeam }: Omit<Ownership, 'incidentType'>): string | null {
  return teamOfService(playbook, service) === null ? knownTeam(playbook, sourceTeam) : null
}

/** Why a key's team decides, or does not; empty where the source is bound to none, or all agree. */
export function explainKey(playbook: Playbook, ownership: Ownership): string {
  const { service, sourceTeam, incidentType } = ownership
  if (sourceTeam === null) return ''
  const came = `It came by a key of ${sourceTeam}`
  const owner = teamOfService(playbook, service)
  if (owner === sourceTeam) return ''
  if (owner !== null) return `${came}, and ${service} is of ${owner}: the service decides whose it is.`
  if (knownTeam(playbook, sourceTeam) === null) return `${came}, a team that the playbook does not name: that decides nothing.`
  const other = typeTeam(playbook, incidentType)
  return `${came}, so it is theirs${other === null || other === sourceTeam ? '' : `, though the type is of ${other}`}.`
}

function teamOfService(playbook: Playbook, service: string | null): string | null {
  return service === null ? null : (findService(playbook, service)?.team ?? null)
}

function knownTeam({ teams }: Playbook, name: string | null): string | null {
  return name !== null && teams.some((team) => team.name === name) ? name : null
}

function typeTeam(playbook: Playbook, incidentType: string | null): string | null {
  return incidentType === null ? null : (findType(playbook, incidentType)?.team ?? null)
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
