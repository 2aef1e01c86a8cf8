/** The playbook that ships, as a company with six people uses it: each is paged by mail and by a webhook, both at a sink. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { WEBHOOK_SECRET } from '../support/playbook-folder.ts'
import { ROOT } from '../support/server.ts'

export interface ShippedFolder {
  readonly path: string
  readonly environment: Readonly<Record<string, string>>
  readonly remove: () => void
}

interface PlaybookFile {
  readonly incident_types: readonly object[]
}

/** Messages to one person on one channel in ten minutes, where the playbook says nothing. */
export const PAGES_PER_PERSON_MAX = 30
export const NAMES = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eve', 'Finn'] as const
const [ADA, BEN, CLEO, DAN, EVE, FINN] = NAMES.map(mailOf)

/** @param groupBy labels that tell the incidents of every type apart; unset: as it ships, one incident a type */
export function makeShippedFolder(options: { webhookUrl: string; groupBy?: readonly string[] }): ShippedFolder {
  const path = mkdtempSync(join(tmpdir(), 'tocsin-shipped-'))
  const playbook = parse(readFileSync(join(ROOT, 'playbook/playbook.yaml'), 'utf8')) as PlaybookFile
  const { groupBy } = options
  const grouped =
    groupBy === undefined
      ? playbook
      : { ...playbook, incident_types: playbook.incident_types.map((type) => ({ ...type, group_by: groupBy })) }
  const write = (name: string, content: unknown): void => writeFileSync(join(path, name), stringify(content))
  write('playbook.yaml', grouped)
  write('oncall.yaml', ON_CALL)
  write('connections.yaml', {
    connections: [{ name: 'ops', kind: 'webhook', url: options.webhookUrl, secret_env: 'TOCSIN_TEST_WEBHOOK_SECRET' }],
  })
  return {
    path,
    environment: { TOCSIN_TEST_WEBHOOK_SECRET: WEBHOOK_SECRET, NODE_ENV: 'production' },
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

export function mailOf(name: string): string {
  return `${name.toLowerCase()}@example.org`
}

const rotation = (role: string, members: readonly (string | undefined)[]): object => ({
  role,
  zone: 'Europe/Berlin',
  layers: [{ members, turn: '1 week', start: '2026-01-05', handoff: '09:00' }],
})

const ON_CALL = {
  people: NAMES.map((name) => ({ name, email: mailOf(name), zone: 'Europe/Berlin', channels: ['email', 'webhook:ops'] })),
  schedules: [rotation('DevSecOps', [ADA, BEN]), rotation('Product', [EVE, FINN])],
  roles: { CTO: CLEO, 'Security Officer': DAN },
}
