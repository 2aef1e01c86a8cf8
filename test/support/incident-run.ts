/** Runs one incident the way the shell does: decide, then settle, at each instant; `acts` are what the outbox would be given. */
import { asId, type IncidentId } from '../../src/core/id.ts'
import type { IncidentCommand } from '../../src/core/incident/command.ts'
import { decide } from '../../src/core/incident/decide.ts'
import type { Actor, IncidentEvent } from '../../src/core/incident/event.ts'
import { evolve } from '../../src/core/incident/evolve.ts'
import { type Incident, noIncident } from '../../src/core/incident/incident.ts'
import { type Act, settle } from '../../src/core/incident/settle.ts'
import type { Playbook } from '../../src/core/playbook/playbook.ts'
import { ann, bob, testPlaybook, testRoster } from './playbook.ts'

export const RUN_ID = asId<IncidentId>('00000000-0000-7000-8000-000000000001')
export const T0 = 1_000_000_000_000
export const byAnn: Actor = { kind: 'person', id: ann, name: 'Ann' }
export const byBob: Actor = { kind: 'person', id: bob, name: 'Bob' }
export const source: Actor = { kind: 'source', id: null, name: 'prometheus' }

export class IncidentRun {
  incident: Incident = noIncident
  readonly events: IncidentEvent[] = []
  acts: Act[] = []
  wakeAt: number | null = null
  playbook: Playbook
  roster = testRoster()

  constructor(playbook: Playbook = testPlaybook()) {
    this.playbook = playbook
  }

  /** The events it made, by their short names; or the code of the refusal. */
  command(now: number, command: IncidentCommand): string {
    const decision = decide(this.incident, command, this.playbook, now)
    if (decision.kind === 'refused') return decision.code
    const before = this.events.length
    this.absorb(decision.events)
    const settled = settle(this.incident, this.playbook, this.roster, now)
    this.absorb(settled.events)
    this.acts = [...settled.acts]
    this.wakeAt = settled.wakeAt
    return this.events
      .slice(before)
      .map((event) => event.type.replace('incident.', ''))
      .join(' ')
  }

  private absorb(events: readonly IncidentEvent[]): void {
    this.events.push(...events)
    this.incident = events.reduce(evolve, this.incident)
  }

  open(over: Partial<Extract<IncidentCommand, { type: 'open' }>> = {}): string {
    return this.command(T0, {
      type: 'open',
      id: RUN_ID,
      by: source,
      title: 'T',
      summary: '',
      incidentType: null,
      severity: null,
      severityReason: 'because',
      private: false,
      ...over,
    })
  }

  /** Whose page goes on, as `role:name`. */
  paging(): string[] {
    return this.incident.pages.filter((page) => page.state === 'paging').map((page) => `${page.role}:${nameOf(page.personId)}`)
  }

  handOver(now: number): void {
    const open = this.incident.pages.filter((page) => page.state === 'paging' && page.handedOverAt === null).map((page) => page.key)
    if (open.length > 0) this.command(now, { type: 'record-hand-over', pages: open, channel: 'email' })
  }
}

export function nameOf(personId: string): string {
  return testRoster().people[personId as typeof ann]?.name ?? '?'
}

/** An incident just opened at that severity; at red it is of the type "spike". */
export function openedRun(severity = 'red', playbook?: Playbook): IncidentRun {
  const run = new IncidentRun(playbook)
  run.open({ incidentType: severity === 'red' ? 'spike' : null, severity })
  return run
}
