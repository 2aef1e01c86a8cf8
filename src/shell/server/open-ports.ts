/** Makes the real ports: the database, embedded or given, the playbook folder, the rosters, and what is random. */
import { failureDomainOf } from '../../core/oncall/connections.ts'
import { ceilingOf } from '../../core/page/ceiling.ts'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import type { ChannelBook } from '../../integration.ts'
import { openChannels } from '../../integrations/channels.ts'
import type { Database } from '../database/database.ts'
import { startEmbeddedPostgres } from '../database/embedded.ts'
import { openPreparedDatabase } from '../database/prepare.ts'
import { freshId } from '../fresh-id.ts'
import { makeNudges } from '../nudges.ts'
import { followPeople } from '../oncall/follow.ts'
import { openRosters, type RosterService } from '../oncall/rosters.ts'
import { makeHandoff } from '../outbox/claim.ts'
import { type ConnectionService, openConnections } from '../playbook/connections.ts'
import { openPlaybooks, type PlaybookService } from '../playbook/playbooks.ts'
import type { Ports } from '../ports.ts'
import { openPushDevices } from '../push/push-devices.ts'
import { ensurePushKey } from '../push/push-key.ts'
import { openSealer, type Sealer } from '../source/seal.ts'

export interface OpenPorts {
  readonly ports: Ports
  readonly playbooks: PlaybookService
  readonly rosters: RosterService
  readonly channels: ChannelBook
  readonly connections: ConnectionService
  /** Closes what was opened, the embedded Postgres last. */
  readonly close: () => Promise<void>
}

/** @throws when the database, its schema or the playbook folder cannot be used; what was opened is closed again. */
export async function openPorts(config: Config, log: Logger): Promise<OpenPorts> {
  const closing: (() => Promise<void> | void)[] = []
  const close = async () => {
    for (const step of closing.toReversed()) await step()
  }
  try {
    const url = config.databaseUrl ?? (await embedded(config, log, closing))
    const database = await openPreparedDatabase(url, log, config.testClockFile)
    closing.push(database.close)
    return { ...(await openFolder(config, log, database, closing)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function embedded(config: Config, log: Logger, closing: (() => Promise<void> | void)[]): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log })
  closing.push(postgres.stop)
  return postgres.url
}

async function openFolder(
  config: Config,
  log: Logger,
  database: Database,
  closing: (() => Promise<void> | void)[],
): Promise<Omit<OpenPorts, 'close'>> {
  const playbooks = await openPlaybooks(database, config.playbookDir, log, { environment: config.programEnvironment })
  closing.push(playbooks.stop)
  const connections = openConnections(playbooks, config.findSecret)
  const sealer = openSealer(config)
  await makePushKey(database, sealer, log)
  const channels = openChannels({
    mailUrl: config.mailUrl,
    mailFrom: config.mailFrom,
    connections,
    carriers: connections.carriers,
    publicUrl: config.url,
    now: Date.now,
    push: { devices: openPushDevices(database, sealer, log), subject: pushSubject(config) },
  })
  const rosters = openRosters({
    folder: playbooks,
    mail: config.mailUrl !== null,
    connections: connections.ids,
    carriedChannels: connections.carriedChannels,
    domainOf: (channel) => failureDomainOf(channel, playbooks.connections()),
    freshId,
    monotonicMs: () => performance.now(),
  })
  const ports: Ports = {
    config,
    database,
    log,
    serverId: freshId(),
    freshId,
    random: Math.random,
    playbooks,
    rosters,
    nudges: makeNudges(),
    ceilingOf: (channel) => ceilingOf(channel, playbooks.current(), playbooks.connections()),
    handoff: makeHandoff(),
  }
  closing.push(await followPeople(database, playbooks, rosters, log))
  return { ports, playbooks, rosters, channels, connections }
}

/** A server that cannot read its secret starts all the same: pages go by the other channels, and the doctor says so. */
async function makePushKey(database: Database, sealer: Sealer, log: Logger): Promise<void> {
  try {
    await ensurePushKey(database, sealer, log)
  } catch (error) {
    log.warn({ err: error }, 'the key that signs push messages could not be made or read: nobody is reached by push')
  }
}

/** Push services write to it when something of ours troubles them; Apple takes no address of this machine. */
function pushSubject({ url, ownerEmail, mailFrom }: Config): string {
  if (url.startsWith('https:')) return url
  const [, sender = mailFrom] = /<([^>]+)>/.exec(mailFrom) ?? []
  return `mailto:${ownerEmail.endsWith('@localhost') ? sender : ownerEmail}`
}
