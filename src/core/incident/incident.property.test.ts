/** What must hold for every history that people, alerts, channels and time can make. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ann, bob, cyd, measuringPlaybook, own, testRoster } from '../../../test/support/playbook.ts'
import { asId, type IncidentId, type PlaybookDigest } from '../id.ts'
import { severityOfImpact } from '../playbook/impact.ts'
import type { Playbook, Service } from '../playbook/playbook.ts'
import { teamOf } from '../playbook/service.ts'
import { MINUTE_MS, SECOND_MS } from '../time.ts'
import type { IncidentCommand } from './command.ts'
import { decide } from './decide.ts'
import type { Actor, IncidentEvent } from './event.ts'
import { evolve } from './evolve.ts'
import { type Incident, isOpen, noIncident } from './incident.ts'
import { owedBy } from './owed.ts'
import { settle } from './settle.ts'

const ID = asId<IncidentId>('00000000-0000-7000-8000-000000000001')
const T0 = 1_700_000_000_000
const RUNS = 400
const OWN: Actor = { kind: 'person', id: own, name: 'Owner' }

const people = fc.constantFrom(ann, bob, cyd, own)
const actor = people.map((id): Actor => ({ kind: 'person', id, name: id.slice(-2) }))
const severity = fc.constantFrom('red', 'amber', 'blue', 'pink')
const text = fc.constantFrom('', 'because', 'x')

/** A command, or what the outbox may report about the pages there are: which one is chosen by number. */
type Asked =
  | IncidentCommand
  | { readonly type: 'move'; readonly to: 0 | 1 }
  | { readonly type: 'outbox'; readonly pick: number; readonly outcome: 'handed' | 'trouble' | 'dead' }

const asked: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Asked>({ type: 'wake' }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('outbox' as const),
      pick: fc.nat(20),
      outcome: fc.constantFrom('handed' as const, 'trouble' as const, 'dead' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('acknowledge' as const),
      by: actor,
      personId: fc.option(people),
      via: fc.constant('link' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('decline' as const), by: actor, personId: people }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('release' as const),
      by: actor,
      role: fc.option(fc.constantFrom('Ops', 'Boss')),
      reason: text,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('summon' as const),
      by: actor,
      wanted: fc.oneof(
        fc.record({ kind: fc.constant('role' as const), role: fc.constantFrom('Ops', 'Boss') }),
        people.map((personId) => ({ kind: 'person' as const, personId, personName: `person ${personId}` })),
      ),
      reason: text,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('change-severity' as const), by: actor, severity, reason: text }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('triage' as const),
      by: actor,
      incidentType: fc.option(fc.constantFrom('spike', 'none')),
      severity: fc.option(severity),
      reason: text,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('resolve' as const, 'decline-resolution' as const, 'go-back' as const, 'reopen' as const, 'close' as const),
      by: actor,
      reason: text,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('mitigate' as const), by: actor }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('name-service' as const),
      by: actor,
      service: fc.option(fc.constantFrom('of One', 'of Two', 'of nobody')),
      reason: text,
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('move' as const), to: fc.constantFrom(0 as const, 1 as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('record-impact' as const),
      by: fc.oneof(actor, fc.constant<Actor>({ kind: 'source', id: null, name: 'm' })),
      measure: fc.constantFrom('users_affected', 'error_rate'),
      value: fc.constantFrom(0, 10, 25, 26, 60, 100, 101),
      unit: fc.constantFrom('%' as const, '%' as const, 'number' as const),
      reason: text,
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('merge' as const, 'unmerge' as const, 'take-in' as const, 'give-back' as const, 'link' as const),
        actor,
        fc.nat(2),
        fc.nat(2),
      )
      .map(([type, by, total, other]): Asked => {
        const ref = { id: asId<IncidentId>(`00000000-0000-7000-8000-00000000000${other + 1}`), number: other + 1 }
        const common = { by, reason: '' }
        if (type === 'merge') return { ...common, type, into: ref, total: 0, firing: 0 }
        if (type === 'unmerge') return { ...common, type, total, firing: Math.min(total, other) }
        if (type === 'take-in') return { ...common, type, from: { ...ref, severity: 'red', monitored: true }, total, firing: total }
        return type === 'give-back' ? { ...common, type, to: ref, total, firing: total } : { ...common, type, other: ref }
      }),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(3), fc.nat(3), fc.nat(1))
      .map(([firing, more, opened]): Asked => ({ type: 'attach-alerts', opened, resolved: 0, firing, total: firing + more, sample: [] })),
  },
)

