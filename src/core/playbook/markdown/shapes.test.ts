/** Documents of other shapes, written after public conventions: what was understood of each, what guessed, what not. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { asId } from '../../id.ts'
import { HOUR_MS, MINUTE_MS } from '../../time.ts'
import { parsePlaybook } from '../parse.ts'
import type { Playbook } from '../playbook.ts'
import { type ImportedDocument, importDocument } from './import-document.ts'
import { groupOf, type ImportGroup } from './note.ts'
import { renderDocument } from './render-document.ts'

interface Read extends ImportedDocument {
  readonly source: string
  readonly playbook: Playbook
  /** `line code path` of the notes of a group. */
  readonly told: (group: ImportGroup) => string[]
}

function read(name: string): Read {
  const source = readFileSync(new URL(`fixtures/${name}.md`, import.meta.url), 'utf8')
  const imported = importDocument(source, { today: '2026-11-24' })
  const { playbook } = parsePlaybook(imported.yaml ?? '', asId('d'))
  if (playbook === null) throw new Error(`${name} imports with errors`)
  const told = (group: ImportGroup): string[] =>
    imported.notes.filter((note) => groupOf(note) === group).map((note) => `${note.line} ${note.code} ${note.path}`)
  return { ...imported, source, playbook, told }
}

const NAMES = [
  'template',
  'pagerduty-roles',
  'sre-incident-command',
  'atlassian-severities',
  'itil-priorities',
  'startup-one-page',
  'healthcare-hipaa',
  'odd-units',
]

describe.each(NAMES)('%s', (name) => {
  const document = read(name)

  test('imports, renders and imports again as the same text', () => {
    const { playbook, file } = parsePlaybook(document.yaml ?? '', asId('d'))
    if (playbook === null || file === null) throw new Error('errors')
    const { markdown } = renderDocument(file, playbook)
    expect(importDocument(markdown, { today: '2031-05-05' }).yaml).toBe(document.yaml)
  })

  test('loses no word of it', () => {
    const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}@.]*[\p{L}]{2}[\p{L}\p{N}@]*/gu) ?? []
    const kept = new Set(words(clean(document.yaml ?? '')))
    const lost = words(clean(bodyOf(document.source))).filter((word) => !kept.has(word))
    expect([...new Set(lost)]).toEqual(SAID_OTHERWISE[name] ?? [])
  })

  test('says a line of the document with each note', () => {
    const lines = document.source.split('\n').length
    expect(document.notes.filter((note) => note.line < 1 || note.line > lines || note.column < 1 || note.message === '')).toEqual([])
  })
})

function clean(text: string): string {
  return text
    .replaceAll('\u2011', '-')
    .replaceAll('&nbsp;', ' ')
    .replaceAll(/<br>|<!--|-->/g, ' ')
    .replaceAll(/[‑\u202f\u00a0]/g, ' ')
}

/** Titles of columns and labels of fields are what the keys of the file say. */
function bodyOf(source: string): string {
  const lines = source.split('\n')
  return lines.filter((_, index) => !/^\|?[\s:|-]+\|[\s:|-]*$/.test(lines[index + 1] ?? '')).join('\n')
}

/** What the file says in its own words: labels by keys, and words around a time by the time. */
const SAID_OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  template: ['unique', 'mailto', 'yyyy', 'mm', 'dd', 'cadence'],
  'sre-incident-command': ['respond', 'alert', 'first'],
  'atlassian-severities': ['owner', 'mailto', 'march'],
  'itil-priorities': ['owner', 'effective', 'none', 'immediately'],
  'healthcare-hipaa': ['owner', 'acceptance'],
  'odd-units': ['hour', 'pt10m', 'quarter'],
}

