/** Playbooks of all shapes for property tests: generated as files, so that what the parser makes of them is sound. */
import fc from 'fast-check'
import type { PlaybookDigest } from '../../src/core/id.ts'
import { parsePlaybook } from '../../src/core/playbook/parse.ts'
import type { Playbook } from '../../src/core/playbook/playbook.ts'

const ROLES = ['DevSecOps', 'CTO', 'Security Officer', 'Product', 'Ops', 'Data']
const words = fc.array(fc.constantFrom('outage', 'drift', 'API', 'minor', 'users', 'db', '5xx', 'lambda', 'Müller', '>'), {
  minLength: 1,
  maxLength: 5,
})
const line = words.map((parts) => parts.join(' '))
const names = (count: { min: number; max: number }, prefix: string) =>
  fc
    .uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: count.min, maxLength: count.max })
    .map((list) => list.map((n) => `${prefix}${n}`))
const duration = (min: number, max: number) => fc.integer({ min, max }).map((minutes) => `${minutes} min`)
const roles = fc.subarray(ROLES, { minLength: 0, maxLength: 4 })
const perhaps = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

const page = fc.oneof(
  fc.constantFrom('on-call', 'next', 'owners'),
  fc.constantFrom(...ROLES).map((role) => ({ role })),
)
/** Shorter than any response time below. */
const escalation = fc.record({
  rounds: fc.integer({ min: 1, max: 4 }),
  steps: fc.array(fc.record({ page: fc.oneof(page, fc.array(page, { minLength: 1, maxLength: 3 })), wait: duration(1, 9) }), {
    minLength: 1,
    maxLength: 4,
  }),
})

const severity = fc.record({
  definition: line,
  example: perhaps(line),
  response_time: duration(10, 300),
  roles_paged: roles,
  acknowledgement: perhaps(fc.constantFrom('each', 'any')),
  escalation: perhaps(escalation),
  notify: perhaps(fc.subarray(ROLES, { maxLength: 2 })),
  thresholds: perhaps(
    fc.constantFrom<Record<string, unknown>>(
      { users_affected: '> 25 %' },
      { error_rate: ['> 50 % for 10 min', '> 90 %'] },
      { users_affected: '> 0 % and <= 25 %', latency_p95: '> 4 s' },
    ),
  ),
})

const detection = fc.record({
  alarm: fc.constantFrom('API5xx', 'drift_psi', 'Crash', 'Other'),
  sources: perhaps(fc.constantFrom('sentry', 'prometheus')),
  threshold: perhaps(fc.constantFrom('> 0.2', '<= 5', '>= 10')),
  when: perhaps(fc.constantFrom('has(signal.value)', '"env" in signal.labels && signal.labels["env"] == "prod"')),
})

const type = fc.record({
  title: line,
  detection: fc.array(detection, { maxLength: 3 }),
  measures: perhaps(fc.constantFrom('error_rate in %', 'latency_p95 in ms')),
  team: perhaps(fc.constantFrom('Payments', 'Search')),
  group_by: fc.subarray(['service', 'env'], { maxLength: 2 }),
  first_step: perhaps(line),
  immediate_mitigation: perhaps(fc.array(fc.oneof(line, fc.record({ title: line, action: fc.constant('act') })), { maxLength: 3 })),
  follow_up: perhaps(fc.array(line, { maxLength: 2 })),
})

const role = fc.record({
  title: line,
  responsibility: line,
  checklist: perhaps(fc.array(line, { maxLength: 2 })),
  held_by: perhaps(fc.subarray(ROLES, { maxLength: 3 })),
})

const audience = fc.record({
  audience: fc.constantFrom('Customers', 'Executives', 'Staff'),
  channels: fc.subarray(['Slack', 'Email', 'StatusPage'], { minLength: 1 }),
  frequency: fc.constantFrom('real-time', 'hourly', '30 min', '2 h'),
  content: perhaps(line),
})

const TEAMS = [{ name: 'Payments', description: 'Money' }, { name: 'Search' }]
const service = fc.record({
  description: perhaps(line),
  team: perhaps(fc.constantFrom('Payments', 'Search')),
  tier: perhaps(fc.integer({ min: 1, max: 3 })),
  labels: perhaps(fc.constantFrom<Record<string, unknown>>({ app: 'a' }, { app: ['b', 'c'], env: 'prod' })),
})
const sla = fc.record({
  customer: perhaps(fc.constantFrom('Acme', 'Globex')),
  objective: perhaps(fc.constantFrom('99.9 %', '99 %')),
  window: perhaps(fc.constantFrom('30 d', '7 d')),
})

