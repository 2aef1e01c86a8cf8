/** Starts one server: the parts in the order in which they need each other, and their end in the opposite order. */
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { keepKeyFile, readKeyFile } from '../../key-file.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { startIntake, submitSignal, type Intake } from '../alert/intake.ts'
import { startAsking } from '../ask/asker.ts'
import { startAuditor, type Auditor } from '../auditor/auditor.ts'
import { startFollowing } from '../carrier/follow.ts'
import type { Checks } from '../http/health-routes.ts'
import { doctorParts } from '../doctor/parts.ts'
import { type Listeners, startListeners } from '../http/listeners.ts'
import { startHeartbeats } from '../heartbeat/watcher.ts'
import { listenerSettings } from '../http/listeners-settings.ts'
import { buildServer, handlerOf } from '../http/server.ts'
import { startMail } from '../mail/smtp-listener.ts'
import { startOncallNotices } from '../oncall/notices.ts'
import { startScrape } from '../metrics/scrape.ts'
import { startOutbox, type Outbox } from '../outbox/outbox.ts'
import { type GivenApiKey, makeApiKey } from '../person/api-key-store.ts'
import { startReview } from '../playbook/review.ts'
import { startWaker } from '../outbox/waker.ts'
import { openChecker } from '../playbook/checker.ts'
import type { FolderStatus } from '../playbook/playbooks.ts'
import { startEndingNotices } from '../silence/ending-notice.ts'
import { startReleaser } from '../silence/release.ts'
import { buildConsole, ensureConsoleFolder } from './build-console.ts'
import { layFoundation } from './first-start-store.ts'
import { greet } from './greeting.ts'
import { startHousekeeping } from './housekeeping.ts'
import { type OpenPorts, openPorts } from './open-ports.ts'
import { startPresence } from './presence.ts'

/** Under which Tocsin's own alarms are listed. */
const OWN_SOURCE = 'Tocsin'