const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 10 * MINUTE_MS }), asked), { maxLength: 60 })
/** Alerts that come and go, somebody who says that it is not over, and time. */
const quieting = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 10 * MINUTE_MS }),
    fc.oneof(
      fc
        .tuple(fc.nat(1), fc.nat(1))
        .map(([firing, opened]): Asked => ({ type: 'attach-alerts', opened, resolved: 0, firing, total: firing + 1, sample: [] })),
      actor.map((by): Asked => ({ type: 'decline-resolution', by, reason: 'not over' })),
      fc.constant<Asked>({ type: 'wake' }),
    ),
  ),
  { maxLength: 30 },
)
const opening = fc.constantFrom('red', 'amber', 'blue')

/** Two versions of the playbook; the second pages other roles, within other times. */
const services: readonly Service[] = ['One', 'Two'].map((team) => ({
  name: `of ${team}`,
  description: '',
  team,
  tier: null,
  labels: [],
  links: [],
}))
const versions: readonly [Playbook, Playbook] = [
  measuringPlaybook({ services, teams: [{ name: 'Two', description: '' }] }),
  {
    ...measuringPlaybook({ services: services.slice(1) }),
    digest: asId<PlaybookDigest>('d2'),
    severities: measuringPlaybook().severities.map((row) => ({
      ...row,
      responseMs: row.responseMs / 2,
      roles: row.id === 'red' ? ['Boss', 'Legal'] : row.id === 'blue' ? ['Ops'] : row.roles,
    })),
  },
]

interface Step {
  readonly playbook: Playbook
  readonly before: Incident
  readonly after: Incident
  readonly events: readonly IncidentEvent[]
  readonly keys: readonly string[]
  readonly wakeAt: number | null
  readonly now: number
}

/** Runs a history as the shell would: decide, then settle, at each instant. */
function run(first: string, asks: readonly (readonly [number, Asked])[]): Step[] {
  let playbook: Playbook = versions[0]
  const roster = testRoster()
  const steps: Step[] = []
  let incident = noIncident
  let now = T0
  const open: IncidentCommand = {
    type: 'open',
    id: ID,
    by: { kind: 'system', name: 's' },
    title: 't',
    summary: '',
    incidentType: null,
    sourceTeam: 'Two',
    severity: first,
    severityReason: '',
    private: false,
  }
  for (const [laterMs, ask] of [[0, open] as const, ...asks]) {
    now += laterMs
    const version = ask.type === 'move' ? versions[ask.to] : playbook
    const decision = decide(incident, toCommand(ask, incident), version, now)
    const before = incident
    const accepted = decision.kind === 'accepted' ? decision.events : []
    if (accepted.some((event) => event.type === 'incident.playbook-moved')) playbook = version
    const settled = settle(accepted.reduce(evolve, incident), playbook, roster, now)
    incident = settled.incident
    steps.push({
      playbook,
      before,
      after: incident,
      events: [...accepted, ...settled.events],
      keys: settled.acts.map((act) => act.key),
      wakeAt: settled.wakeAt,
      now,
    })
  }
  return steps
}

function toCommand(ask: Asked, incident: Incident): IncidentCommand {
  if (ask.type === 'move') return { type: 'move-playbook', by: OWN, playbook: versions[ask.to].digest, reason: 'newer' }
  if (ask.type !== 'outbox') return ask
  const page = incident.pages[ask.pick % Math.max(1, incident.pages.length)]
  const pages = page === undefined ? [] : [page.key]
  if (ask.outcome === 'handed') return { type: 'record-hand-over', pages, channel: 'email' }
  return {
    type: 'record-failure',
    pages,
    channel: ask.outcome === 'dead' ? 'email' : 'console',
    reason: 'no',
    final: ask.outcome === 'dead',
  }
}

function rankOf(id: string): number {
  return measuringPlaybook().severities.findIndex((row) => row.id === id)
}

function holds(check: (steps: readonly Step[]) => void): void {
  fc.assert(
    fc.property(opening, history, (first, asks) => check(run(first, asks))),
    { numRuns: RUNS },
  )
}

test('a plan that was carried out asks for nothing more at the same instant', () => {
  holds((steps) => {
    for (const step of steps) {
      expect(settle(step.after, step.playbook, testRoster(), step.now)).toMatchObject({ events: [], acts: [] })
    }
  })
})

test('every open incident that somebody still owes an answer has a next step', () => {
  holds((steps) => {
    for (const { after, wakeAt, now } of steps) {
      const unanswered = after.duties.some((duty) => duty.state === 'open')
      if (isOpen(after) && unanswered) {
        expect(wakeAt).not.toBeNull()
        expect(wakeAt).toBeGreaterThan(now)
      }
    }
  })
})

test('an open duty always has somebody being paged for it, or has used its last step and said so', () => {
  holds((steps) => {
    for (const { after } of steps) {
      for (const duty of after.duties) {
        if (duty.state === 'open') expect(after.pages.some((page) => page.duty === duty.id)).toBe(true)
        if (duty.state === 'exhausted')
          expect(after.notices.some((notice) => notice.key === `${duty.id}/exhausted`) || !isOpen(after)).toBe(true)
      }
    }
  })
})

