/** How long `tocsin lint` takes, as people wait for it, over a folder as large as a company has. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { NODE, ROOT } from '../support/server.ts'
import type { Line } from './report.ts'

const TYPES = 500
const PEOPLE = 200
const SCHEDULES = 50
const ROUNDS = 5
const BUDGET_MS = 2_000

export function measureLint(): Line {
  const folder = makeLargeFolder()
  try {
    const tookMs = Array.from({ length: ROUNDS }, () => lintOnce(folder)).sort((one, other) => one - other)
    const medianMs = tookMs[Math.floor(ROUNDS / 2)] ?? Number.NaN
    return {
      what: `lint of ${TYPES} types, ${PEOPLE} people, ${SCHEDULES} schedules`,
      measured: `median ${medianMs.toFixed(0)} ms, most ${(tookMs.at(-1) ?? Number.NaN).toFixed(0)} ms`,
      peer: '',
      budget: `< ${BUDGET_MS / 1_000} s`,
      met: medianMs < BUDGET_MS,
      figures: { medianMs, types: TYPES, people: PEOPLE, schedules: SCHEDULES },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A process of its own, start included. */
function lintOnce(folder: string): number {
  const startedAt = performance.now()
  const { status, stderr } = spawnSync(NODE, [join(ROOT, 'src/cli/tocsin.ts'), 'lint', folder, '--no-environment'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the bench's folder has errors: ${stderr}`)
  return performance.now() - startedAt
}

function makeLargeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-lint-bench-'))
  const write = (name: string, content: unknown): void => writeFileSync(join(folder, name), stringify(content))
  write('playbook.yaml', largePlaybook())
  write('oncall.yaml', largeOnCall())
  write('connections.yaml', {
    connections: [
      { name: 'pager', kind: 'webhook', url: 'https://pager.example.com', secret_env: 'PAGER_SECRET' },
      { name: 'slack', kind: 'webhook', url: 'https://slack.example.com', secret_env: 'SLACK_SECRET' },
    ],
  })
  return folder
}

const roleOf = (index: number): string => `Role ${index % SCHEDULES}`

function largePlaybook(): unknown {
  return {
    metadata: { id: 'IRP-BENCH', maintainer: { email: 'bench@example.com' }, last_review: '2026-01-01', next_review_due: '2099-01-01' },
    severities: Array.from({ length: 4 }, (_, index) => severityRow(index)),
    default_severity: 'SEV-2',
    incident_types: Array.from({ length: TYPES }, (_, index) => incidentType(index)),
    communication: [{ audience: 'Staff', channels: 'Slack', frequency: '30 min', content: 'What is known' }],
    roles: [{ title: 'Incident Commander', responsibility: 'Decides', held_by: ['Role 0'] }],
  }
}

/** With a condition and a threshold; every tenth shares its alarm with the one before, so that conditions are compared. */
function incidentType(index: number): unknown {
  return {
    title: `Type ${index}`,
    severity: `SEV-${1 + (index % 4)}`,
    detection: [
      {
        alarm: `Alarm${index % 10 === 9 ? index - 1 : index}`,
        threshold: '> 0.5',
        when: `"service" in signal.labels && signal.labels["service"] == "service-${index}"`,
      },
    ],
    immediate_mitigation: [{ title: 'Revert', action: 'pager:revert' }, 'Look at the dashboard'],
    follow_up: ['Write it down', 'Mend it'],
  }
}

function severityRow(index: number): unknown {
  return {
    id: `SEV-${index + 1}`,
    definition: `Row ${index}`,
    response_time: `${5 * (index + 1)} min`,
    thresholds: { error_rate: index === 0 ? '> 50 %' : `> ${50 - 10 * index} % and <= ${60 - 10 * index} %` },
    roles_paged: Array.from({ length: SCHEDULES }, (_, role) => roleOf(role)).filter((_, role) => role % 4 === index || role === 0),
  }
}

/** Three layers each: an override, a rotation of twelve hours, one of a week beneath it. */
function largeOnCall(): unknown {
  const email = (index: number): string => `person${index % PEOPLE}@example.com`
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe']
  const schedule = (index: number): unknown => ({
    role: roleOf(index),
    zone: zones[index % zones.length],
    layers: [
      { members: [email(index)], turn: '1 week', start: '2026-12-07', until: '2026-12-14' },
      { members: [email(index), email(index + 50), email(index + 100)], turn: '12 hours', start: '2026-01-05', until: '2027-01-05' },
      { members: [email(index + 50), email(index + 150)], turn: '1 week', start: '2026-01-05' },
    ],
  })
  return {
    people: Array.from({ length: PEOPLE }, (_, index) => ({
      name: `Person ${index}`,
      email: email(index),
      zone: zones[index % zones.length],
      channels: ['email', 'webhook:pager'],
    })),
    schedules: Array.from({ length: SCHEDULES }, (_, index) => schedule(index)),
  }
}
