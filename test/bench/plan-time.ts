/** How long `plan` takes for one incident with a long history. */
import { asId, type IncidentId } from '../../src/core/id.ts'
import { decide } from '../../src/core/incident/decide.ts'
import { evolve } from '../../src/core/incident/evolve.ts'
import { noIncident, type Incident } from '../../src/core/incident/incident.ts'
import { plan } from '../../src/core/incident/plan.ts'
import { settle } from '../../src/core/incident/settle.ts'
import { ann, testPlaybook, testRoster } from '../support/playbook.ts'
import { percentile } from './generator.ts'
import type { Line } from './report.ts'

const EVENTS = 200
const ROUNDS = 20_000
const BUDGET_MICROSECONDS = 50

export function measurePlan(): Line {
  const playbook = testPlaybook()
  const roster = testRoster()
  const { incident, events, now } = makeLongIncident()
  for (let round = 0; round < 2_000; round += 1) plan(incident, playbook, roster, now)
  const tookMicroseconds: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = process.hrtime.bigint()
    plan(incident, playbook, roster, now)
    tookMicroseconds.push(Number(process.hrtime.bigint() - startedAt) / 1_000)
  }
  tookMicroseconds.sort((a, b) => a - b)
  const p50 = percentile(tookMicroseconds, 0.5)
  const p99 = percentile(tookMicroseconds, 0.99)
  return {
    what: `plan for one incident after ${events} events`,
    measured: `p50 ${p50.toFixed(1)} µs, p99 ${p99.toFixed(1)} µs`,
    peer: '',
    budget: `< ${BUDGET_MICROSECONDS} µs`,
    met: p50 < BUDGET_MICROSECONDS,
    figures: { p50Microseconds: p50, p99Microseconds: p99, events },
  }
}

/** Pages that nobody answers, and notes, until the stream has its length. */
function makeLongIncident(): { incident: Incident; events: number; now: number } {
  const playbook = testPlaybook()
  const roster = testRoster()
  const id = asId<IncidentId>('00000000-0000-7000-8000-000000000001')
  const by = { kind: 'person', id: ann, name: 'Ann' } as const
  let now = 1_000_000
  let incident: Incident = noIncident
  let events = 0
  const change = (command: Parameters<typeof decide>[1]): void => {
    const decision = decide(incident, command, playbook, now)
    if (decision.kind === 'refused') throw new Error(`the bench's incident was refused: ${decision.code}`)
    for (const event of decision.events) incident = evolve(incident, event)
    const settled = settle(incident, playbook, roster, now)
    incident = settled.incident
    events += decision.events.length + settled.events.length
  }
  change({
    type: 'open',
    id,
    by,
    title: 'Spike',
    summary: '',
    incidentType: 'spike',
    severity: null,
    severityReason: 'bench',
    private: false,
  })
  while (events < EVENTS) {
    now += 20_000
    const waiting = incident.pages.filter((page) => page.state === 'paging' && page.handedOverAt === null)
    if (waiting.length > 0) change({ type: 'record-hand-over', pages: waiting.map((page) => page.key), channel: 'email' })
    change({ type: 'note', by, text: `note ${events}` })
  }
  return { incident, events, now }
}