export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:4600`. */
  readonly url: string
  /** What to show on the terminal. */
  readonly greeting: string
  /** Reads certificates and the playbook folder again. */
  readonly reload: () => Promise<void>
  /** Ends in order: takes nothing new, applies what was taken, lets running sends finish. */
  readonly stop: () => Promise<void>
}

/** @throws when a setting cannot be used or an address is taken; all that had been started is stopped again. */
export async function startServer(config: Config, log: Logger): Promise<RunningServer> {
  const opened = await openPorts(config, log)
  const stops: (() => Promise<void> | void)[] = [opened.close]
  const stop = () => stopAll(stops, log)
  try {
    return { ...(await startParts(opened, stops)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startParts(opened: OpenPorts, stops: (() => Promise<void> | void)[]): Promise<Omit<RunningServer, 'stop'>> {
  const { ports, playbooks, rosters, channels, connections } = opened
  const { config, log } = ports
  const foundation = await foundHouse(opened)
  const presence = await startPresence(ports)
  stops.push(presence.stop)
  const housekeeping = await startHousekeeping(ports)
  stops.push(housekeeping.stop)
  const outbox = startOutbox(ports, channels)
  stops.push(outbox.stop, startScrape(ports).stop, startFollowing(ports, channels).stop)
  // Before the first message is applied: some are pings. What it raises goes in by the intake, which it waits for.
  const heartbeats = await startHeartbeats(ports, { raise: (signal) => submitSignal(ports, signal, OWN_SOURCE) })
  const intake = startIntake(ports)
  stops.push(intake.stop, heartbeats.stop)
  const waker = startWaker(ports)
  stops.push(waker.stop)
  stops.push(startReleaser(ports).stop, startEndingNotices(ports, channels).stop)
  stops.push(startOncallNotices({ ports, channels, onCall: playbooks.onCall }).stop)
  const raise = (signal: Signal): Promise<void> => intake.submit(signal, OWN_SOURCE)
  const auditor = startAuditor(ports, raise)
  stops.push(auditor.stop)
  stops.push(startReview(ports, { channels, raise, onChange: playbooks.onChange }).stop)
  const checks = { ...readinessChecks({ outbox, intake, auditor }), playbook: () => playbookCheck(playbooks.status()) }
  let listeners: Listeners | null = null
  const doctor = doctorParts({ channels, outbox, playbooks, connections, tls: () => listeners?.tls() ?? null })
  const oncall = { onCallItems: rosters.onCallItems, onCall: playbooks.onCall, forget: rosters.forget }
  const checker = openChecker()
  stops.push(checker.stop)
  const playbook = { ...playbooks, checker, rosterReader: rosters.reader }
  const app = buildServer(ports, {
    doors: intake.handle,
    checks,
    consoleDir: ensureConsoleFolder(),
    oncall,
    doctor,
    playbook,
    connections,
    carriers: connections.carriers,
  })
  await app.ready()
  const parts = { handler: handlerOf(app, intake.handle), doors: intake.handle, log }
  const bound = await startListeners(listenerSettings(config), parts)
  listeners = bound
  stops.push(async () => {
    await Promise.all([bound.close(), app.close()])
  })
  stops.push(startAsking(ports, { intake, connections }).stop)
  const mail = await startMail(ports, intake)
  if (mail !== undefined) stops.push(mail.stop)
  // Tests start many servers and build it once themselves.
  if (!config.testing) void buildConsole(log)
  const url = config.urlIsSet ? config.url : bound.main
  return {
    url: bound.main,
    greeting: greet({ ...foundation, url, publicUrl: bound.public, ownerEmail: config.ownerEmail }),
    reload: async () => {
      await Promise.all([bound.reload(), playbooks.reload()])
    },
  }
}

/** Latest first. One that fails does not keep the others running. */
async function stopAll(stops: (() => Promise<void> | void)[], log: Logger): Promise<void> {
  for (const step of stops.splice(0).toReversed()) {
    try {
      await step()
    } catch (error) {
      log.warn({ err: error }, 'a part did not stop in order')
    }
  }
}

interface Watched {
  readonly outbox: Outbox
  readonly intake: Intake
  readonly auditor: Auditor
}

function say(ok: boolean, good: string, bad: string): { ok: boolean; detail: string } {
  return { ok, detail: ok ? good : bad }
}

/** What `/readyz` asks beside the database. */
function readinessChecks({ outbox, intake, auditor }: Watched): Checks {
  return {
    intake: () => say(intake.ready(), `${intake.backlog()} receipts wait`, 'receipts of before the start are still being applied'),
    outbox: () => say(outbox.healthy(), 'looks for due pages', 'has not looked for due pages lately'),
    auditor: () => say(auditor.healthy(), 'runs', 'has not run lately'),
  }
}

/** It is ready with the version of before, and says loudly that a newer text waits to be mended; what is wrong, it tells nobody unknown. */
function playbookCheck({ version, refused }: FolderStatus): { ok: boolean; detail: string } {
  if (refused.length === 0) return { ok: true, detail: `version ${version} is in force` }
  return {
    ok: true,
    detail: `${refused.join(', ')} cannot be read: what was in force before stays in force, the playbook in version ${version}`,
  }
}

/** The owner and the keys; an integration key made now is kept only once its source is committed. */
async function foundHouse({ ports, rosters }: OpenPorts): Promise<{ signInToken: string | null; ingestKey: string | null }> {
  const { config, database, log } = ports
  const kept = { ingestKey: readKeyFile(config.dataDir, 'ingest-key'), apiKey: giveApiKey(config) }
  const foundation = await database.inTransaction('main', (tx) => layFoundation(tx, config, kept))
  rosters.forget()
  if (foundation.ingestKeyIsNew && foundation.ingestKey !== null) keepKeyFile(config.dataDir, 'ingest-key', foundation.ingestKey)
  if (foundation.apiKey === 'revoked') log.warn(WHERE_REVOKED[kept.apiKey.from])
  return foundation
}

const WHERE_REVOKED = {
  environment: 'the key in TOCSIN_API_KEY was revoked and opens nothing: set another one',
  machine:
    'the key in the file api-key of the data folder was revoked and opens nothing: remove the file, and the next start makes another',
}

/** That of the environment, else the one by which `tocsin` on this machine asks; written down before it is made known, so that no start loses it. */
function giveApiKey(config: Config): GivenApiKey {
  if (config.apiKey !== null) return { key: config.apiKey, from: 'environment' }
  const kept = readKeyFile(config.dataDir, 'api-key')
  if (kept !== null) return { key: kept, from: 'machine' }
  const key = makeApiKey()
  keepKeyFile(config.dataDir, 'api-key', key)
  return { key, from: 'machine' }
}
