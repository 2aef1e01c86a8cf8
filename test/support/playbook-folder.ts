/**
 * A playbook folder for black-box tests: two people with real outside channels, one alarm that pages both, times that a
 * test can wait for. Files are written as a company would write them; JSON is YAML.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface PlaybookFolder {
  readonly path: string
  /** Secrets that connections.yaml names. */
  readonly environment: Readonly<Record<string, string>>
  /** The outside channels a page goes to. */
  readonly channels: readonly string[]
  readonly remove: () => void
}

export interface PlaybookFolderOptions {
  /** Where the connection `ops` posts; unset: nobody has a webhook. */
  readonly webhookUrl?: string
  /** Whether people have an e-mail address they are paged at; the mail server is the environment's. */
  readonly email?: boolean
  /** Messages to one person in ten minutes. */
  readonly pagesPerPerson?: number
  readonly newIncidentsPerMinuteMax?: number
  /** Wait of each escalation step, as the document writes it. */
  readonly escalationWait?: string
  readonly rounds?: number
  readonly responseTime?: string
  readonly quiet?: string
}

export const WEBHOOK_SECRET = 'test-webhook-secret-0123456789'
export const PAGED_ALARM = 'API5xxAlarm'
/** Matches as well; every `instance` is a group of its own. */
export const NOISY_ALARM = 'NoisyAlarm'
/** Its condition throws when the label `wanted` is missing. */
export const POISON_ALARM = 'PoisonAlarm'

export function makePlaybookFolder(options: PlaybookFolderOptions = {}): PlaybookFolder {
  const path = mkdtempSync(join(tmpdir(), 'tocsin-playbook-'))
  const write = (name: string, content: unknown): void => writeFileSync(join(path, name), JSON.stringify(content, null, 2))
  write('playbook.yaml', playbookOf(options))
  write('oncall.yaml', onCallOf(options))
  if (options.webhookUrl !== undefined) write('connections.yaml', connectionsOf(options.webhookUrl))
  return {
    path,
    environment: { TOCSIN_TEST_WEBHOOK_SECRET: WEBHOOK_SECRET },
    channels: [...(options.webhookUrl === undefined ? [] : ['webhook:ops']), ...(options.email === true ? ['email'] : [])],
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

function playbookOf(options: PlaybookFolderOptions): unknown {
  const wait = options.escalationWait ?? '40 s'
  return {
    metadata: {
      id: 'IRP-TEST',
      maintainer: { name: 'Test', email: 'test@example.org' },
      last_review: '2026-11-01',
      next_review_due: '2027-02-01',
    },
    severities: [
      {
        id: 'SEV-1',
        definition: 'Outage',
        response_time: options.responseTime ?? '60 min',
        roles_paged: ['Ops', 'Lead'],
        escalation: {
          rounds: options.rounds ?? 2,
          steps: [
            { page: 'on-call', wait },
            { page: 'owners', wait },
          ],
        },
      },
      { id: 'SEV-2', definition: 'Degraded', response_time: '15 min', roles_paged: ['Ops'] },
      { id: 'SEV-4', definition: 'Informational', response_time: '24 h', roles_paged: [] },
    ],
    default_severity: 'SEV-2',
    resolution: { quiet: options.quiet ?? '5 min', automatic: [] },
    incident_types: [
      {
        id: 'api-5xx-spike',
        title: 'API 5xx Spike',
        severity: 'SEV-1',
        detection: [{ alarm: PAGED_ALARM }],
        group_by: ['service'],
        first_step: 'Go back to the version before.',
      },
      { id: 'noisy', title: 'Noisy', severity: 'SEV-1', detection: [{ alarm: NOISY_ALARM }], group_by: ['instance'] },
      { id: 'poison', title: 'Poison', severity: 'SEV-1', detection: [{ alarm: POISON_ALARM, when: 'signal.labels["wanted"] == "yes"' }] },
    ],
    roles: [{ id: 'incident-commander', title: 'Incident Commander', responsibility: 'Decides', held_by: ['Ops'] }],
    limits: {
      new_incidents_per_minute: options.newIncidentsPerMinuteMax ?? 1_000,
      pages_per_person: { pages: options.pagesPerPerson ?? 100_000, within: '10 min' },
    },
  }
}

function onCallOf(options: PlaybookFolderOptions): unknown {
  const channels = [...(options.webhookUrl === undefined ? [] : ['webhook:ops']), ...(options.email === true ? ['email'] : [])]
  const person = (name: string): unknown => ({ name, email: `${name.toLowerCase()}@example.org`, zone: 'Europe/Berlin', channels })
  return { people: [person('Ann'), person('Ben')], schedules: [], roles: { Ops: 'ann@example.org', Lead: 'ben@example.org' } }
}

function connectionsOf(webhookUrl: string): unknown {
  return { connections: [{ name: 'ops', kind: 'webhook', url: webhookUrl, secret_env: 'TOCSIN_TEST_WEBHOOK_SECRET' }] }
}
