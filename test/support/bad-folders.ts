/**
 * A playbook folder without a finding, and for each code of a finding how to break it, where the finding must stand, what it
 * must say is to be done, and what the folder is like when that was done.
 */
import { ALIASES_MAX } from '../../src/core/playbook/document.ts'
import type { FindingCode } from '../../src/core/playbook/finding-code.ts'

export const GOOD_PLAYBOOK = `# A company's playbook.
schema_version: 1
metadata:
  id: IRP-1
  maintainer: { name: Security, email: security@example.com }
  last_review: '2026-10-01'
  next_review_due: '2027-01-01'
severities:
  - id: SEV-1
    definition: Down
    thresholds:
      users_affected: '> 25 %'
    response_time: 5 min
    roles_paged: [Ops, Lead]
  - id: SEV-2
    definition: Slow
    thresholds:
      users_affected: '> 0 % and <= 25 %'
    response_time: 15 min
    roles_paged: [Ops]
  - id: SEV-3
    definition: Noise
    response_time: 24 h
    roles_paged: []
default_severity: SEV-2
escalation:
  rounds: 3
  steps:
    - page: on-call
      wait: 40 % of response
    - page: [on-call, next]
      wait: 40 % of response
    - page: owners
      wait: 20 % of response
resolution:
  quiet: 90 s
incident_types:
  - title: API Spike
    severity: SEV-1
    detection:
      - alarm: Spike
    measures: users_affected in %
    immediate_mitigation:
      - title: Revert
        action: 'deploy:revert'
  - title: Model Drift
    severity: SEV-2
    team: Payments
    detection:
      - alarm: drift
        sources: [prometheus]
        threshold: '> 0.2'
        when: '"env" in signal.labels && signal.labels["env"] == "prod"'
communication:
  - audience: Staff
    channels: 'Slack #ops'
    severities: [SEV-1]
    frequency: 30 min
    content: What is known
roles:
  - title: Incident Commander
    responsibility: Decides
    held_by: [Ops, Lead]
  - title: Security Lead
    responsibility: Files notices
    held_by: [Lead]
post_mortem:
  within: 48 h
  severities: [SEV-1]
compliance:
  - title: Breach Notification
    text: Security Lead files within 72 h.
slas:
  - title: Shops
    services: [checkout]
    objective: 99.9 %
    severities: [SEV-1]
    response_times: { SEV-1: 15 min }
services:
  - name: checkout
    team: Payments
    links: [{ title: Runbook, url: 'https://wiki.example.com' }]
teams:
  - name: Payments
`

export const GOOD_ONCALL = `people:
  - name: Ann
    email: ann@example.com
    zone: Europe/Berlin
    channels: [email, 'webhook:pager']
    quiet_hours: [{ from: '23:00', to: '06:00' }]
  - name: Ben
    email: ben@example.com
    channels: ['webhook:pager']
schedules:
  - role: Ops
    zone: Europe/Berlin
    layers:
      - members: [ann@example.com, ben@example.com]
        turn: 1 week
        start: '2026-01-05'
        handoff: '09:00'
  - role: Lead
    on_call: ben@example.com
`

export const GOOD_CONNECTIONS = `connections:
  - name: pager
    kind: webhook
    url: https://pager.example.com/hook
    secret_env: PAGER_SECRET
  - name: deploy
    kind: webhook
    url: https://deploy.example.com/hook
    secret_env: DEPLOY_SECRET
  - name: slack
    kind: webhook
    url: https://hooks.example.com/slack
    secret_file: /run/secrets/slack
`

/** When all of this is linted; the review is due in five weeks. */
export const BAD_FOLDER_NOW = Date.UTC(2026, 10, 24, 12)

/** Where a file should be, a folder is. */
const A_FOLDER = { folder: true } as const
export type Content = string | Uint8Array | typeof A_FOLDER | null

export function isFolder(content: Content): content is typeof A_FOLDER {
  return content === A_FOLDER
}

type BadFile = 'playbook.yaml' | 'oncall.yaml' | 'connections.yaml'
/** A stretch that stands in the file once or is meant where it first stands, and what stands there instead. */
type Edit = readonly [from: string, to: string]

export interface BadFolder {
  readonly file: BadFile
  /** Edits of the good file, or the whole of another; null: the file is not there. */
  readonly bad: readonly Edit[] | { readonly text: Content }
  /** The file that the finding is of, where that is another one. */
  readonly found?: BadFile
  /** What the place points at begins so; left out: line 1, column 1. */
  readonly at?: string
  /** Part of what the finding says is to be done. */
  readonly says: string | RegExp
  /** What doing it makes of the broken file; left out: the good file is put there. */
  readonly mend?: readonly Edit[]
  /** What doing it takes outside of the file. */
  readonly outside?: 'secrets' | 'mail'
}

const playbook = (
  bad: readonly Edit[],
  at: string,
  says: string | RegExp,
  mend: readonly Edit[],
  more: Partial<BadFolder> = {},
): BadFolder => ({
  file: 'playbook.yaml',
  bad,
  at,
  says,
  mend,
  ...more,
})
const onCall = (
  bad: readonly Edit[],
  at: string,
  says: string | RegExp,
  mend: readonly Edit[],
  more: Partial<BadFolder> = {},
): BadFolder => ({
  ...playbook(bad, at, says, mend, more),
  file: 'oncall.yaml',
})
const connections = (
  bad: readonly Edit[],
  at: string,
  says: string | RegExp,
  mend: readonly Edit[],
  more: Partial<BadFolder> = {},
): BadFolder => ({
  ...playbook(bad, at, says, mend, more),
  file: 'connections.yaml',
})

