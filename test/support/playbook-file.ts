/** Generated playbook files: every key of the language, texts as people write them and as nobody should. */
import fc from 'fast-check'
import type { PlaybookFile } from '../../src/core/playbook/schema.ts'

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'a | b | c',
  '`code` and ``more``',
  '```\nfence',
  '# heading',
  '---',
  '> quote',
  '- item\n- item',
  '[link](javascript:alert(1))',
  '![x](http://x/y.png)',
  '&lt;b&gt; &amp; &#x3c;',
  '**bold** _em_ ~~no~~',
  'line\nbreak',
  '\\| \\\\',
  '<!-- comment',
  '<!-- comment -->',
  'trailing \\',
  '  spaced  out  ',
  'tab\tbed',
  'line\u2028separator\ue000\u0085',
  'SEV-1 hourly; SEV-2 daily',
  '1. one 2. two',
  'null',
  'yes',
  '2025-01-01',
  '{a: 1}',
  "it's “quoted” – so",
  'שלום עולם',
  '日本語 ✓ 🚨',
  'https://example.com/a_b*c',
  'a: b #c',
  'N/A',
  '—',
]

const PLAIN = [
  'Outage or major data breach; >25 % users impacted',
  'Degraded service',
  'API 5xx > 50 % for 10 min',
  'Revert to the previous version',
  'restart the pods',
  'Notify Data Science; throttle responses',
  'Severity, impact, ETA',
  'Assign roles, maintain timeline',
  'Within 48 h',
]

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,11}$/)
const anyText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 24 })

/** Something must be left when the edges are trimmed, as the schema does. */
const line = fc
  .oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PLAIN) },
    { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
    { weight: 2, arbitrary: anyText },
  )
  .filter((text) => text.trim() !== '' && !text.includes('\u0000'))