test('no new page starts for a duty after its acknowledgement, its release or the resolution', () => {
  holds((steps) => {
    const ended = new Set<string>()
    for (const { events, after } of steps) {
      for (const event of events) {
        if (event.type === 'incident.acknowledged' || event.type === 'incident.duties-released')
          for (const duty of event.duties) ended.add(duty)
        if (event.type === 'incident.paged') for (const page of event.pages) expect(ended.has(page.duty)).toBe(false)
      }
      if (!isOpen(after)) expect(after.pages.some((page) => page.state === 'paging')).toBe(false)
    }
  })
})

test('no id names two duties', () => {
  holds((steps) => {
    for (const { after } of steps) expect(new Set(after.duties.map((duty) => duty.id)).size).toBe(after.duties.length)
  })
})

test('every role of the severity’s row has a duty, in the version that the incident runs by', () => {
  holds((steps) => {
    for (const { after, playbook } of steps) {
      if (!isOpen(after)) continue
      expect(after.playbook).toBe(playbook.digest)
      expect(after.team).toBe(teamOf(playbook, after))
      const { roles } = playbook.severities.find((row) => row.id === after.severity) ?? { roles: [] }
      for (const role of roles) expect(after.duties.some((duty) => duty.role === role && duty.state !== 'ended')).toBe(true)
    }
  })
})

