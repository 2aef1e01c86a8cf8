/** The shape of a check and how checks become a report. */
import type { DoctorCheck, DoctorReport, DoctorState } from '../../api/doctor.ts'
import type { ChannelBook } from '../../integration.ts'
import type { TlsStatus } from '../http/tls-source.ts'
import type { ConnectionService } from '../playbook/connections.ts'
import type { ChannelState } from '../outbox/gate.ts'
import type { Ports } from '../ports.ts'

/** What the doctor is told about the parts of this process. */
export interface DoctorParts {
  readonly channels: ChannelBook
  /** Circuit breakers of the channels that this process has used. */
  readonly breakers: () => readonly ChannelState[]
  /** Why the playbook folder does not load as it is; null when it does. */
  readonly playbookFault: () => string | null
  /** Built-in TLS; null without it. */
  readonly tls: () => TlsStatus | null
  /** Connections through which sources are asked what fires. */
  readonly asked?: ConnectionService['asked']
}

export interface Examination {
  readonly ports: Ports
  readonly parts: DoctorParts
  /** The wall clock, Unix milliseconds: doctor judges the machine, not the domain's time. */
  readonly wallClock: () => number
}

export type Examine = (examination: Examination) => Promise<readonly DoctorCheck[]>

/** All is well: nothing to mean, nothing to do. */
export function ok(id: string, title: string, found: string): DoctorCheck {
  return { id, state: 'ok', title, found, meaning: '', remedy: '' }
}

export interface Trouble {
  readonly found: string
  /** What it means at 03:00. */
  readonly meaning: string
  /** What to do. */
  readonly remedy: string
}

export function warn(id: string, title: string, trouble: Trouble): DoctorCheck {
  return { id, state: 'warn', title, ...trouble }
}

export function fail(id: string, title: string, trouble: Trouble): DoctorCheck {
  return { id, state: 'fail', title, ...trouble }
}

const WORST_FIRST: readonly DoctorState[] = ['fail', 'warn', 'ok']

/** Failures first; among equals the order in which they were looked at. */
export function toReport(checks: readonly DoctorCheck[], at: number): DoctorReport {
  const sorted = WORST_FIRST.flatMap((state) => checks.filter((check) => check.state === state))
  return { at: new Date(at).toISOString(), state: sorted[0]?.state ?? 'ok', checks: sorted }
}

/** `3 s`, `5 min`, `2 h`, `4 days`: how long, in words short enough for a line. */
export function words(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 1) return `${Math.round(ms)} ms`
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`
}
