/** What edits of the playbook that ships mean, word by word. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { PlaybookDigest } from '../../id.ts'
import { parsePlaybook } from '../parse.ts'
import type { Playbook } from '../playbook.ts'
import { diffPlaybooks } from './diff.ts'

const shipped = readFileSync(new URL('../../../../playbook/playbook.yaml', import.meta.url), 'utf8')

function parse(text: string): Playbook {
  const { playbook, findings } = parsePlaybook(text, 'x' as PlaybookDigest)
  if (playbook === null) throw new Error(`the edited playbook is not sound: ${JSON.stringify(findings)}`)
  return playbook
}

/** @param edits what stands in the file, and what takes its place, everywhere */
function tell(...edits: readonly (readonly [from: string, to: string])[]): string[] {
  let text = shipped
  for (const [from, to] of edits) {
    if (!text.includes(from)) throw new Error(`the file has no ${from}`)
    text = text.replaceAll(from, to)
  }
  return diffPlaybooks(parse(shipped), parse(text)).map(({ effect, sentence }) => `${effect}: ${sentence}`)
}

describe('the severity matrix', () => {
  test('a shorter response time is told with the waits that are shares of it, as instants', () => {
    expect(tell(['response_time: 5 min', 'response_time: 3 min'])).toEqual([
      'pages-more: SEV-1 pages DevSecOps, CTO and Security Officer again after 72 s now, before after 2 min',
      'pages-more: SEV-1 now pages who is next on call after 72 s instead of after 2 min',
      'pages-more: SEV-1 now pages the owners after 2 min 24 s instead of after 4 min',
      'owes-more: SEV-1 must be answered within 3 min, before 5 min',
    ])
  })

  test('a role that moves from the row into the escalation is paged later, not gone', () => {
    const escalation = `escalation: { rounds: 1, steps: [{ page: on-call, wait: 10 min }, { page: owners, wait: 5 min }, { page: { role: Product }, wait: 5 min }] }`
    const told = tell(['roles_paged: [DevSecOps, Product]', `roles_paged: [DevSecOps]\n    ${escalation}`])
    expect(told).toContain('pages-less: SEV-2 now pages Product after 15 min instead of at once')
    expect(told).toContain('pages-less: SEV-2 no longer pages who is next on call, before after 6 min')
  })

  test('a row that pages nobody any more says so once', () => {
    expect(tell(['roles_paged: [Product]', 'roles_paged: []'])).toContain(
      'pages-less: SEV-3 pages nobody now and waits in the queue, before Product at once, who is next on call after 24 min, the owners after 48 min',
    )
  })

  test('a new row is told with whom it pages and where it stands', () => {
    const row = '  - id: SEV-0\n    definition: All is lost\n    response_time: 1 min\n    roles_paged: [CTO]\n'
    expect(tell(['  - id: SEV-1\n', `${row}  - id: SEV-1\n`])).toEqual([
      'pages-more: New severity SEV-0 above SEV-1 pages CTO at once, who is next on call after 24 s, the owners after 48 s, to be answered within 1 min',
      'owes-more: Internal Stakeholders hear of SEV-0 too',
    ])
  })

  test('one edit of the common escalation is told for each row that pages, and for no other', () => {
    const told = tell(['wait: 40 % of response', 'wait: 60 % of response'])
    expect(told).toContain('pages-less: SEV-2 now pages the owners after 18 min instead of after 12 min')
    expect(told.filter((sentence) => sentence.includes('SEV-4'))).toEqual([])
  })

  test('an edit of rounds is told as how often people are paged', () => {
    expect(tell(['rounds: 3', 'rounds: 2'])).toContain(
      'pages-less: SEV-1 pages DevSecOps, CTO and Security Officer 4 times now, before 6 times',
    )
  })

  test('one acknowledgement for all pages less than one each', () => {
    expect(tell(['roles_paged: [Product]', 'roles_paged: [Product]\n    acknowledgement: any'])).toEqual([
      'pages-less: The first acknowledgement of a SEV-3 ends the pages of all its roles now, before each role its own',
    ])
  })

  test('the default severity is what unmatched signals get, so a milder one pages less', () => {
    expect(tell(['default_severity: SEV-2', 'default_severity: SEV-3'])).toEqual([
      'pages-less: What no incident type knows is SEV-3 now, before SEV-2',
    ])
  })

  test('where the row pages nobody, its response time is how long it waits', () => {
    expect(tell(['response_time: 24 h', 'response_time: 12 h'])).toEqual([
      'owes-more: SEV-4 may wait 12 h in the queue until somebody is told, before 24 h',
    ])
  })
})