describe('PagerDuty’s roles and severities', () => {
  const { playbook, told } = read('pagerduty-roles')

  test('two tables are one matrix', () => {
    expect(playbook.severities.map(({ id, responseMs, roles }) => [id, responseMs / MINUTE_MS, roles.length])).toEqual([
      ['SEV-1', 5, 3],
      ['SEV-2', 5, 2],
      ['SEV-3', 15, 1],
      ['SEV-4', 480, 1],
      ['SEV-5', 1440, 0],
    ])
    expect(playbook.defaultSeverity).toBe('SEV-2')
  })

  test('headings are roles, and those that the engine knows have its ids', () => {
    expect(playbook.roles.map(({ id, title }) => [id, title])).toEqual([
      ['incident-commander', 'Incident Commander (IC)'],
      ['deputy', 'Deputy'],
      ['scribe', 'Scribe'],
      ['operations-lead', 'Subject Matter Expert (SME)'],
      ['communications-lead', 'Customer Liaison'],
      ['internal-liaison', 'Internal Liaison'],
    ])
    expect(playbook.roles[0]?.heldBy).toEqual(['Incident Commander on call'])
  })

  test('"SEV-1+" and "SEV-1 and SEV-2" name rows; "as needed" is no rhythm', () => {
    expect(playbook.communication.map(({ audience, severities, everyMs }) => [audience, severities, everyMs])).toEqual([
      ['Customers', ['SEV-1', 'SEV-2'], 20 * MINUTE_MS],
      ['Executives', ['SEV-1'], HOUR_MS],
    ])
  })

  test('a post-mortem in calendar days runs, one in business days does not', () => expect(playbook.postMortem.withinMs).toBe(72 * HOUR_MS))

  test('the report', () => {
    expect(told('unmapped')).toEqual([
      '11 column-unknown severities.SEV-1',
      '63 not-runnable communication.Support.frequency',
      '71 not-runnable post_mortem.within',
    ])
    expect(told('guessed')).toEqual(
      expect.arrayContaining([
        '1 not-said metadata.id',
        '1 not-said incident_types',
        '15 not-said severities.SEV-5.response_time',
        '41 read-so roles.Subject Matter Expert (SME).id',
      ]),
    )
  })
})

describe('Google’s incident command', () => {
  const { playbook, told } = read('sre-incident-command')

  test('a list under an underlined heading is the matrix', () => {
    expect(playbook.severities.map(({ id, responseMs, roles }) => [id, responseMs / MINUTE_MS, roles])).toEqual([
      ['P0', 5, ['Primary on-call', 'Secondary on-call', 'SRE manager']],
      ['P1', 15, ['Primary on-call', 'Secondary on-call']],
      ['P2', 60, ['Primary on-call']],
      ['P3', 1440, []],
      ['P4', 1440, []],
    ])
    expect(playbook.severities[1]?.thresholds).toMatchObject([{ measure: 'users_affected', bounds: [{ bound: 10 }, { bound: 50 }] }])
  })

  test('headings with labelled lists are incident types', () => {
    expect(playbook.incidentTypes.map(({ title, severity, detection }) => [title, severity, detection.map((rule) => rule.alarm)])).toEqual([
      ['Error budget burn', 'P1', ['ErrorBudgetFastBurn', 'ErrorBudgetSlowBurn']],
      ['Latency', 'P2', ['http_latency_p99_seconds']],
      ['Pager storm', 'P1', []],
    ])
    expect(playbook.incidentTypes[0]).toMatchObject({
      mitigation: [{ title: 'Drain the affected cluster' }, { title: 'Roll back the last release' }],
      followUp: ['Add a regression test'],
    })
    expect(playbook.incidentTypes[1]?.detection[0]?.threshold).toEqual({ comparison: '>', bound: 2 })
  })

  test('its process is the lifecycle, by other words', () => {
    expect(playbook.lifecycle.map((step) => step.phase)).toEqual([
      'detected',
      'triaged',
      'mitigating',
      'communication',
      'resolved',
      'reviewed',
    ])
    expect(playbook.postMortem.withinMs).toBe(5 * 24 * HOUR_MS)
  })

  test('the report', () => {
    expect(told('unmapped')).toEqual(['13 cell-missing severities.P4.roles_paged', '52 cell-missing incident_types.Pager storm.detection'])
    expect(told('understood')).toEqual([
      '9 read severities',
      '18 read roles',
      '26 read lifecycle',
      '36 read incident_types',
      '59 read post_mortem',
    ])
  })
})

