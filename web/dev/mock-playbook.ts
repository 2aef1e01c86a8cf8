/** The playbook's part of the mock server: versions in memory, checked and compared by the real rules, explained from a fixture. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type {
  CurrentPlaybook,
  Explained,
  Incident,
  PlaybookChange,
  PlaybookCheck,
  PlaybookFinding,
  PlaybookVersion,
  TriageView,
} from '../../src/api/schema.ts'
import { diffPlaybooks } from '../../src/core/playbook/diff/diff.ts'
import { parsePlaybook } from '../../src/core/playbook/parse.ts'
import type { Playbook } from '../../src/core/playbook/playbook.ts'
import { PlaybookFile } from '../../src/core/playbook/schema.ts'
import { asId, type PlaybookDigest } from '../../src/core/id.ts'
import { showPlaybook } from '../../src/shell/http/playbook-view.ts'
import { ago } from './mock-incidents.ts'

interface Kept {
  readonly source: string
  readonly playbook: Playbook
  readonly version: PlaybookVersion
}

const SHIPPED = readFileSync(join(import.meta.dirname, '../../playbook/playbook.yaml'), 'utf8')
/** `MOCK_PLAYBOOK=refused`: the file on disk has errors. `readonly`: nothing can be saved. `conflict`: somebody saves first. */
const TWIST = process.env['MOCK_PLAYBOOK'] ?? ''
const versions: Kept[] = []
keep(SHIPPED.replace('response_time: 15 min', 'response_time: 30 min').replace('frequency: 30 min', 'frequency: hourly'), '', null)
keep(SHIPPED.replace('frequency: 30 min', 'frequency: hourly'), 'SEV-2 waits no longer than a quarter of an hour', 'Ravi Patel')
keep(SHIPPED, 'Customers hear every half an hour, as promised in the new contract', 'Mara Klein')

function digestOf(source: string): PlaybookDigest {
  return asId<PlaybookDigest>(createHash('sha256').update(source).digest('hex'))
}

function keep(source: string, reason: string, author: string | null): Kept {
  const { playbook } = parsePlaybook(source, digestOf(source))
  if (playbook === null) throw new Error('the mock keeps sound texts only')
  const number = versions.length + 1
  const kept: Kept = {
    source,
    playbook,
    version: {
      number,
      digest: playbook.digest,
      loaded_at: number > 3 ? new Date().toISOString() : ago((4 - number) * 9_000),
      author: author === null ? null : { id: 'p-mara', name: author },
      reason,
      incidents: number * 3,
      current: true,
    },
  }
  versions.unshift(kept)
  return kept
}

function current(): Kept {
  const [first] = versions
  if (first === undefined) throw new Error('the mock has no playbook')
  return first
}

function listed({ version }: Kept): PlaybookVersion {
  return { ...version, current: version.digest === current().version.digest }
}

function view(kept: Kept) {
  return showPlaybook(kept.playbook, { number: kept.version.number, loaded_at: new Date(kept.version.loaded_at) })
}

function found(source: string): readonly PlaybookFinding[] {
  return parsePlaybook(source, digestOf(source)).findings.map((finding) => ({
    ...finding,
    file: 'playbook.yaml',
    path: finding.path,
  }))
}

function changes(before: Kept, after: { source: string; playbook: Playbook }): PlaybookChange[] {
  const places = { before: parsePlaybook(before.source, before.playbook.digest), after: parsePlaybook(after.source, after.playbook.digest) }
  return diffPlaybooks(before.playbook, after.playbook).map((change) => ({
    ...change,
    file: 'playbook.yaml',
    path: change.path.join('.'),
    line: places[change.side].place({ code: 'wrong-value', severity: 'warning', path: change.path, message: '', fix: '' }).line,
  }))
}

export function currentPlaybook(): CurrentPlaybook {
  const { version } = current()
  const refused = SHIPPED.replace('response_time: 5 min', 'response_time: soon').replace(
    'roles_paged: [DevSecOps, CTO',
    'roles_payed: [DevSecOps, CTO',
  )
  return {
    ...view(current()),
    review: { state: 'overdue', due: '2025-09-06', days: -444 },
    author: version.author,
    reason: version.reason,
    fault: TWIST === 'refused' ? { refused: ['playbook.yaml'], findings: [...found(refused)] } : null,
  }
}