describe('names', () => {
  test('a duty role renamed everywhere is told once', () => {
    expect(tell(['Product', 'Product Manager'])).toEqual([
      'behaviour: Duty role Product is called Product Manager now (renamed everywhere); who holds it is looked up in oncall.yaml by the new name',
    ])
  })

  test('two roles that stand in the same rows keep apart when both are renamed', () => {
    expect(
      tell(
        ['[DevSecOps, CTO, Security Officer]', '[DevSecOps, Head of Engineering, CISO]'],
        ['CTO', 'Head of Engineering'],
        ['Security Officer', 'CISO'],
      ),
    ).toEqual([
      expect.stringContaining('Duty role CTO is called Head of Engineering now (renamed everywhere)'),
      expect.stringContaining('Duty role Security Officer is called CISO now (renamed everywhere)'),
    ])
  })

  test('a role that takes the place of another in one row only is another role', () => {
    expect(tell(['roles_paged: [Product]', 'roles_paged: [Support]'])).toEqual([
      'pages-less: SEV-3 no longer pages Product, before at once',
      'pages-more: SEV-3 pages Support at once now, before not at all',
    ])
  })

  test('severities renamed everywhere are told once each', () => {
    expect(tell(['SEV-', 'P'])).toEqual([1, 2, 3, 4].map((n) => `wording: Severity SEV-${n} is called P${n} now`))
  })

  test('an incident type with another key warns of the incidents that are open', () => {
    expect(tell(['id: model-drift', 'id: drift'])).toEqual([
      'behaviour: Incident type model-drift is called drift now; incidents that are open under the old name take no new alerts of it',
    ])
  })
})

describe('incident types', () => {
  test('an alarm that is no longer listened to is told with what becomes of it', () => {
    expect(tell(['- alarm: API5xxAlarm', '- alarm: Api5xxV2'])).toEqual([
      'pages-otherwise: "API 5xx Spike" is detected by Api5xxV2 now',
      'pages-otherwise: "API 5xx Spike" is no longer detected by API5xxAlarm; such a signal is triaged as SEV-2 now',
    ])
  })

  test('a higher threshold opens less', () => {
    expect(tell([`'> 0.2'`, `'> 0.3'`])).toEqual([
      'pages-less: "Model Drift" is detected by drift_psi > 0.3 now, before by drift_psi > 0.2',
    ])
  })

  test('a milder severity is judged by whom both rows page', () => {
    expect(tell(['title: Model Drift\n    severity: SEV-2', 'title: Model Drift\n    severity: SEV-3'])).toEqual([
      'pages-less: "Model Drift" is SEV-3 now, before SEV-2',
    ])
  })

  test('a fifth type is told with what opens it', () => {
    const type = '  - title: Disk Full\n    severity: SEV-3\n    detection: [{ alarm: DiskFull, threshold: "> 95" }]\n'
    expect(tell(['# 5  Communication plan', `${type}\n# 5  Communication plan`])).toEqual([
      'pages-less: New incident type "Disk Full" is SEV-3, detected by DiskFull > 95',
    ])
  })

  test('texts that only people read are wording', () => {
    expect(tell(['Switch to last stable model version', 'Switch to the model of last week'])).toEqual([
      'wording: "Model Drift": what the page says to do first reads "Switch to the model of last week" now, before "Switch to last stable model version"',
      'wording: "Model Drift": the mitigation has "Switch to the model of last week" now, and no longer has "Switch to last stable model version"',
    ])
  })
})