const section = fc.record({ title: line, description: perhaps(line) })
const titled = fc.record({ title: line, text: line })

/** A file as data; JSON is YAML. */
const playbookFile = fc
  .record({
    ids: names({ min: 1, max: 5 }, 'SEV-'),
    typeIds: names({ min: 0, max: 6 }, 'type-'),
    roleIds: names({ min: 0, max: 4 }, 'role-'),
    ruleIds: names({ min: 0, max: 3 }, 'rule-'),
    services: fc.array(service, { maxLength: 3 }),
    slas: fc.array(sla, { maxLength: 2 }),
    severities: fc.array(severity, { minLength: 5, maxLength: 5 }),
    types: fc.array(fc.tuple(type, fc.nat(4)), { minLength: 6, maxLength: 6 }),
    roles: fc.array(role, { minLength: 4, maxLength: 4 }),
    rules: fc.array(titled, { minLength: 3, maxLength: 3 }),
    communication: fc.array(audience, { maxLength: 3 }),
    lifecycle: fc.array(fc.record({ phase: fc.constantFrom('detected', 'triaged', 'resolved'), title: line, description: perhaps(line) }), {
      maxLength: 3,
    }),
    sections: fc.array(section, { maxLength: 3 }),
    criteria: fc.array(line, { maxLength: 3 }),
    within: duration(60, 4_000),
    quiet: duration(1, 60),
    limit: fc.integer({ min: 1, max: 100 }),
    fallback: fc.nat(4),
    escalation: perhaps(escalation),
  })
  .map((parts) => {
    const idAt = (index: number): string => parts.ids[index % parts.ids.length] ?? ''
    return {
      metadata: {
        id: 'IRP-1',
        maintainer: { name: 'M', email: 'm@example.com' },
        last_review: '2026-01-01',
        next_review_due: '2026-04-01',
      },
      severities: parts.ids.map((id, index) => ({ id, ...parts.severities[index] })),
      default_severity: idAt(parts.fallback),
      ...(parts.escalation === undefined ? {} : { escalation: parts.escalation }),
      lifecycle: parts.lifecycle,
      resolution: {
        quiet: parts.quiet,
        automatic: [idAt(parts.fallback + 1)],
        propose: [idAt(parts.fallback)],
        flapping: { changes: 3, within: '1 h' },
      },
      incident_types: parts.typeIds.map((id, index) => {
        const [rest, at] = parts.types[index] ?? [{}, 0]
        return { id, severity: idAt(at), ...rest }
      }),
      roles: parts.roleIds.map((id, index) => ({ id, ...parts.roles[index] })),
      communication: parts.communication,
      post_mortem: { within: parts.within, sections: parts.sections },
      compliance: parts.ruleIds.map((id, index) => ({ id, ...parts.rules[index] })),
      pass_criteria: parts.criteria,
      slas: parts.slas.map((one, index) => ({
        title: `Promise ${index}`,
        severities: [idAt(index)],
        response_times: { [idAt(index)]: '300 min' },
        ...one,
      })),
      services: parts.services.map((one, index) => ({ name: `service-${index}`, ...one })),
      teams: TEAMS,
      limits: { new_incidents_per_minute: parts.limit, pages_per_person: { pages: 8, within: '20 min' } },
      grouping: { by: ['cluster'], window: '2 h' },
      heartbeats: [{ name: 'watch', interval: '5 min', grace: '90 s', alarm: 'Watchdog', labels: { cluster: 'eu' } }],
      muting: { reason_required: [idAt(parts.fallback)], never: [idAt(parts.fallback + 1)], max: '300 min' },
      inhibition: [{ source_matchers: ['alertname="Down"'], target_matchers: ['env="prod"'], equal: ['cluster'] }],
    }
  })

interface Parsed {
  readonly text: string
  readonly playbook: Playbook
}

/** A sound file as text, with the playbook that it is; some of what is generated is refused by the parser and left out. */
export const parsedPlaybooks: fc.Arbitrary<Parsed> = playbookFile
  .map((file) => {
    const text = JSON.stringify(file, null, 1)
    return { text, playbook: parsePlaybook(text, 'x' as PlaybookDigest).playbook }
  })
  .filter((parsed): parsed is Parsed => parsed.playbook !== null)

export const playbooks: fc.Arbitrary<Playbook> = parsedPlaybooks.map(({ playbook }) => playbook)