function check(source: string): PlaybookCheck {
  const { playbook } = parsePlaybook(source, digestOf(source))
  const findings = found(source)
  const { version } = current()
  return {
    digest: digestOf(source),
    base: { number: version.number, digest: version.digest },
    sound: playbook !== null,
    errors: findings.filter(({ severity }) => severity === 'error').length,
    warnings: findings.filter(({ severity }) => severity === 'warning').length,
    findings: [...findings],
    changes: playbook === null ? [] : changes(current(), { source, playbook }),
    playbook: playbook === null ? null : showPlaybook(playbook, undefined),
  }
}

/** One hunk over the lines between those that are alike at both ends: enough to look at. */
function patch(before: string, after: string): string {
  if (before === after) return ''
  const [a, b] = [before.split('\n'), after.split('\n')]
  let head = 0
  while (head < a.length && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1
  const from = Math.max(0, head - 3)
  const lines = [
    ...a.slice(from, head).map((line) => ` ${line}`),
    ...a.slice(head, a.length - tail).map((line) => `-${line}`),
    ...b.slice(head, b.length - tail).map((line) => `+${line}`),
    ...a.slice(a.length - tail, a.length - tail + 3).map((line) => ` ${line}`),
  ]
  return `--- a/playbook.yaml\n+++ b/playbook.yaml\n@@ -${from + 1},1 +${from + 1},1 @@\n${lines.join('\n')}\n`
}

/** Undefined: there is nothing there. */
export function readPlaybook(path: string, search: URLSearchParams): unknown {
  const [, noun, digest, part] = path.split('/')
  if (noun === undefined) return currentPlaybook()
  if (noun === 'schema') return z.toJSONSchema(PlaybookFile, { io: 'input' })
  if (noun === 'source')
    return {
      source: current().source,
      digest: current().version.digest,
      in_force: true,
      writable: TWIST !== 'readonly',
      why_not: TWIST === 'readonly' ? 'The playbook folder cannot be written: it is deployed from git.' : '',
      findings: [],
    }
  if (noun !== 'versions') return undefined
  if (digest === undefined) return { items: versions.map(listed), next: null }
  const kept = versions.find(({ version }) => version.digest === digest)
  if (kept === undefined) return undefined
  if (part === undefined) return { ...listed(kept), source: kept.source, playbook: view(kept) }
  const to = versions.find(({ version }) => version.digest === search.get('to'))
  if (to === undefined) return undefined
  return {
    from: { number: kept.version.number, digest },
    to: { number: to.version.number, digest: to.version.digest },
    changes: changes(kept, to),
    patch: patch(kept.source, to.source),
  }
}

export function writePlaybook(path: string, body: Record<string, unknown>): { status: number; body: unknown } {
  const source = textOf(body['source'])
  if (path === 'playbook/check') return { status: 200, body: check(source) }
  if (path === 'playbook/patch') return { status: 200, body: { file: 'playbook.patch', patch: patch(current().source, source) } }
  if (TWIST === 'conflict' && versions.length === 3)
    keep(SHIPPED.replace('response_time: 1 h', 'response_time: 2 h'), 'SEV-3 may wait longer', 'Sana Okoye')
  if (body['base_digest'] !== current().version.digest)
    return {
      status: 409,
      body: { title: 'Conflict', status: 409, code: 'playbook-changed', detail: 'Somebody saved another version meanwhile.' },
    }
  const before = current()
  const kept = keep(source, textOf(body['reason']), 'Mara Klein')
  return {
    status: 200,
    body: {
      version: listed(kept),
      changed: true,
      changes: changes(before, kept),
      findings: [],
      git: { state: 'committed', commit: '4be1f2a9c0d1e2f3', detail: '' },
    },
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function clause(path: string, line: number, quote: string) {
  return { path, line, column: 5, quote }
}

/** The incident runs by the version that came so many before the one in force, and owes what a young one owes. */
export function pinTo(incident: Incident, before: number): void {
  const kept = versions[before] ?? current()
  Object.assign(incident, { playbook_digest: kept.version.digest, playbook_version: kept.version.number })
  if (!incident.open) return
  const due = incident.next_due
  incident.owed = [
    ...(incident.acknowledged_at === null
      ? [
          {
            code: 'acknowledge' as const,
            text: 'DevSecOps has not acknowledged.',
            due,
            role: 'DevSecOps',
            clause: 'severities.0.response_time',
          },
        ]
      : []),
    ...(incident.roles[0]?.person === null
      ? [{ code: 'take-command' as const, text: 'Nobody is Incident Commander.', due: null, role: 'incident-commander', clause: 'roles.0' }]
      : []),
    {
      code: 'measure-impact',
      text: 'Nobody has said how many users are affected.',
      due: null,
      role: 'operations-lead',
      clause: 'severities',
    },
    {
      code: 'update',
      text: 'Customers have not heard of it.',
      due: incident.next_due,
      role: 'communications-lead',
      clause: 'communication.2',
    },
  ]
  incident.impact = {
    error_rate: { value: 61, unit: '%', text: '61 %', at: ago(3), by: { kind: 'source', id: null, name: 'Prometheus' }, reason: '' },
  }
}

export function triageOf(incident: Incident): TriageView {
  const { playbook } = current()
  return {
    incident_id: incident.id,
    rows: view(current()).severities.map((row) => ({
      severity: row.id,
      severity_rank: row.rank,
      definition: row.definition,
      example: row.example,
      response_seconds: row.response_seconds,
      roles: row.roles,
      thresholds: row.thresholds.map((threshold) => {
        const measured = incident.impact[threshold.measure] ?? null
        const met = measured === null ? null : row.rank === 0
        return { ...threshold, clause: `severities.${row.rank}.thresholds.${threshold.measure}`, measured, within: met, held_at: null, met }
      }),
      met: null,
      current: row.id === incident.severity,
      of_type: row.rank === 0,
      default: row.id === playbook.defaultSeverity,
    })),
    proposed: null,
    alerts: {
      firing: incident.alerts_firing,
      total: incident.alerts_total,
      items: [{ id: 'a', title: 'API 5xx above 50 % for 10 min', value: 61, severity_hint: 'critical', first_at: ago(11) }],
    },
    measures: [
      { measure: 'users_affected', title: 'Users affected', unit: '%' },
      { measure: 'error_rate', title: 'Error rate', unit: '%' },
      { measure: 'latency_p95', title: 'Latency p95', unit: 'ms' },
    ],
    types: playbook.incidentTypes.map(({ id, title, severity }) => ({ id, title, severity })),
  }
}

/** Always the same answer about the first type; another alarm is nobody's. */
export function explainSignal(body: Record<string, unknown>): Explained {
  const { playbook, version } = current()
  const instant = textOf(body['at']) || new Date().toISOString()
  const signal = body['signal'] as { alarm?: string; title?: string; value?: number } | undefined
  const alarm = signal?.alarm ?? signal?.title ?? 'API5xxAlarm'
  const type = playbook.incidentTypes.find((candidate) => candidate.detection.some((rule) => rule.alarm === alarm))
  const row = playbook.severities.find(({ id }) => id === (type?.severity ?? playbook.defaultSeverity))
  if (row === undefined) throw new Error('the mock has no such severity')
  const later = (seconds: number) => ({ after_seconds: seconds, at: new Date(Date.parse(instant) + seconds * 1_000).toISOString() })
  const place = playbook.incidentTypes.findIndex((candidate) => candidate === type)
  const people = [
    ['Mara Klein', ['push', 'phone call', 'email']],
    ['Ravi Patel', ['email']],
    ['Sana Okoye', []],
  ] as const
  const page = (seconds: number, role: number, step: number, round: number) => ({
    ...later(seconds),
    role: row.roles[role] ?? 'DevSecOps',
    person: { id: `p${role}`, name: people[role]?.[0] ?? '', channels: [...(people[role]?.[1] ?? [])] },
    step,
    round,
    because: step === 3 ? 'as an owner: nobody is on call after Mara Klein' : '',
    clause: clause(`severities.${row.rank}.roles_paged`, 24, 'roles_paged: [DevSecOps, CTO, Security Officer]'),
  })
  return {
    at: instant,
    playbook: { version: version.number, digest: version.digest, loaded_at: version.loaded_at },
    assumptions: ['Nobody acknowledges.', 'The schedules stay as they are now.'],
    refused: null,
    items_more: 0,
    items: [
      {
        signal: {
          alarm,
          title: alarm,
          status: 'firing',
          value: signal?.value ?? null,
          severity_hint: null,
          labels: { env: 'prod', region: 'eu-west-1' },
          source: 'prometheus',
        },
        verdict: type === undefined ? 'triage' : 'type',
        sentence:
          type === undefined
            ? `No incident type knows ${alarm}. People classify it; until then it is ${row.id}.`
            : `“${type.title}” is opened by the alarm ${alarm}.`,
        type:
          type === undefined ? null : { id: type.id, title: type.title, clause: clause(`incident_types.${place}`, 90, `id: ${type.id}`) },
        severity: {
          id: row.id,
          rank: row.rank,
          definition: row.definition,
          reason: type === undefined ? `The default severity is ${row.id}.` : `The playbook says ${row.id} for “${type.title}”.`,
          clause: clause(`incident_types.${Math.max(0, place)}.severity`, 92, `severity: ${row.id}`),
        },
        group_key: 'api-5xx-spike',
        joins: null,
        considered: playbook.incidentTypes.map((candidate, at) => ({
          type: candidate.id,
          title: candidate.title,
          severity: candidate.severity,
          verdict: candidate === type ? ('met' as const) : ('missed' as const),
          detections: candidate.detection.map((rule, index) => ({
            clause: clause(`incident_types.${at}.detection.${index}`, 94, ''),
            checks: [
              {
                part: 'alarm' as const,
                ok: candidate === type,
                sentence: `The alarm is ${alarm}, ${candidate === type ? 'as' : 'not'} ${rule.alarm ?? 'any'}.`,
                clause: clause(`incident_types.${at}.detection.${index}.alarm`, 95, ''),
              },
            ],
          })),
          sentence: candidate === type ? 'All of a detection is met.' : `It listens to ${candidate.detection[0]?.alarm ?? 'sentry'} only.`,
        })),
        considered_more: 0,
        pages: [
          page(0, 0, 1, 1),
          page(0, 1, 1, 1),
          page(120, 0, 2, 1),
          page(240, 2, 3, 1),
          page(300, 0, 1, 2),
          page(420, 0, 2, 2),
          page(540, 2, 3, 2),
        ],
        notices: [],
        end: {
          ...later(900),
          sentence: 'Nobody is left to page: the owners are told, and the incident says so.',
          clause: clause('escalation.rounds', 51, 'rounds: 3'),
        },
        pages_cut: false,
        clocks: [
          {
            kind: 'response',
            due_at: later(300).at,
            due_after_seconds: 300,
            sentence: 'First response within 5 min.',
            clause: clause(`severities.${row.rank}.response_time`, 23, ''),
          },
          {
            kind: 'post-mortem',
            due_at: null,
            due_after_seconds: null,
            sentence: 'Post-mortem within 48 h of the resolution.',
            clause: clause('post_mortem.within', 189, ''),
          },
        ],
        updates: playbook.communication.map((update, index) => ({
          audience: update.audience,
          channels: [...update.channels],
          content: update.content,
          every_seconds: update.everyMs === null ? null : update.everyMs / 1_000,
          first_due_at: later(update.everyMs === null ? 0 : update.everyMs / 1_000).at,
          sentence: '',
          clause: clause(`communication.${index}`, 140, ''),
        })),
        first_step: type === undefined ? null : { text: type.firstStep, clause: clause(`incident_types.${place}`, 96, '') },
        mitigation: (type?.mitigation ?? []).map((step) => ({
          ...step,
          clause: clause(`incident_types.${place}.immediate_mitigation`, 97, ''),
        })),
        follow_ups: (type?.followUp ?? []).map((title) => ({ title, clause: clause(`incident_types.${place}.follow_up`, 98, '') })),
      },
    ],
  }
}
