/**
 * Inhibition as Alertmanager has it: while an alert fires that the source matchers fit, alerts that the target matchers
 * fit and whose `equal` labels are the same are held. An alert that both sides fit is held by none that both sides fit,
 * so that nothing holds itself. Source: Alertmanager's documentation, "inhibit_rule" (read 2026-11-24).
 */
import { type CompiledMatcher, compileMatchers, type Matcher, matchesAll } from './matcher.ts'
import { type HoldSubject, valueOf } from './subject.ts'

export interface InhibitionRule {
  /** Tells it from the others. */
  readonly name: string
  readonly source: readonly Matcher[]
  readonly target: readonly Matcher[]
  /** Labels that both must have alike; one that neither has is alike. */
  readonly equal: readonly string[]
}

/** One side of one rule, as an alert is on it. */
export interface Side {
  readonly rule: string
  /** Values of the rule's `equal` labels, as text. */
  readonly key: string
  /** It is on the other side too. */
  readonly both: boolean
}

export interface Inhibition {
  readonly names: readonly string[]
  /** Whether any rule asks for the incident type: only then must it be known. */
  readonly asksForType: boolean
  /** Rules whose source it is, while it fires. */
  readonly sourcesOf: (subject: HoldSubject) => readonly Side[]
  /** Of all rules, or of those, the ones that hold it while their source fires. */
  readonly targetsOf: (subject: HoldSubject, of?: ReadonlySet<string>) => readonly Side[]
}

interface CompiledRule {
  readonly rule: InhibitionRule
  readonly source: readonly CompiledMatcher[]
  readonly target: readonly CompiledMatcher[]
}

/** A key longer than this is no key: then the whole is hashed by the caller's table anyway. */
const KEY_CHARS_MAX = 2_000

/** @throws when a matcher does not compile: `parsePlaybook` has refused such a playbook */
export function compileInhibition(rules: readonly InhibitionRule[]): Inhibition {
  const compiled = rules.map((rule): CompiledRule => ({ rule, source: compileSide(rule.source), target: compileSide(rule.target) }))
  const sides = (subject: HoldSubject, side: 'source' | 'target', other: 'source' | 'target', of?: ReadonlySet<string>) => {
    const look = (name: string) => valueOf(subject, name)
    const found: Side[] = []
    for (const entry of compiled) {
      if (of?.has(entry.rule.name) === false || !matchesAll(entry[side], look)) continue
      const key = JSON.stringify(entry.rule.equal.map(look)).slice(0, KEY_CHARS_MAX).toWellFormed()
      found.push({ rule: entry.rule.name, key, both: matchesAll(entry[other], look) })
    }
    return found
  }
  return {
    names: rules.map((rule) => rule.name),
    asksForType: rules.some(({ source, target, equal }) => [...[...source, ...target].map(({ name }) => name), ...equal].includes('type')),
    sourcesOf: (subject) => sides(subject, 'source', 'target'),
    targetsOf: (subject, of) => sides(subject, 'target', 'source', of),
  }
}

function compileSide(matchers: readonly Matcher[]): readonly CompiledMatcher[] {
  const compiled = compileMatchers(matchers)
  if (compiled.kind === 'fault') throw new Error(`an inhibition rule does not compile: ${compiled.message}`)
  return compiled.matchers
}