describe('Atlassian’s severities, out of a wiki', () => {
  const { playbook, told } = read('atlassian-severities')

  test('bold lines are headings, lines at the top metadata, &nbsp; a space, <br> a line', () => {
    expect(playbook.metadata).toMatchObject({
      maintainer: { name: 'Mei Tanaka', email: 'mei.tanaka@example.net' },
      lastReview: '2026-03-12',
      nextReviewDue: '2026-06-12',
    })
    expect(playbook.severities.map((row) => row.id)).toEqual(['Severity 1', 'Severity 2', 'Severity 3'])
    expect(playbook.severities[0]?.example).toBe(
      'A customer-facing service is down for all customers; Confidentiality or privacy is breached; Customer data loss',
    )
    expect(playbook.severities[2]?.example).toContain('workaround available (https://wiki.example.net/x/workarounds)')
  })

  test('who may hold a role is taken where a severity pages them', () => {
    expect(playbook.roles.map(({ id, heldBy }) => [id, heldBy])).toEqual([
      ['incident-commander', ['Major incident manager on-call']],
      ['operations-lead', ['Service on-call']],
      ['communications-lead', ['Major incident manager on-call', 'Service on-call', 'Head of Engineering']],
      ['scribe', ['Major incident manager on-call', 'Service on-call', 'Head of Engineering']],
    ])
  })

  test('one cell can hold two rhythms', () => {
    expect(playbook.communication.map(({ audience, severities, everyMs }) => [audience, severities, (everyMs ?? 0) / MINUTE_MS])).toEqual([
      ['Internal', ['Severity 1'], 30],
      ['Internal', ['Severity 2'], 120],
      ['Customers', ['Severity 1', 'Severity 2'], 60],
    ])
  })

  test('the report', () => {
    expect(told('unmapped')).toEqual([
      '20 column-unknown severities.Severity 1',
      '22 not-runnable severities.Severity 3.response_time',
      '30 not-runnable roles.Communications Manager.held_by',
      '31 not-runnable roles.Scribe.held_by',
    ])
  })
})

describe('ITIL’s priorities', () => {
  const { playbook, told, yaml } = read('itil-priorities')

  test('a matrix that begins with the least severe row is turned', () => {
    expect(playbook.severities.map(({ id, responseMs }) => [id, responseMs / MINUTE_MS])).toEqual([
      ['P1', 15],
      ['P2', 30],
      ['P3', 240],
      ['P4', 240],
      ['P5', 1440],
    ])
    expect(playbook.severities[0]?.definition).toBe('Critical: Company-wide')
  })

  test('a card of labels is metadata, whatever stands above it; a date in two orders is no date', () => {
    expect(playbook.metadata).toEqual({
      id: 'ITSM-POL-014',
      maintainer: { name: 'Service Desk', email: 'service.desk@contoso.example' },
      lastReview: '2026-11-01',
      nextReviewDue: '2027-02-01',
    })
  })

  test('what can be detected is, the rest of the cell is kept', () => {
    expect(playbook.incidentTypes.map(({ title, detection }) => [title, detection.map((rule) => rule.alarm)])).toEqual([
      ['Mail down', ['ExchangeQueueLength']],
      ['VPN gateway', ['VPN_GW_DOWN']],
      ['Printer', []],
      ['Disk full', []],
    ])
    expect(yaml).toContain('| VPN gateway | Event `VPN_GW_DOWN` or call volume |')
    expect(yaml).toContain('| — | `Orphan` | P3 | Nobody knows |')
  })

  test('the report', () => {
    expect(told('unmapped')).toEqual([
      '8 not-runnable metadata.last_review',
      '17 not-runnable severities.P5.response_time',
      '17 column-unknown severities.P5',
      '18 not-runnable severities.P4.response_time',
      '39 not-runnable incident_types.VPN gateway.detection',
      '40 not-runnable incident_types.Printer.detection',
      '41 not-runnable incident_types.Disk full.detection',
      '42 cell-missing incident_types',
      '50 cell-missing communication.Vendors.frequency',
    ])
    expect(told('guessed')).toContain('17 read-so severities')
  })
})

