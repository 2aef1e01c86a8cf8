/** Runs all checks side by side. One that throws or hangs is itself a finding: the others are still told. */
import type { DoctorCheck, DoctorPart, DoctorReport } from '../../api/doctor.ts'
import { type Examination, type Examine, fail, toReport } from './check.ts'
import { checkAsked } from './checks/asked.ts'
import { checkChannels } from './checks/channels.ts'
import { checkLinks } from './checks/links.ts'
import { checkAuditor, checkClock, checkDatabase, checkDisk, checkSettings } from './checks/machine.ts'
import { checkPages } from './checks/pages.ts'
import { checkPeople } from './checks/people.ts'
import { checkPlaybook } from './checks/playbook.ts'
import { checkPush } from './checks/push.ts'
import { checkSources } from './checks/source.ts'

const CHECKS: readonly (readonly [string, Examine])[] = [
  ['people', checkPeople],
  ['people', checkPush],
  ['channels', checkChannels],
  ['links', checkLinks],
  ['pages', checkPages],
  ['database', checkDatabase],
  ['auditor', checkAuditor],
  ['clock', checkClock],
  ['disk', checkDisk],
  ['playbook', checkPlaybook],
  ['sources', checkSources],
  ['sources', checkAsked],
  ['settings', checkSettings],
]

/** Over every time-out of a single check. */
const CHECK_TIMEOUT_MS = 30_000

/** @param part the name of one check; all of them when it is left out */
export async function examine(examination: Examination, part?: DoctorPart): Promise<DoctorReport> {
  const checks = CHECKS.filter(([name]) => part === undefined || name === part)
  const results = await Promise.all(checks.map(([name, check]) => guarded(name, check, examination)))
  return toReport(results.flat(), examination.wallClock())
}

async function guarded(name: string, check: Examine, examination: Examination): Promise<readonly DoctorCheck[]> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`it took longer than ${CHECK_TIMEOUT_MS / 1000} s`)), CHECK_TIMEOUT_MS)
  try {
    return await Promise.race([check(examination), late])
  } catch (error) {
    examination.ports.log.warn({ err: error, check: name }, 'a check of the doctor could not be made')
    return [
      fail(`check:${name}`, `Check of ${name}`, {
        found: `could not be made: ${error instanceof Error ? error.message : 'unknown reason'}`,
        meaning: 'nothing is known about this part',
        remedy: 'look at the log of the server',
      }),
    ]
  } finally {
    clearTimeout(timer)
  }
}