const BOMB = `a: &a [${'x,'.repeat(20)}x]\nb: &b [${'*a,'.repeat(20)}*a]\nc: [${'*b,'.repeat(20)}*b]\n`
export const OLD_PLAYBOOK = `playbook:
  id: IRP-1
  maintainer: security@example.com
  last_reviewed: '2026-10-01'
  review_due: '2027-01-01'
severity_matrix:
  - { severity: SEV-1, definition: Down, response: 5 min, page: [Ops, Lead] }
unclassified: SEV-1
incidents:
  - { incident: API Spike, severity: SEV-1, signal: Spike, mitigation: Revert }
responsibilities:
  - { role: Incident Commander, responsibility: Decides }
`
const SECOND_TYPE = `  - title: Twin
    severity: SEV-2
    detection: [{ alarm: Spike }]
`
const beforeCommunication = (text: string): Edit => ['communication:', `${text}communication:`]
const tooManyRounds: Edit = ['rounds: 3', 'rounds: 1000']

/** At least one for each code. */
export const BAD_FOLDERS: Readonly<Record<FindingCode, readonly BadFolder[]>> = {
  'file-missing': [{ file: 'playbook.yaml', bad: { text: null }, says: 'Copy the one that ships' }],
  'file-unreadable': [{ file: 'oncall.yaml', bad: { text: A_FOLDER }, says: 'Let the user that runs Tocsin read the file' }],
  'file-too-large': [
    { file: 'playbook.yaml', bad: { text: '# a line of prose\n'.repeat(60_000) }, says: 'Split prose out of it.' },
    { file: 'playbook.yaml', bad: { text: 'x'.repeat(50_000_000) }, says: 'Move prose into documents of its own' },
  ],
  'not-utf-8': [{ file: 'connections.yaml', bad: { text: new Uint8Array([0x61, 0xff, 0xfe]) }, says: 'Save the file as UTF-8' }],
  'yaml-syntax': [
    playbook([['definition: Down', 'definition: Down: all of it']], 'Down: all', 'Put the text in quotes', [
      ['Down: all of it', "'Down: all of it'"],
    ]),
    playbook([['definition: Down', 'definition: "Down']], 'definition: Slow', /Add what is missing/, [['"Down', '"Down"']], { at: '' }),
  ],
  'yaml-tab': [
    playbook(
      [['    definition: Down', '\tdefinition: Down']],
      '\tdefinition',
      'Indent with spaces.',
      [['\tdefinition', '    definition']],
      { at: '' },
    ),
  ],
  'yaml-tag': [playbook([['definition: Down', 'definition: !!js/function Down']], '!!js', 'Remove the tag', [['!!js/function ', '']])],
  'yaml-directive': [playbook([["# A company's playbook.\n", '%YAML 1.1\n---\n']], '%YAML', 'Remove the line', [['%YAML 1.1\n---\n', '']])],
  'yaml-many-documents': [playbook([['teams:', '---\nteams:']], '---', 'Remove the second "---"', [['---\n', '']])],
  'duplicate-key': [
    playbook([['definition: Down', 'definition: Down\n    definition: Broken']], 'definition: Broken', 'Keep one of the two.', [
      ['\n    definition: Broken', ''],
    ]),
  ],
  'anchors-explode': [
    { file: 'playbook.yaml', bad: { text: BOMB }, at: '*a', says: 'Write the values out.' },
    playbook([['[Ops, Lead]', '*everybody']], '*everybody', 'Write the values out.', [['*everybody', '[Ops, Lead]']]),
    playbook([['  steps:\n', '  steps: &again\n    - *again\n']], '*again', 'Write the values out.', [[' &again\n    - *again', '']]),
    { file: 'oncall.yaml', bad: { text: `a: &a x\nb: [${'*a,'.repeat(ALIASES_MAX + 50)}*a]` }, at: '*a', says: 'Write the values out.' },
  ],
  'nested-too-deeply': [
    { file: 'playbook.yaml', bad: { text: '['.repeat(100_000) }, says: 'Write it as the example playbook is written.' },
    { file: 'playbook.yaml', bad: { text: '- '.repeat(50_000) }, at: '- ', says: 'Write it as the example playbook is written.' },
    { file: 'connections.yaml', bad: { text: `a: ${'['.repeat(200)}${']'.repeat(200)}` }, at: '[', says: 'Write it as' },
  ],
  'bad-character': [playbook([['definition: Down', 'definition: "Do\\0wn"']], '"Do\\0wn"', 'Remove it.', [['\\0', '']])],
  'comment-cuts-text': [
    playbook([["'Slack #ops'", 'Slack #ops']], 'Slack #ops', 'Put the whole text in quotes', [['Slack #ops', "'Slack #ops'"]]),
  ],
  'schema-newer': [
    playbook([['schema_version: 1', 'schema_version: 2']], '2', 'or write the file in version 1', [
      ['schema_version: 2', 'schema_version: 1'],
    ]),
    connections([['connections:', 'schema_version: 7\nconnections:']], '7', 'Upgrade Tocsin', [['schema_version: 7\n', '']]),
  ],
  // What its advice does is held by the tests of --fix.
  'schema-old': [{ file: 'playbook.yaml', bad: { text: OLD_PLAYBOOK }, says: '`tocsin lint --fix`' }],
  'unknown-key': [
    playbook([['response_time: 5 min', 'respons_time: 5 min']], 'respons_time', 'Did you mean response_time?', [
      ['respons_time', 'response_time'],
    ]),
    onCall(
      [['    zone: Europe/Berlin\n    channels', '    timezone: Europe/Berlin\n    channels']],
      'timezone',
      'Known here: name, email, zone',
      [['timezone', 'zone']],
    ),
  ],
  'missing-key': [
    playbook(
      [['default_severity: SEV-2\n', '']],
      '# A',
      'Add it: What unmatched signals',
      [['escalation:', 'default_severity: SEV-2\nescalation:']],
      {
        at: '',
      },
    ),
  ],
  'wrong-type': [
    playbook([['response_time: 5 min', 'response_time: 5']], '5\n', 'Write the unit, such as "5 min".', [
      ['response_time: 5\n', 'response_time: 5 min\n'],
    ]),
    playbook([['wait: 40 % of response', 'wait: 0.4']], '0.4', /^Write the unit, such as|^Put it in quotes/, [['0.4', '40 % of response']]),
    onCall([["handoff: '09:00'", 'handoff: 9']], '9', 'Put it in quotes', [['handoff: 9', "handoff: '9:00'"]]),
  ],
  'wrong-value': [
    onCall([['schedules:', "roles: { '': owner }\nschedules:"]], '', 'Write a value that the key takes', [["roles: { '': owner }\n", '']]),
  ],
  'unknown-value': [playbook([['page: owners', 'page: owner']], 'owner\n', 'Did you mean owners?', [['page: owner\n', 'page: owners\n']])],
  'too-small': [playbook([['rounds: 3', 'rounds: 0']], '0', 'Write 1 or more.', [['rounds: 0', 'rounds: 1']])],
  'too-big': [playbook([tooManyRounds], '1000', 'Write a smaller number', [['rounds: 1000', 'rounds: 100']])],
  empty: [
    playbook([["channels: 'Slack #ops'", 'channels: []']], '[]', 'Name one.', [['channels: []', 'channels: [Slack]']]),
    onCall([['members: [ann@example.com, ben@example.com]', 'members: []']], '[]', 'Name somebody', [
      ['members: []', 'members: [ann@example.com]'],
    ]),
  ],
  'unclear-duration': [
    playbook([['response_time: 5 min', 'response_time: 24:00']], '24:00', '"24 h"', [['24:00', '4 min']]),
    playbook([['within: 48 h', "within: '48'"]], "'48'", 'Write the unit', [["'48'", '48 min']]),
    playbook([['wait: 40 % of response', 'wait: 40 of response']], '40 of', '"40 % of response"', [['40 of', '40 % of']]),
    playbook([['quiet: 90 s', "quiet: '1:30'"]], "'1:30'", '1 h 30 min', [["'1:30'", '90 s']]),
  ],
  'unusual-duration': [
    playbook([['quiet: 90 s', 'quiet: PT15M']], 'PT15M', 'Write "15 min".', [['PT15M', '15 min']]),
    playbook([['within: 48 h', 'within: 1h30']], '1h30', 'Write "90 min".', [['1h30', '90 min']]),
    playbook([['frequency: 30 min', 'frequency: PT1H']], 'PT1H', 'Write "1 h".', [['PT1H', '1 h']]),
  ],
  'unclear-date': [
    playbook([["'2026-10-01'", "'2026-02-30'"]], "'2026-02-30'", 'yyyy-mm-dd', [['2026-02-30', '2026-02-28']]),
    playbook([["'2026-10-01'", "'1 Oct 2026'"]], "'1 Oct", 'yyyy-mm-dd', [['1 Oct 2026', '2026-10-01']]),
  ],
  'unclear-time': [
    onCall([["handoff: '09:00'", "handoff: '24:00'"]], "'24:00'", 'from 00:00 to 23:59', [['24:00', '00:00']]),
    onCall([['turn: 1 week', 'turn: 1 year']], '1 year', '"1 week"', [['1 year', '4 weeks']]),
  ],
  'unclear-threshold': [
    playbook([["threshold: '> 0.2'", "threshold: '> 20 %'"]], "'> 20 %'", '"> 0.2"', [['> 20 %', '> 0.2']]),
    playbook([["users_affected: '> 25 %'", "users_affected: '> 25'"]], "'> 25'", 'Write "> 25 %"', [["'> 25'", "'> 25 %'"]]),
  ],
  'unclear-measure': [
    playbook([['users_affected in %', 'users_affected']], 'users_affected', '"users_affected in %"', [
      ['measures: users_affected', 'measures: users_affected in %'],
    ]),
  ],
  'wrong-unit': [playbook([["users_affected: '> 25 %'", "users_affected: '> 4 s'"]], "'> 4 s'", 'Write per cent.', [['> 4 s', '> 25 %']])],
  'threshold-impossible': [
    playbook([["users_affected: '> 25 %'", "users_affected: '> 250 %'"]], "'> 250 %'", 'Correct the numbers.', [['> 250 %', '> 25 %']]),
  ],
  'unclear-objective': [playbook([['objective: 99.9 %', "objective: '99.9'"]], "'99.9'", 'Write "99.9 %".', [["'99.9'", '99.9 %']])],
  'bad-condition': [
    playbook([['signal.labels["env"]', 'signal.label["env"]']], '.label["env"]', 'Did you mean labels?', [
      ['signal.label[', 'signal.labels['],
    ]),
  ],
  'bad-matcher': [
    playbook(
      [['teams:', `inhibition:\n  - source_matchers: ['alertname="Spike"']\n    target_matchers: [drift]\nteams:`]],
      'drift]',
      'name="value"',
      [['[drift]', `['alertname="drift"']`]],
    ),
  ],
  'bad-email': [
    playbook([['email: security@example.com', 'email: security']], 'security }', 'Write an address such as', [
      ['email: security }', 'email: s@example.com }'],
    ]),
    onCall(
      [
        ['email: ben@example.com', 'email: ben'],
        ['on_call: ben@example.com', 'on_call: owner'],
        [', ben@example.com]', ', owner]'],
      ],
      'ben\n',
      'Write an address',
      [['email: ben\n', 'email: ben@example.com\n']],
    ),
  ],
  'bad-id': [
    playbook([['title: Model Drift', "title: '!!!'"]], "title: '!!!'", 'Give it an id of letters', [
      ["title: '!!!'", "id: drift\n    title: '!!!'"],
    ]),
  ],
  'bad-url': [
    connections([['https://pager.example.com/hook', 'ftp://pager.example.com']], 'ftp:', 'begins with `https://`', [['ftp:', 'https:']]),
    playbook([['https://wiki.example.com', 'wiki.example.com']], "'wiki", 'begins with `https://`', [["'wiki", "'https://wiki"]]),
  ],
  'unknown-zone': [
    onCall([['zone: Europe/Berlin', 'zone: Europe/Berln']], 'Europe/Berln', '"Europe/Berlin"', [['Europe/Berln', 'Europe/Berlin']]),
  ],
  'duplicate-id': [
    playbook([['title: Model Drift', 'title: API spike']], 'title: API spike', 'Rename one of the two.', [['API spike', 'Other']]),
    playbook([['id: SEV-2', 'id: sev-1']], 'sev-1', 'Rename one of the two.', [['id: sev-1', 'id: SEV-2']]),
    connections([['name: deploy', 'name: pager']], 'pager\n    kind: webhook\n    url: https://deploy', 'Rename one.', [
      ['name: pager\n    kind: webhook\n    url: https://deploy', 'name: deploy\n    kind: webhook\n    url: https://deploy'],
    ]),
  ],
  'unknown-severity': [
    playbook([['default_severity: SEV-2', 'default_severity: SEV-9']], 'SEV-9', /Did you mean SEV-\d\?/, [['SEV-9', 'SEV-1']]),
    playbook([['response_times: { SEV-1: 15 min }', 'response_times: { SEV1: 15 min }']], '15 min }', 'Did you mean SEV-1?', [
      ['{ SEV1:', '{ SEV-1:'],
    ]),
  ],
  'unknown-service': [
    playbook([['services: [checkout]', 'services: [chekout]']], 'chekout', 'Did you mean checkout?', [['chekout', 'checkout']]),
  ],
  'unknown-team': [
    playbook([['team: Payments', 'team: Payment']], 'Payment\n', 'Did you mean Payments?', [['team: Payment\n', 'team: Payments\n']]),
  ],
  'role-spelling': [
    playbook([['held_by: [Ops, Lead]', 'held_by: [ops, Lead]']], 'ops', 'Write "Ops" in both places.', [['[ops,', '[Ops,']]),
  ],
  'duplicate-role': [playbook([['[Ops, Lead]', '[Ops, Lead, Ops]']], 'Ops]', 'Remove one.', [[', Ops]', ']']])],
  'role-not-paged': [
    playbook([['held_by: [Lead]', 'held_by: [Lead, Leed]']], 'Leed', 'Did you mean Lead?', [[', Leed', '']], {}),
    playbook([['held_by: [Lead]', 'held_by: [Lead, Auditor]']], 'Auditor', 'Known here: Ops, Lead.', [[', Auditor', '']]),
  ],
  'review-dates': [
    playbook([["'2027-01-01'", "'2026-01-01'"]], "'2026-01-01'", 'Correct one of the dates.', [["'2026-01-01'", "'2027-01-01'"]]),
  ],
  'review-overdue': [
    playbook([["'2027-01-01'", "'2026-11-01'"]], "'2026-11-01'", 'then set last_review and next_review_due', [
      ["'2026-10-01'", "'2026-11-24'"],
      ["'2026-11-01'", "'2027-02-24'"],
    ]),
  ],
  'review-due-soon': [
    playbook([["'2027-01-01'", "'2026-12-01'"]], "'2026-12-01'", 'set last_review and next_review_due', [
      ["'2026-10-01'", "'2026-11-24'"],
      ["'2026-12-01'", "'2027-02-24'"],
    ]),
  ],
  'severity-order': [
    playbook(
      [
        ['response_time: 5 min', 'response_time: 20 min'],
        ['SEV-1: 15 min', 'SEV-1: 20 min'],
      ],
      '15 min',
      'List the most severe row first.',
      [['response_time: 20 min', 'response_time: 5 min']],
    ),
  ],
  'nobody-paged': [
    playbook(
      [
        ['roles_paged: [Ops, Lead]', 'roles_paged: []'],
        ['roles_paged: [Ops]', 'roles_paged: []'],
      ],
      '- id: SEV-1',
      'Name duty roles in roles_paged.',
      [
        ['roles_paged: []', 'roles_paged: [Ops, Lead]'],
        ['roles_paged: []', 'roles_paged: [Ops]'],
      ],
    ),
  ],
  'default-pages-nobody': [
    playbook([['default_severity: SEV-2', 'default_severity: SEV-3']], 'SEV-3', 'Choose a row that pages somebody.', [
      ['default_severity: SEV-3', 'default_severity: SEV-1'],
    ]),
  ],
  'escalation-too-late': [
    playbook([['wait: 40 % of response', 'wait: 6 min']], '5 min', '"40 % of response"', [['wait: 6 min', 'wait: 40 % of response']]),
  ],
  'escalation-unreachable': [
    playbook(
      [['response_time: 24 h', 'response_time: 24 h\n    escalation: { steps: [{ page: owners, wait: 1 h }] }']],
      '{ steps',
      'Remove it, or page a role.',
      [['\n    escalation: { steps: [{ page: owners, wait: 1 h }] }', '']],
    ),
    playbook(
      [
        ['response_time: 5 min', 'response_time: 5 min\n    escalation: { steps: [{ page: owners, wait: 1 min }] }'],
        ['response_time: 15 min', 'response_time: 15 min\n    escalation: { steps: [{ page: owners, wait: 1 min }] }'],
      ],
      'rounds: 3',
      'Remove it, or those of the rows.',
      [['\n    escalation: { steps: [{ page: owners, wait: 1 min }] }', '']],
    ),
  ],
  'escalation-cycle': [
    playbook([['- page: owners', '- page: { role: Ops }']], 'Ops }', 'Write "on-call"', [['{ role: Ops }', 'on-call']]),
    playbook([['- page: owners', '- page: [owners, { role: Ops }]']], 'Ops }', 'Write "on-call"', [
      ['[owners, { role: Ops }]', '[owners, on-call]'],
    ]),
    // A playbook's own escalation may name a role that only some of its rows page: not the one that all of them do.
    playbook([['- page: owners', '- page: { role: Ops }']], 'Ops }', 'or name another role', [['{ role: Ops }', '{ role: Lead }']]),
  ],
  'step-reaches-nobody': [
    {
      file: 'playbook.yaml',
      bad: [
        ['page: [on-call, next]', 'page: next'],
        ['[Ops, Lead]', '[Lead]'],
        ['roles_paged: [Ops]', 'roles_paged: [Lead]'],
        ['[Ops, Lead]', '[Lead]'],
      ],
      at: 'next',
      says: 'page "owners" or another role here',
      mend: [
        ['page: next', 'page: [on-call, next]'],
        ['roles_paged: [Lead]', 'roles_paged: [Ops, Lead]'],
      ],
    },
  ],
  'notify-unused': [
    playbook([['response_time: 5 min', 'response_time: 5 min\n    notify: [Ops]']], '[Ops]', 'Remove it.', [['\n    notify: [Ops]', '']]),
  ],
  'no-commander': [
    playbook([['title: Incident Commander', 'title: Leader']], '- title: Leader', 'Add an Incident Commander.', [
      ['title: Leader', 'id: incident-commander\n    title: Leader'],
    ]),
  ],
  'resolution-twice': [
    playbook(
      [['  quiet: 90 s\n', '  quiet: 90 s\n  automatic: [SEV-2]\n  propose: [SEV-2]\n']],
      'SEV-2]\nincident_types',
      'Keep it in one',
      [['  propose: [SEV-2]\n', '']],
    ),
  ],
  'gravest-resolves-itself': [
    playbook([['  quiet: 90 s\n', '  quiet: 90 s\n  automatic: [SEV-1]\n']], 'SEV-1]\nincident_types', 'Move it to "propose"', [
      ['automatic: [SEV-1]', 'propose: [SEV-1]'],
    ]),
  ],
  'heartbeat-detects': [
    playbook(
      [['teams:', 'heartbeats:\n  - name: spikes\n    interval: 5 min\n    alarm: Spike\nteams:']],
      'Spike\nteams',
      'Remove one of the two',
      [['    alarm: Spike\nteams', 'teams']],
    ),
  ],
  'measure-unused': [
    playbook([['users_affected in %', 'user_affected in %']], 'user_affected', 'Did you mean users_affected?', [
      ['user_affected', 'users_affected'],
    ]),
  ],
  'sla-response-shorter-than-row': [
    playbook([['{ SEV-1: 15 min }', '{ SEV-1: 2 min }']], '2 min', 'Shorten the response_time of SEV-1', [
      ['response_time: 5 min', 'response_time: 2 min'],
    ]),
  ],
  'sla-objective-shorter-than-response': [
    playbook([['objective: 99.9 %', 'objective: 99.99 %']], 'SEV-1]', 'or promise less', [['99.99 %', '99.9 %']]),
  ],
  'sla-pages-nobody': [
    playbook(
      [['objective: 99.9 %\n    severities: [SEV-1]', 'objective: 90 %\n    severities: [SEV-3]']],
      'SEV-3]',
      'or leave it out of the SLA',
      [['[SEV-3]', '[SEV-1]']],
    ),
  ],
  'sla-empty': [
    playbook(
      [
        ['    objective: 99.9 %\n', ''],
        ['    response_times: { SEV-1: 15 min }\n', ''],
      ],
      'title: Shops',
      'Write an objective, such as "99.9 %"',
      [['title: Shops', 'title: Shops\n    objective: 99.9 %']],
    ),
  ],
  'duty-unheld': [
    playbook([['held_by: [Ops, Lead]', 'held_by: [Lead]']], '[Lead]', 'Add one of those who are paged to held_by: "Ops".', [
      ['held_by: [Lead]', 'held_by: [Lead, Ops]'],
    ]),
    playbook([['roles:\n', 'roles:\n  - { title: Scribe, responsibility: Writes, held_by: Writers }\n']], 'Writers', '"Ops", "Lead"', [
      ['Writers', '[Ops]'],
    ]),
  ],
  'notice-unfiled': [
    playbook(
      [
        ['text: Security Lead files', 'text: Somebody files'],
        ['  - title: Security Lead\n    responsibility: Files notices\n    held_by: [Lead]\n', ''],
      ],
      'title: Breach',
      'or name a role of "roles" in the text',
      [['Somebody files', 'The Incident Commander files']],
    ),
    playbook([['held_by: [Lead]', 'held_by: [Legal]']], 'title: Breach', 'Add a duty role that is paged to held_by', [
      ['held_by: [Legal]', 'held_by: [Lead]'],
    ]),
  ],
  'update-without-content': [
    playbook([['    content: What is known\n', '']], 'audience: Staff', 'Write in "content"', [
      ['frequency: 30 min', 'frequency: 30 min\n    content: What is known'],
    ]),
  ],
  'thresholds-overlap': [
    playbook([["'> 0 % and <= 25 %'", "'> 5 %'"]], "'> 5 %'", '"> 5 % and <= 25 %"', [["'> 5 %'", "'> 5 % and <= 25 %'"]]),
  ],
  'thresholds-gap': [
    playbook([["'> 0 % and <= 25 %'", "'> 0 % and < 20 %'"]], "'> 0 % and < 20 %'", '"> 0 % and <= 25 %"', [['< 20 %', '<= 25 %']]),
  ],
  'type-never-detected': [
    playbook([['    detection:\n      - alarm: Spike\n', '']], 'title: API Spike', 'Add a detection.', [
      ['title: API Spike', 'title: API Spike\n    detection: [{ alarm: Spike }]'],
    ]),
  ],
  'report-undetected': [
    playbook([beforeCommunication('reports:\n  - { kind: ticket, form: true }\n')], '{ kind: ticket', 'Add a type', [
      ['kind: ticket, form: true', 'kind: ticket, form: true, alarm: Spike'],
    ]),
  ],
  'report-public': [
    playbook([beforeCommunication('reports:\n  - { kind: security, alarm: Spike }\n')], '{ kind: security', 'Add private: true', [
      ['title: API Spike', 'title: API Spike\n    private: true'],
    ]),
  ],
  'matches-everything': [playbook([['- alarm: Spike', '- {}']], '{}', 'Name an alarm', [['- {}', '- alarm: Spike']])],
  'alarm-taken': [
    playbook([beforeCommunication(SECOND_TYPE)], '{ alarm: Spike }', 'Remove one of the two', [['{ alarm: Spike }', '{ alarm: Other }']]),
    playbook(
      [
        beforeCommunication(SECOND_TYPE.replace('{ alarm: Spike }', "{ alarm: drift, threshold: '> 0.5' }")),
        ['        when: \'"env" in signal.labels && signal.labels["env"] == "prod"\'\n', ''],
        ['        sources: [prometheus]\n', ''],
      ],
      '{ alarm: drift,',
      'or give both a condition',
      [["threshold: '> 0.5'", "threshold: '> 0.1'"]],
    ),
  ],
  'types-overlap': [
    playbook(
      [
        beforeCommunication(
          SECOND_TYPE.replace('{ alarm: Spike }', `{ alarm: drift, when: '"team" in signal.labels && signal.labels["team"] == "ml"' }`),
        ),
      ],
      `'"team"`,
      'Let one of the two conditions exclude the other',
      [[`signal.labels["team"] == "ml"'`, `signal.labels["team"] == "ml" && !("env" in signal.labels)'`]],
    ),
  ],
  'alarm-unsendable': [
    playbook([['- alarm: Spike', '- alarm: API\u00a0Spike']], 'API\u00a0Spike', 'Write "API Spike".', [['API\u00a0Spike', 'API Spike']]),
    playbook([['- alarm: Spike', '- alarm: API\u2011Spike']], 'API\u2011Spike', 'Write "API-Spike".', [['API\u2011Spike', 'API-Spike']]),
    playbook([['- alarm: Spike', `- alarm: ${'S'.repeat(600)}`]], 'SSSS', 'Copy the name from the monitoring.', [
      ['S'.repeat(600), 'Spike'],
    ]),
  ],
  'unknown-source': [
    playbook([['sources: [prometheus]', 'sources: [promethus]']], 'promethus', 'Did you mean prometheus?', [['promethus', 'prometheus']]),
  ],
  'condition-unguarded': [
    playbook([['"env" in signal.labels && ', '']], "'signal.labels", 'Guard it', [
      ["'signal.labels", `'"env" in signal.labels && signal.labels`],
    ]),
  ],
  'duplicate-person': [
    onCall(
      [
        ['email: ben@example.com', 'email: Ann@example.com'],
        ['on_call: ben@example.com', 'on_call: owner'],
        [', ben@example.com]', ', owner]'],
      ],
      'Ann@example.com',
      'Keep one of the two.',
      [['Ann@example.com', 'other@example.com']],
    ),
  ],
  'unknown-person': [
    onCall([['on_call: ben@example.com', 'on_call: bem@example.com']], 'bem@', 'Did you mean ben@example.com?', [['bem@', 'ben@']]),
    onCall([['on_call: ben@example.com', 'on_call: Ben']], 'Ben', /Did you mean|Known here/, [
      ['on_call: Ben', 'on_call: ben@example.com'],
    ]),
  ],
  'unknown-channel': [
    onCall([["channels: [email, 'webhook:pager']", 'channels: [fax]']], 'fax', 'Use "email", "sms"', [['[fax]', "['webhook:pager']"]]),
  ],
  'bad-contact': [
    onCall(
      [["channels: [email, 'webhook:pager']", "phone: '0151 234567'\n    channels: [email, 'webhook:pager']"]],
      "'0151",
      'Write it with "+"',
      [["'0151 234567'", "'+49 151 234567'"]],
    ),
  ],
  'quiet-whole-week': [
    onCall([["from: '23:00', to: '06:00'", "from: '00:00'"]], "[{ from: '00:00'", 'Leave hours', [["'00:00'", "'22:00'"]]),
  ],
  'quiet-too-long': [
    playbook(
      [['definition: Slow', 'definition: Slow\n    quiet_hours: respected']],
      "[{ from: '23:00'",
      'take "quiet_hours: respected"',
      [['respected', 'ignored']],
      { found: 'oncall.yaml' },
    ),
  ],
  'channel-waits': [
    onCall([["['webhook:pager']", '[{ webhook: pager, after: 1 min }]']], '[{ webhook: pager', 'Remove "after"', [[', after: 1 min', '']]),
  ],
  'channel-too-late': [
    onCall([["[email, 'webhook:pager']", '[email, { webhook: pager, after: 10 min }]']], '{ webhook: pager', 'Write "after: 2 min"', [
      ['10 min', '2 min'],
    ]),
  ],
  'channels-fall-together': [
    playbook(
      [['definition: Down', 'definition: Down\n    first_page: two_channels']],
      "['webhook:pager']",
      'Add a channel',
      [['two_channels', 'one_channel']],
      { found: 'oncall.yaml' },
    ),
  ],
  'no-contact': [onCall([["'webhook:pager']", "'webhook:pager', sms]"]], 'sms', 'Add phone beside the e-mail address.', [[', sms]', ']']])],
  'unknown-connection': [
    onCall([["[email, 'webhook:pager']", "[email, 'webhook:pagr']"]], "'webhook:pagr'", 'Did you mean pager?', [
      ['webhook:pagr', 'webhook:pager'],
    ]),
    playbook([["'deploy:revert'", "'depoy:revert'"]], "'depoy:", 'Did you mean deploy?', [['depoy', 'deploy']]),
  ],
  'no-channel': [
    onCall([["[email, 'webhook:pager']", '[]']], 'name: Ann', 'Add "email", "sms" or another', [
      ['channels: []', "channels: ['webhook:pager']"],
    ]),
    onCall([["    channels: ['webhook:pager']", '    channels: [email]']], '[email]\nschedules', 'Set up a mail server', [], {
      outside: 'mail',
    }),
    {
      file: 'oncall.yaml',
      bad: { text: 'people: []\nroles: { Ops: owner, Lead: owner }\n' },
      at: '[]',
      says: 'List people with their channels',
      mend: [['people: []', "people: [{ name: Ann, email: ann@example.com, channels: ['webhook:pager'] }]"]],
    },
  ],
  'schedule-members': [
    onCall([['    on_call: ben@example.com\n', '']], 'role: Lead', 'Add on_call: owner', [
      ['role: Lead', 'role: Lead\n    on_call: owner'],
    ]),
  ],
  'duplicate-schedule': [
    onCall([['schedules:', 'roles: { OPS: owner }\nschedules:']], 'owner', 'Make them layers of one schedule.', [
      ['roles: { OPS: owner }\n', ''],
    ]),
  ],
  'layer-ends-first': [
    onCall([["start: '2026-01-05'", "start: '2026-01-05'\n        until: '2026-01-01'"]], "'2026-01-01'", 'Let `until` be after `start`', [
      ["'2026-01-01'", "'2028-01-01'"],
    ]),
  ],
  'start-not-a-turn': [
    onCall([['turn: 1 week', 'turn: [tue, fri]']], '[tue, fri]', 'Let start be one of the days', [['[tue, fri]', '[mon, fri]']]),
  ],
  'only-shadows': [
    onCall([["handoff: '09:00'", 'shadow: true']], '- members', 'Add a layer without "shadow"', [['shadow: true', 'shadow: false']]),
  ],
  'layer-hidden': [
    onCall([["handoff: '09:00'", "handoff: '09:00'\n      - members: owner"]], 'members: owner', 'Move it up', [
      ['\n      - members: owner', ''],
    ]),
  ],
  'layer-clock-unused': [
    onCall([["handoff: '09:00'", "handoff: '09:00'\n        clock: person"]], 'person', 'Add `only`, or remove `clock`', [
      ['\n        clock: person', ''],
    ]),
  ],
  'window-whole-week': [
    onCall([["handoff: '09:00'", 'only: [{ days: weekdays }, { days: weekends }]']], '[{ days: weekdays }', 'Remove "only"', [
      ['only: [{ days: weekdays }, { days: weekends }]', "handoff: '09:00'"],
    ]),
  ],
  'replacements-overlap': [
    onCall(
      [
        [
          '    on_call: ben@example.com\n',
          "    on_call: ben@example.com\n    replace:\n      - { from: '2026-12-24', until: '2026-12-27', on_call: owner }\n      - { from: '2026-12-26', until: '2026-12-28', on_call: owner }\n",
        ],
      ],
      "{ from: '2026-12-26'",
      'Let one end where the other begins',
      [["{ from: '2026-12-26'", "{ from: '2026-12-27'"]],
    ),
  ],
  'role-unstaffed': [
    onCall([['  - role: Lead\n    on_call: ben@example.com\n', '']], '- role: Ops', 'Add a schedule for it.', [
      ['schedules:', 'schedules:\n  - { role: Lead, on_call: owner }'],
    ]),
  ],
  'staffing-gap': [
    onCall([["start: '2026-01-05'", "start: '2026-01-05'\n        until: '2026-12-07'"]], 'role: Ops', 'move "until"', [
      ["until: '2026-12-07'", "until: '2028-01-01'"],
    ]),
    onCall([["start: '2026-01-05'", "start: '2027-01-04'"]], 'role: Ops', 'add a layer below', [
      ["handoff: '09:00'", "handoff: '09:00'\n      - { members: owner, turn: 1 week, start: '2026-01-05' }"],
    ]),
  ],
  'schedule-unused': [
    onCall([['schedules:', 'roles: { Sales: owner }\nschedules:']], 'owner', 'Correct the role', [['roles: { Sales: owner }\n', '']], {
      at: '',
    }),
  ],
  'connection-unsigned': [
    connections([['    secret_env: PAGER_SECRET\n', '']], 'pager', 'Add secret_env.', [
      ['name: pager', 'name: pager\n    secret_env: PAGER_SECRET'],
    ]),
  ],
  'channel-missing': [
    playbook([["'Slack #ops'", 'Teams']], 'Teams', 'Add a connection called "teams" to connections.yaml', [['Teams', 'Slack']]),
    connections([['name: slack', 'name: chat']], "'Slack #ops'", 'Add a connection called "slack"', [['name: chat', 'name: slack']], {
      found: 'playbook.yaml',
    }),
  ],
  'secret-not-found': [
    connections([['secret_env: PAGER_SECRET', 'secret_env: LOST_SECRET']], 'LOST_SECRET', 'Set LOST_SECRET, or LOST_SECRET_FILE', [], {
      outside: 'secrets',
    }),
    connections(
      [['secret_file: /run/secrets/slack', 'secret_file: /run/secrets/lost']],
      '/run/secrets/lost',
      'Write the secret into /run/secrets/lost',
      [],
      { outside: 'secrets' },
    ),
  ],
  'action-no-credentials': [
    connections(
      [['    secret_env: DEPLOY_SECRET\n', '']],
      "'deploy:revert'",
      'Add secret_env or secret_file',
      [['name: deploy', 'name: deploy\n    secret_env: DEPLOY_SECRET']],
      { found: 'playbook.yaml' },
    ),
    connections([['secret_env: DEPLOY_SECRET', 'secret_env: LOST_SECRET']], "'deploy:revert'", 'Set LOST_SECRET', [], {
      found: 'playbook.yaml',
      outside: 'secrets',
    }),
  ],
  'two-secrets': [
    connections([['secret_env: PAGER_SECRET', 'secret_env: PAGER_SECRET\n    secret_file: /run/x']], '/run/x', 'Keep one of the two.', [
      ['\n    secret_file: /run/x', ''],
    ]),
  ],
  'secret-in-file': [
    connections([['https://pager.example.com', 'https://me:hunter2@pager.example.com']], 'https://me:', 'sign with secret_env', [
      ['me:hunter2@', ''],
    ]),
    connections([['secret_env: PAGER_SECRET', "secret_env: 'whsec_c2VjcmV0+/='"]], "'whsec", 'Put the secret into one and name it here.', [
      ["'whsec_c2VjcmV0+/='", 'PAGER_SECRET'],
    ]),
  ],
}
