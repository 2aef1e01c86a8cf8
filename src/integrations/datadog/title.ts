/** Datadog's titles say in brackets how the monitor changed: `[P1] [Triggered on {host:a}] Name`, `[Recovered] [Memory Alert]`. */

export interface MonitorTitle {
  /** The monitor's own name. */
  readonly name: string
  readonly priority: string | null
  readonly transition: string | null
  /** The group of a monitor that alerts by group, such as `{host:a}`. */
  readonly scope: string | null
}

const TITLE_CHARS_READ = 4_096
const BRACKETS_MAX = 4
const PRIORITY = /^P[1-5]$/i
const TRANSITION = /^((?:Re-?)?(?:Triggered|Warn|No Data|Alert)|(?:Warn |No Data |Monitor )?Recovered|Renotify|Muted)\b/i

export function readTitle(given: string): MonitorTitle {
  let rest = given.slice(0, TITLE_CHARS_READ).trim()
  let priority: string | null = null
  let transition: string | null = null
  let scope: string | null = null
  for (let count = 0; count < BRACKETS_MAX && rest.startsWith('['); count += 1) {
    const end = rest.indexOf(']')
    const inside = end < 0 ? '' : rest.slice(1, end).trim()
    if (PRIORITY.test(inside)) priority = inside
    else if (TRANSITION.test(inside)) {
      transition = TRANSITION.exec(inside)?.[1] ?? null
      scope = /\bon (\{.*\})$/.exec(inside)?.[1] ?? null
    } else break
    rest = rest.slice(end + 1).trim()
  }
  // A name that is wholly in brackets is that name.
  const bare = /^\[([^[\]]+)\]$/.exec(rest)?.[1] ?? rest
  return { name: bare || given, priority, transition, scope }
}