const text = fc.oneof(line, fc.constant(''))
const name = fc
  .oneof(
    { weight: 4, arbitrary: fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')) },
    { weight: 1, arbitrary: line },
  )
  .filter((one) => one.trim() !== '' && one.length <= 100)
const duration = fc.constantFrom('5 min', '15 min', '1 h', '24 h', '30-min', '1h30', 'PT15M', '90 s', '2 d', '1 h 30 min', '1.5 h')
const day = fc
  .date({ min: new Date('2026-01-05T00:00:00Z'), max: new Date('2090-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))

function oneOrMany<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | Value[]> {
  return fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }))
}

function some<Shape extends Record<string, fc.Arbitrary<unknown>>>(shape: Shape, required: readonly (keyof Shape)[]) {
  return fc.record(shape, { requiredKeys: [...required] as never })
}

const FAMILIES = [
  ['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4'],
  ['P1', 'P2', 'P3', 'P4', 'P5'],
  ['SEV0', 'SEV1', 'SEV2'],
  ['Critical', 'High', 'Medium', 'Low'],
  ['red', 'amber'],
  ['SEV‑1'],
] as const

const dutyRole = fc.constantFrom('DevSecOps', 'CTO', 'Security Officer', 'Product', 'On-call engineer', 'Legal & Compliance', 'A, B', 'x|y')

const page = fc.oneof(fc.constantFrom('on-call' as const, 'next' as const, 'owners' as const), fc.record({ role: dutyRole }))
const escalation = some(
  {
    rounds: fc.integer({ min: 1, max: 5 }),
    steps: fc.array(fc.record({ page: oneOrMany(page), wait: fc.constantFrom('40 % of response', '20 % of response', '1 min') }), {
      minLength: 1,
      maxLength: 3,
    }),
  },
  ['steps'],
)

const thresholds = some(
  {
    users_affected: fc.constantFrom('> 25 %', '> 0 % and <= 25 %'),
    error_rate: fc.constantFrom('> 50 % for 10 min', '> 5 %'),
    latency_p95: fc.constant('> 4 s'),
  },
  [],
)

function severityRow(id: string) {
  return some(
    {
      id: fc.constant(id),
      definition: line,
      example: text,
      thresholds,
      response_time: duration,
      roles_paged: fc.uniqueArray(dutyRole, { maxLength: 3 }),
      acknowledgement: fc.constantFrom('each' as const, 'any' as const),
      escalation,
      notify: fc.uniqueArray(dutyRole, { maxLength: 2 }),
    },
    ['id', 'definition', 'response_time', 'roles_paged'],
  )
}

const CONDITIONS = [
  'signal.alarm == "x"',
  '"env" in signal.labels && signal.labels["env"] == "a|b"',
  'has(signal.value) && signal.value > 3.0',
]

const detection = some(
  {
    alarm: fc.oneof(fc.constantFrom('API5xxAlarm', 'drift_psi', 'a b', 'x`y', '> 5', 'a|b'), word),
    sources: oneOrMany(fc.constantFrom('sentry', 'prometheus', 'grafana', 'my-checks')),
    threshold: fc.constantFrom('> 0.2', '>= 99', '< 5'),
    when: fc.constantFrom(...CONDITIONS),
  },
  [],
)

function incidentType(ids: readonly string[]) {
  return some(
    {
      id: word.map((one) => one.toLowerCase()),
      title: name,
      severity: fc.constantFrom(...ids),
      detection: fc.array(detection, { maxLength: 3 }),
      group_by: fc.array(word, { maxLength: 2 }),
      team: fc.constant('Payments'),
      first_step: text,
      immediate_mitigation: oneOrMany(fc.oneof(line, some({ title: line, action: name }, ['title']))),
      follow_up: oneOrMany(line),
    },
    ['title', 'severity'],
  )
}

const section = fc.constantFrom(
  'metadata' as const,
  'severities' as const,
  'lifecycle' as const,
  'incident_types' as const,
  'communication' as const,
  'roles' as const,
  'post_mortem' as const,
  'compliance' as const,
)

const MARKDOWN = [
  'Plain words.',
  '- one\n- two',
  '1. one\n2. two',
  '| Contact | Phone |\n| --- | --- |\n| Ada | 1 |',
  '### Deeper\n\nwords',
  '## A section\n\nof its own',
  '```\nnot closed',
  '```yaml tocsin\nmetadata: { id: stolen }\n```',
  '## Engine Settings\n\n```yaml tocsin\ndefault_severity: stolen\n```',
  '<details>\n<b>x</b>\n</details>',
  '    indented code',
  '[a]: https://example.com\n\n[a]',
  '> quote\n\ntwo   \nlines',
  '## 2 Severity Matrix\n\n| Severity | Definition |\n| --- | --- |\n| SEV-9 | stolen |',
  'Owner: thief@example.com',
]
const prose = fc.oneof(
  fc.constantFrom(...MARKDOWN),
  fc.array(fc.constantFrom(...MARKDOWN), { maxLength: 3 }).map((parts) => parts.join('\n\n')),
  line,
)

/** As a file is written, before it is checked: some are refused (two types of one id), so ask `parsePlaybook` first. */
export function playbookFiles(): fc.Arbitrary<PlaybookFile> {
  return fc.constantFrom(...FAMILIES).chain((family) =>
    fc.integer({ min: 1, max: family.length }).chain((count) => {
      const ids = family.slice(0, count)
      const severities = fc.tuple(...ids.map((id) => severityRow(id)))
      const severityList = fc.subarray([...ids], { minLength: 1 })
      return some(
        {
          schema_version: fc.constant(1 as const),
          metadata: fc.record({
            id: fc.oneof(fc.constant('IRP-2026-01'), name),
            maintainer: some({ name, email: fc.constantFrom('security@example.com', 'Jane.Doe@example.org') }, ['email']),
            last_review: fc.constantFrom('2024-02-29', '2026-01-05'),
            next_review_due: day,
          }),
          severities,
          default_severity: fc.constantFrom(...ids),
          escalation,
          lifecycle: fc.array(
            some(
              {
                phase: fc.constantFrom(
                  'detected' as const,
                  'triaged' as const,
                  'mitigating' as const,
                  'communication' as const,
                  'resolved' as const,
                  'reviewed' as const,
                  'closed' as const,
                ),
                title: name,
                description: text,
              },
              ['phase', 'title'],
            ),
            { maxLength: 4 },
          ),
          resolution: some({ quiet: duration, automatic: severityList, flapping: fc.constant({ changes: 5, within: '1 h' }) }, []),
          grouping: some({ by: fc.array(word, { maxLength: 2 }), window: duration }, []),
          heartbeats: fc.array(
            some(
              {
                name: fc.constant('watch'),
                interval: fc.constantFrom('5 min', '1 d'),
                grace: duration,
                description: line,
                alarm: fc.constant('Watchdog'),
                labels: fc.dictionary(word, word, { maxKeys: 2 }),
              },
              ['name', 'interval'],
            ),
            { maxLength: 1 },
          ),
          incident_types: fc.array(incidentType(ids), { maxLength: 4 }),
          communication: fc.array(
            some(
              {
                audience: name,
                channels: oneOrMany(name),
                severities: severityList,
                frequency: fc.oneof(fc.constantFrom('real-time', 'Hourly', 'daily', 'every 30 min'), duration),
                content: text,
              },
              ['audience', 'channels', 'frequency'],
            ),
            { maxLength: 3 },
          ),
          roles: fc.array(
            some(
              {
                id: word.map((one) => one.toLowerCase()),
                title: fc.oneof(fc.constantFrom('Incident Commander', 'Scribe', 'Incident Manager', 'Security Lead'), name),
                responsibility: line,
                checklist: fc.array(line, { maxLength: 2 }),
                held_by: oneOrMany(dutyRole),
              },
              ['title', 'responsibility'],
            ),
            { maxLength: 4 },
          ),
          post_mortem: some(
            {
              within: duration,
              severities: severityList,
              sections: fc.array(some({ title: name, description: text }, ['title']), { maxLength: 3 }),
            },
            ['within'],
          ),
          compliance: fc.array(some({ id: word.map((one) => one.toLowerCase()), title: name, text: line }, ['title', 'text']), {
            maxLength: 3,
          }),
          pass_criteria: fc.array(line, { maxLength: 3 }),
          teams: fc.constant([{ name: 'Payments' }]),
          services: fc.constant([{ name: 'checkout', team: 'Payments', tier: 1 }]),
          limits: some(
            { new_incidents_per_minute: fc.integer({ min: 1, max: 100 }), pages_per_person: fc.constant({ pages: 9, within: '15 min' }) },
            [],
          ),
          muting: some({ reason_required: severityList, max: duration, never: severityList, notice_before: duration }, []),
          inhibition: fc.array(
            some(
              {
                name,
                source_matchers: fc.constant(['alertname="Down"']),
                target_matchers: fc.constant(['env=~"a|b"', 'alertname!="Down"']),
                equal: fc.array(word, { maxLength: 2 }),
              },
              ['source_matchers', 'target_matchers'],
            ),
            { maxLength: 1 },
          ),
          document: some(
            {
              title: line,
              sections: fc.array(fc.record({ section, title: fc.oneof(line, fc.constantFrom('Severities', 'Who does what')) }), {
                maxLength: 3,
              }),
            },
            [],
          ),
          prose: fc.array(
            fc.oneof(
              some({ before: section, text: prose }, ['before', 'text']),
              some({ after: fc.oneof(section, fc.constant('start' as const)), title: line, text: prose }, ['after']),
            ),
            { maxLength: 4 },
          ),
        },
        ['metadata', 'severities', 'default_severity', 'incident_types', 'teams'],
      ) as unknown as fc.Arbitrary<PlaybookFile>
    }),
  )
}
