/**
 * Names a process so that another one of the same machine can tell for certain whether it is gone: after a crash a server
 * need not wait for the dead one's silence to be long enough. Linux only; elsewhere, and across machines and containers,
 * silence decides.
 */
import { readFileSync, readlinkSync } from 'node:fs'

/** `boot/pid namespace/pid/start time`, or null where the kernel does not tell. Source: proc(5), fields of /proc/[pid]/stat. */
export function markOfThisProcess(): string | null {
  return markOf(process.pid)
}

/** True only when that process ran in this very system and has ended: what cannot be known is false. */
export function isGone(mark: string | null, markNow: (pid: number) => string | null = markOf): boolean {
  const [boot, namespace, pid] = mark?.split('/') ?? []
  if (boot === undefined || namespace === undefined || pid === undefined) return false
  const own = markOfThisProcess()
  return own?.startsWith(`${boot}/${namespace}/`) === true && markNow(Number(pid)) !== mark
}

/** Without a mark: no such process, or one that has ended and waits for its parent to notice. */
function markOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const namespace = readlinkSync('/proc/self/ns/pid')
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name may hold spaces and brackets; what follows the last bracket is fixed.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startTime] = [fields[0], fields[START_TIME_FIELD - FIRST_FIELD_AFTER_NAME]]
    return startTime === undefined || state === 'Z' || state === 'X' ? null : `${boot}/${namespace}/${pid}/${startTime}`
  } catch {
    return null
  }
}
const FIRST_FIELD_AFTER_NAME = 3
const START_TIME_FIELD = 22
