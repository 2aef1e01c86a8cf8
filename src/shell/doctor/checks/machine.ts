/** The ground that all of it stands on: the database's promises, clocks, disk, the auditor, settings. */
import { statfs } from 'node:fs/promises'
import type { DoctorCheck } from '../../../api/doctor.ts'
import { clockSkewSeconds } from '../../metrics/metrics.ts'
import { type Examination, fail, ok, warn, words } from '../check.ts'
import { type DatabaseFacts, readAuditorLease, readDatabaseClock, readDatabaseFacts } from '../doctor-store.ts'

const SKEW_MAX_MS = 1_000
const DISK_FAIL_BYTES = 256 * 1024 * 1024
const DISK_WARN_BYTES = 2 * 1024 * 1024 * 1024
/** The auditor looks each 30 s; three missed rounds are no accident. */
const AUDITOR_SILENT_MAX_MS = 90_000

export async function checkDatabase({ ports }: Examination): Promise<readonly DoctorCheck[]> {
  const facts = await ports.database.inTransaction('main', readDatabaseFacts)
  return [checkDurability(facts), checkRole(facts)]
}

const DURABILITY = 'Postgres keeps what it commits'

export function checkDurability(facts: DatabaseFacts): DoctorCheck {
  const off = [
    ...(facts.fsync === 'on' ? [] : ['fsync']),
    ...(facts.synchronousCommit === 'off' ? ['synchronous_commit'] : []),
    ...(facts.fullPageWrites === 'on' ? [] : ['full_page_writes']),
  ]
  if (off.length === 0) return ok('durability', DURABILITY, 'fsync and synchronous_commit are on')
  return fail('durability', DURABILITY, {
    found: `${off.join(' and ')} ${off.length === 1 ? 'is' : 'are'} off`,
    meaning: 'an alarm that was answered with 2xx can be gone after a crash or a power cut',
    remedy: `set ${off.join(' and ')} to on in postgresql.conf and reload Postgres`,
  })
}

const ROLE = 'Rights in the database'

export function checkRole(facts: DatabaseFacts): DoctorCheck {
  if (!facts.superuser && facts.owned === 0) return ok('database-role', ROLE, `Tocsin works as ${facts.role}, which owns no table`)
  return warn('database-role', ROLE, {
    found: `Tocsin works as ${facts.role}, which ${facts.superuser ? 'is a superuser' : `owns ${facts.owned} tables`}`,
    meaning: 'pages go out, but a fault in Tocsin could change the record of what happened',
    remedy:
      'as an administrator of Postgres: create role tocsin_app nologin noinherit; grant tocsin_app to the user of DATABASE_URL; restart',
  })
}

const CLOCK = 'Clocks'

export async function checkClock({ ports, wallClock }: Examination): Promise<readonly DoctorCheck[]> {
  const before = wallClock()
  const theirs = await ports.database.inTransaction('main', readDatabaseClock)
  const after = wallClock()
  // The answer was made somewhere between the two: only what lies outside is skew for certain.
  const skew = theirs < before ? before - theirs : theirs > after ? theirs - after : 0
  clockSkewSeconds.set((theirs < before ? skew : -skew) / 1000)
  if (skew <= SKEW_MAX_MS) return [ok('clock', CLOCK, "this machine's and the database's agree")]
  return [
    fail('clock', CLOCK, {
      found: `this machine's clock and the database's are ${words(skew)} apart`,
      meaning: 'deadlines are counted by the database and shown by this machine: people see wrong ones',
      remedy: 'let both machines follow a time server (chrony, systemd-timesyncd)',
    }),
  ]
}

const AUDITOR = 'Auditor'

export async function checkAuditor({ ports }: Examination): Promise<readonly DoctorCheck[]> {
  const lease = await ports.database.inTransaction('main', readAuditorLease)
  if (lease !== null && lease.leftMs > -AUDITOR_SILENT_MAX_MS) return [ok('auditor', AUDITOR, 'it looks after open incidents')]
  return [
    fail('auditor', AUDITOR, {
      found: lease === null ? 'it has never run' : `it has not run for ${words(-lease.leftMs)}`,
      meaning: 'a step that was lost would not be noticed',
      remedy: 'restart Tocsin and look at the log for the auditor',
    }),
  ]
}

const DISK = 'Disk'

export async function checkDisk({ ports }: Examination): Promise<readonly DoctorCheck[]> {
  const { bavail, bsize } = await statfs(ports.config.dataDir)
  const free = bavail * bsize
  const where =
    ports.config.databaseUrl === null ? ports.config.dataDir : `${ports.config.dataDir} (the database's own disk is not seen from here)`
  if (free >= DISK_WARN_BYTES) return [ok('disk', DISK, `${gigabytes(free)} free at ${where}`)]
  const trouble = {
    found: `${gigabytes(free)} free at ${where}`,
    meaning: 'when it is full, alarms are refused (503) until there is room; senders keep and repeat them for a while',
    remedy: 'make room or give it a larger disk',
  }
  return [free < DISK_FAIL_BYTES ? fail('disk', DISK, trouble) : warn('disk', DISK, trouble)]
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`
}

export async function checkSettings({ ports }: Examination): Promise<readonly DoctorCheck[]> {
  return ports.config.warnings.map((warning, index) =>
    warn(`setting:${index + 1}`, 'Settings', {
      found: warning,
      meaning: 'a setting that you meant has no effect',
      remedy: 'correct its name (docs/configuration.md lists them all) or remove it',
    }),
  )
}
