/** An explanation says what the engine would do: the same match, the same instants, lines that are really there. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsedPlaybooks } from '../../../../test/support/generated-playbook.ts'
import { own, testRoster } from '../../../../test/support/playbook.ts'
import { toSignal } from '../../alert/build.ts'
import type { Roster } from '../../oncall/roster.ts'
import { matcherOf } from '../match.ts'
import type { Playbook, SeverityRow } from '../playbook.ts'
import { openClauses } from './clause.ts'
import { explain, type Explanation } from './explain.ts'

const AT = 1_800_000_000_000

/** Nobody is scheduled: the owners hold every role. */
function rosterAt(at: number): Roster {
  return testRoster({ at, roles: {}, owners: [own] })
}

const signals = fc
  .record({
    alarm: fc.oneof(fc.constantFrom('API5xx', 'drift_psi', 'Crash', 'other', 'api5xx'), fc.string({ unit: 'binary' })),
    status: fc.constantFrom('firing' as const, 'firing' as const, 'resolved' as const),
    title: fc.oneof(fc.constant('Title'), fc.string({ unit: 'binary' })),
    value: fc.option(fc.double({ noNaN: true, min: -100, max: 100 })),
    labels: fc.dictionary(fc.constantFrom('env', 'service', '__proto__', 'constructor'), fc.string(), { maxKeys: 3 }),
  })
  .map(toSignal)

const asked = fc.record({ parsed: parsedPlaybooks, signal: signals, sourceKind: fc.constantFrom('json', 'sentry', 'prometheus') })

function run({ parsed, signal, sourceKind }: typeof asked extends fc.Arbitrary<infer One> ? One : never): {
  playbook: Playbook
  explanation: Explanation
} {
  const { text, playbook } = parsed
  const explanation = explain({
    playbook,
    clauses: openClauses(text),
    rosterAt,
    signal,
    sourceKind,
    sourceId: 's',
    sourceTeam: null,
    at: AT,
  })
  return { playbook, explanation }
}

test('the type, the group and the verdict are those of the matcher', () => {
  fc.assert(
    fc.property(asked, (given) => {
      const { playbook, explanation } = run(given)
      const match = matcherOf(playbook).match(given.signal, given.sourceKind)
      const { incident, considered, verdict } = explanation
      expect(incident === null).toBe(given.signal.status !== 'firing' || match.kind === 'below')
      if (incident !== null) expect(incident.type?.type.id ?? null).toBe(match.kind === 'type' ? match.type.id : null)
      if (match.kind === 'type') {
        expect(considered[0]).toMatchObject({ verdict: 'met', type: { id: match.type.id } })
        if (incident !== null) expect(incident.groupKey).toBe(match.groupKey)
      } else expect(considered.map((one) => one.verdict)).not.toContain('met')
      if (match.kind === 'none' || match.kind === 'fault') expect(considered.map((one) => one.verdict)).not.toContain('later')
      expect(verdict === 'below').toBe(match.kind === 'below' && given.signal.status === 'firing')
    }),
  )
})

/** When a step comes, added up from the waits before it. */
function instantsOf({ escalation, roles }: SeverityRow): number[] {
  if (roles.length === 0) return []
  const instants: number[] = []
  let at = 0
  for (let round = 0; round < escalation.rounds; round += 1) {
    for (const step of escalation.steps) {
      // Nobody is next: the step is passed over, and no wait of a group stands on it.
      if (step.page !== 'next') instants.push(at)
      if (step.page !== 'next' || step.waitMs > 0) at += step.page === 'next' ? 0 : step.waitMs
    }
  }
  return [...new Set(instants)]
}

test('pages come at the sums of the waits, for each role alike', () => {
  fc.assert(
    fc.property(asked, (given) => {
      const { incident } = run(given).explanation
      if (incident === null || incident.pagesCut) return
      const { row } = incident.severity
      for (const role of row.roles) {
        const told = [...new Set(incident.pages.filter((page) => page.role === role).map((page) => page.afterMs))]
        expect(told).toEqual(instantsOf(row))
      }
      expect(incident.end === null).toBe(row.roles.length === 0)
    }),
  )
})

test('every line that is given stands in the file, and says what it is quoted for', () => {
  fc.assert(
    fc.property(asked, (given) => {
      const lines = given.parsed.text.split('\n')
      const clauses = JSON.stringify(run(given).explanation).matchAll(/"clause":(\{"path":.*?\})/g)
      for (const [, json] of clauses) {
        const clause = JSON.parse(json ?? '') as { path: string; line: number | null; quote: string }
        expect(clause.path).not.toMatch(/undefined|-1/)
        if (clause.line !== null) expect(lines[clause.line - 1]).toContain(clause.quote.slice(0, 20))
      }
    }),
  )
})