describe('what is measured, promised and owned', () => {
  test('a threshold of the matrix is told with its measure and units', () => {
    expect(tell([`users_affected: '> 25 %'`, `users_affected: '> 30 %'`])).toContain(
      'pages-otherwise: SEV-1 begins at users affected > 30 % now, before > 25 %',
    )
    expect(tell([`latency_p95: '> 4 s'`, `latency_p99: '> 4 s'`])).toEqual([
      'pages-otherwise: SEV-2 begins at latency p99 > 4 s now, before at none',
      'pages-otherwise: SEV-2 no longer begins at latency p95 > 4 s',
    ])
  })

  test('a promise is told with what it promises', () => {
    const sla = (objective: string): string =>
      `slas:\n  - { id: a, title: Uptime, objective: ${objective}, window: 30 d, response_times: { SEV-1: 15 min } }\n`
    const before = parse(`${shipped}\n${sla('99.5 %')}`)
    const told = (after: Playbook): string[] => diffPlaybooks(before, after).map(({ effect, sentence }) => `${effect}: ${sentence}`)
    expect(told(parse(`${shipped}\n${sla('99.9 %')}`))).toEqual([
      'owes-more: The promise "Uptime" is to everybody, up 99.9 % of 30 d and SEV-1 answered within 15 min now, before to everybody, up 99.5 % of 30 d and SEV-1 answered within 15 min',
    ])
    expect(told(parse(shipped))[0]).toMatch(/^owes-less: There is no promise "Uptime" any more/)
  })

  test('a service that another team owns pages other people', () => {
    const owned = (team: string): string =>
      `teams: [{ name: Payments }, { name: Search }]\nservices:\n  - { name: checkout, team: ${team} }\n`
    const told = diffPlaybooks(parse(`${shipped}\n${owned('Payments')}`), parse(`${shipped}\n${owned('Search')}`))
    expect(told.map(({ effect, sentence }) => `${effect}: ${sentence}`)).toEqual([
      'pages-otherwise: checkout is of team Search now, before of team Payments: its roles resolve through the team',
    ])
  })
})

describe('the rest of the document', () => {
  test('the communication plan: how often, and of which incidents', () => {
    expect(
      tell(['frequency: hourly', 'frequency: 2 h'], ['severities: [SEV-1]\n    frequency', 'severities: [SEV-1, SEV-2]\n    frequency']),
    ).toEqual(['owes-less: Executives hear every 2 h now, before every 1 h', 'owes-more: Executives hear of SEV-2 too'])
  })

  test('post-mortem, review, resolution and limits', () => {
    expect(
      tell(
        ['within: 48 h', 'within: 72 h'],
        [`next_review_due: '2025-09-06'`, `next_review_due: '2026-09-06'`],
        ['quiet: 5 min', 'quiet: 10 min'],
        ['new_incidents_per_minute: 20', 'new_incidents_per_minute: 10'],
      ),
    ).toEqual([
      'pages-less: A source may open 10 incidents in a minute now, before 20; what is more joins one storm incident',
      'owes-less: The next review is due on 2026-09-06, before on 2025-09-06',
      'owes-less: A post-mortem is due 72 h after the resolution, before 48 h',
      'behaviour: An incident counts as green when its alerts have been clear for 10 min, before 5 min',
    ])
  })

  test('texts are told as they read before and now', () => {
    expect(tell(['Security Lead files within 72 h if PII/PHI exposed.', 'Security Lead files within 24 h if PII/PHI exposed.'])).toEqual([
      'wording: The rule GDPR / HIPAA Breach Notification reads "Security Lead files within 24 h if PII/PHI exposed." now, before "Security Lead files within 72 h if PII/PHI exposed."',
    ])
  })

  test('long texts are cut around the place where they differ', () => {
    const long = 'Everybody who has been told of it writes down what they know. '.repeat(3)
    const [told] = tell(['Investigate logs', `${long}Investigate logs`])
    expect(told?.length).toBeLessThan(300)
    const edit = diffPlaybooks(
      parse(shipped.replace('Informational', `${long}One.`)),
      parse(shipped.replace('Informational', `${long}Two.`)),
    )
    expect(edit.map(({ sentence }) => sentence)).toEqual([
      'SEV-4: the definition reads "…down what they know. Two." now, before "…down what they know. One."',
    ])
  })
})