test('no key names two acts', () => {
  holds((steps) => {
    const keys = steps.flatMap((step) => step.keys)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

test('a higher severity always begins duties of its own', () => {
  holds((steps) => {
    for (const { events, before, after } of steps) {
      const raised = events.filter((event) => event.type === 'incident.severity-changed' && event.raised)
      if (raised.length === 0) continue
      const known = new Set(before.duties.map((duty) => duty.id))
      const roles = raised.flatMap((event) => (event.type === 'incident.severity-changed' ? event.roles : []))
      for (const role of roles) expect(after.duties.some((duty) => duty.role === role && !known.has(duty.id))).toBe(true)
    }
  })
})

test('an open incident is never less severe than what is measured, unless a person has chosen by hand', () => {
  holds((steps) => {
    for (const { after, now } of steps) {
      if (!isOpen(after) || after.severityBasis === 'person') continue
      const met = severityOfImpact(measuringPlaybook(), after.impact, now)
      if (met !== null) expect(rankOf(after.severity)).toBeLessThanOrEqual(met.rank)
    }
  })
})

test('what is measured lowers a severity only after a person has measured, and never one that a person has chosen by hand', () => {
  holds((steps) => {
    let measuredByPerson = false
    let chosenByHand = false
    for (const event of steps.flatMap((step) => step.events)) {
      if (event.type === 'incident.impact-measured') measuredByPerson ||= event.by.kind === 'person'
      if (event.type !== 'incident.severity-changed') continue
      if (event.basis === 'impact') {
        expect(chosenByHand).toBe(false)
        if (!event.raised) expect(measuredByPerson).toBe(true)
      }
      chosenByHand ||= event.basis === 'person'
      measuredByPerson = false
    }
  })
})

test('one thing that is asked changes the severity once at most', () => {
  holds((steps) => {
    for (const { events } of steps) expect(events.filter((event) => event.type === 'incident.severity-changed').length).toBeLessThan(2)
  })
})

test('the severity always has a place in the playbook that says so, or a person’s own', () => {
  holds((steps) => {
    for (const { after } of steps) {
      const { severityBasis, severityClause } = after
      // In another version the threshold may not be met any more: then the row says it.
      if (severityBasis === 'impact') expect(severityClause).toMatch(/^severities\.\d(\.thresholds\.[a-z_]+)?$/)
      else expect(severityClause).toMatch(/^(default_severity|incident_types\.0\.severity|severities\.\d)$/)
    }
  })
})

test('every incident says what it still owes, each thing once, until it is closed', () => {
  holds((steps) => {
    for (const { after, now } of steps) {
      const owed = owedBy(after, measuringPlaybook(), now)
      // Where another goes on in its place, that one owes.
      if (after.phase !== 'closed' && after.mergedInto === null) expect(owed.length).toBeGreaterThan(0)
      expect(new Set(owed.map((item) => JSON.stringify(item))).size).toBe(owed.length)
    }
  })
})

test('events folded in any split, through JSON, give the same incident', () => {
  fc.assert(
    fc.property(opening, history, fc.array(fc.nat(200), { maxLength: 5 }), (first, asks, cuts) => {
      const events = run(first, asks).flatMap((step) => step.events)
      const whole = events.reduce(evolve, noIncident)
      let folded = noIncident
      events.forEach((event, index) => {
        if (cuts.includes(index)) folded = JSON.parse(JSON.stringify(folded))
        folded = evolve(folded, JSON.parse(JSON.stringify(event)))
      })
      expect(folded).toEqual(JSON.parse(JSON.stringify(whole)))
    }),
    { numRuns: RUNS },
  )
})

test('after a week of downtime only the step that is due is taken, not all that would have been', () => {
  fc.assert(
    fc.property(opening, fc.integer({ min: 1, max: 7 * 24 * 60 }), (first, downMinutes) => {
      const start = run(first, [])
      const pages = start.at(-1)?.after.pages.map((page) => page.key) ?? []
      const steps = run(first, [
        [SECOND_MS, { type: 'record-hand-over', pages, channel: 'email' }],
        [downMinutes * MINUTE_MS, { type: 'wake' }],
      ])
      const paged =
        steps
          .at(-1)
          ?.events.filter((event) => event.type === 'incident.paged')
          .flatMap((event) => (event.type === 'incident.paged' ? event.pages : [])) ?? []
      expect(new Set(paged.map((page) => page.duty)).size).toBe(
        new Set(paged.map((page) => `${page.duty} ${page.round}.${page.step}`)).size,
      )
    }),
    { numRuns: RUNS },
  )
})

test('one that was merged pages nobody, is not resolved, and takes nothing but what belongs to its record until it is undone', () => {
  fc.assert(
    fc.property(opening, history, (first, asks) => {
      for (const { before, after, events, keys } of run(first, asks)) {
        if (after.mergedInto === null) continue
        expect(isOpen(after)).toBe(false)
        expect(after.pages.filter((page) => page.state === 'paging')).toEqual([])
        expect(after.duties.filter((duty) => duty.state === 'open' || duty.state === 'exhausted')).toEqual([])
        if (before.mergedInto === null) continue
        expect(keys).toEqual([])
        expect(events.map((event) => event.type).filter((type) => /resolved|acknowledged|severity|paged|proposed/.test(type))).toEqual([])
      }
    }),
    { numRuns: RUNS },
  )
})

test('undoing a merge pages whoever had not answered, and nobody who had', () => {
  fc.assert(
    fc.property(opening, history, (first, asks) => {
      for (const { before, after, events } of run(first, asks)) {
        if (!events.some((event) => event.type === 'incident.unmerged')) continue
        const answered = before.duties.filter((duty) => duty.state === 'acknowledged').map((duty) => duty.id)
        expect(after.duties.filter((duty) => answered.includes(duty.id)).every((duty) => duty.state === 'acknowledged')).toBe(true)
        const owed = before.mergedInto?.roles ?? []
        for (const role of owed)
          expect(after.duties.some((duty) => duty.role === role && !before.duties.some((old) => old.id === duty.id))).toBe(true)
      }
    }),
    { numRuns: RUNS },
  )
})

test('nothing resolves by itself that no monitor watches, nor before it has been quiet and steady', () => {
  fc.assert(
    fc.property(opening, history, (first, asks) => {
      for (const { before, events, playbook, now } of run(first, asks)) {
        let then = before
        for (const event of events) {
          if (event.type === 'incident.resolved' && event.by.kind === 'system') {
            const { quietMs, flapping, automatic } = playbook.resolution
            expect(then.monitored).toBe(true)
            expect(then.greenSince === null ? null : now - then.greenSince >= quietMs).toBe(true)
            expect(then.turns.filter((turn) => turn > now - flapping.withinMs).length).toBeLessThan(flapping.changes)
            expect(automatic).toContain(then.severity)
          }
          then = evolve(then, event)
        }
      }
    }),
    { numRuns: RUNS },
  )
})

test('a resolution is proposed only while all is green, and a new fire takes the proposal back', () => {
  fc.assert(
    fc.property(opening, history, (first, asks) => {
      for (const { after } of run(first, asks)) if (after.proposal !== null) expect(after.greenSince).toBe(after.proposal.since)
    }),
    { numRuns: RUNS },
  )
})

test('one that a person keeps open is neither resolved by itself nor proposed before an alert has fired', () => {
  fc.assert(
    fc.property(opening, fc.oneof(quieting, history), (first, asks) => {
      for (const { before, after, events } of run(first, asks)) {
        const ended = events.findIndex(
          (event) => event.type === 'incident.resolution-proposed' || (event.type === 'incident.resolved' && event.by.kind === 'system'),
        )
        if (before.keptOpen !== null && ended !== -1) {
          // Only what makes it quiet anew comes before.
          expect(events.slice(0, ended).some(({ type }) => type === 'incident.turned-red')).toBe(true)
        }
        if (after.keptOpen !== null) expect([after.proposal, after.keptOpen.since]).toEqual([null, after.greenSince])
      }
    }),
    { numRuns: RUNS },
  )
})