describe('a small company’s page', () => {
  const { playbook, told } = read('startup-one-page')

  test('sentences are read for what they say', () => {
    expect(playbook.severities.map(({ id, definition, responseMs, roles }) => [id, definition, responseMs / MINUTE_MS, roles])).toEqual([
      ['sev1', 'the app is down or people lose data.', 10, ['Dana', 'Lee']],
      ['sev2', 'something important is broken but there is a workaround.', 60, ['Dana']],
      ['sev3', 'annoying.', 1440, []],
    ])
    expect(playbook.metadata.maintainer.email).toBe('dana@tinyco.example')
    expect(playbook.postMortem.withinMs).toBe(72 * HOUR_MS)
    expect(playbook.communication).toMatchObject([{ audience: 'Customers', severities: ['sev1'], everyMs: HOUR_MS }])
  })

  test('the report', () => {
    expect(told('unmapped')).toEqual([
      '10 not-runnable severities.sev3.response_time',
      '10 cell-missing severities.sev3.roles_paged',
      '26 cell-missing incident_types.API down.detection',
      '27 cell-missing incident_types.Database full.detection',
      '32 not-runnable communication.Investors.frequency',
    ])
    expect(told('guessed')).toContain('31 read-so communication.Customers')
  })
})

describe('a health care provider’s plan', () => {
  const { playbook, told, yaml } = read('healthcare-hipaa')

  test('front matter is metadata, and a review each year is due a year later', () => {
    expect(playbook.metadata).toEqual({
      id: 'SIRP-07',
      maintainer: { name: 'Priya Raman', email: 'privacy@clinic.example' },
      lastReview: '2026-01-15',
      nextReviewDue: '2027-01-15',
    })
  })

  test('ratings in words are severities, also where incident types name them', () => {
    expect(playbook.severities.map(({ id, responseMs, roles }) => [id, responseMs / MINUTE_MS, roles.length])).toEqual([
      ['Critical', 15, 4],
      ['High', 60, 3],
      ['Moderate', 240, 1],
      ['Low', 4320, 0],
    ])
    expect(playbook.incidentTypes.map(({ title, severity }) => [title, severity])).toEqual([
      ['Ransomware', 'Critical'],
      ['Lost device', 'High'],
      ['Phishing', 'Low'],
    ])
    expect(playbook.incidentTypes[0]?.detection[1]).toMatchObject({ alarm: 'MassFileRename', threshold: { comparison: '>', bound: 100 } })
  })

  test('duties of notice are compliance, criteria pass criteria', () => {
    expect(playbook.compliance.map((row) => row.title)[0]).toBe('Notice to individuals (45 CFR 164.404)')
    expect(playbook.passCriteria).toEqual(['Plan tested yearly', 'Contact list current'])
  })

  test('comments and contacts are kept', () => {
    expect(yaml).toContain('<!-- Reviewed by counsel. Do not distribute. -->')
    expect(yaml).toContain('title: Contacts')
  })

  test('the report', () => {
    expect(told('unmapped')).toEqual([
      '39 not-runnable lifecycle.Preparation',
      '51 not-runnable incident_types.Lost device.detection',
      '58 column-unknown compliance.Notice to individuals (45 CFR 164.404)',
      '70 table-unknown prose',
    ])
  })
})

describe('times as people write them', () => {
  const { playbook, told } = read('odd-units')

  test('a matrix on its side; minutes in the title of a column; half an hour; PT10M', () => {
    expect(playbook.severities.map(({ id, responseMs, roles }) => [id, responseMs / MINUTE_MS, roles])).toEqual([
      ['Critical', 10, ['Shift lead', 'On-call']],
      ['Major', 30, ['On-call']],
      ['Minor', 1440, []],
    ])
  })

  test('an escaped pipe is part of the alarm; "Major / Critical" is the worse of the two', () => {
    expect(playbook.incidentTypes.map(({ title, severity, detection }) => [title, severity, detection.map((rule) => rule.alarm)])).toEqual([
      ['Line stop', 'Critical', ['line|stop']],
      ['Sensor drift', 'Major', []],
      ['Temperature', 'Critical', ['temp_c']],
    ])
  })

  test('ranges and quarters of an hour', () => {
    expect(
      playbook.communication.map(({ audience, severities, everyMs }) => [audience, severities.length, (everyMs ?? 0) / MINUTE_MS]),
    ).toEqual([
      ['Plant manager', 3, 15],
      ['Works council', 1, 120],
    ])
    expect(playbook.postMortem.withinMs).toBe(14 * 24 * HOUR_MS)
  })

  test('the report', () => {
    expect(told('unmapped')).toEqual([
      '8 not-runnable severities.Minor.response_time',
      '17 not-runnable severities.Minor.response_time',
      '24 not-runnable incident_types.Sensor drift.detection',
      '24 cell-missing ',
      '33 cell-missing communication.Press.channels',
    ])
  })
})
