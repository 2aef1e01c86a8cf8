/**
 * What the shell's parts need from the world, as arguments. `main.ts` makes the real ones, tests make their own;
 * nothing else reads the environment, the wall clock or randomness.
 */
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Playbook } from '../core/playbook/playbook.ts'
import type { PlaybookDigest } from '../core/id.ts'
import type { Roster } from '../core/oncall/roster.ts'
import type { Ceiling } from '../core/page/carries.ts'
import type { Instant } from '../core/time.ts'
import type { Database, Tx } from './database/database.ts'
import type { Handoff } from './outbox/claim.ts'
import type { CertificateParts } from './source/confirm-certificates.ts'

export interface Ports {
  readonly config: Config
  readonly database: Database
  readonly log: Logger
  /** This process among those that share the database. */
  readonly serverId: string
  /** A fresh time-ordered UUID (version 7). */
  readonly freshId: () => string
  /** In [0, 1): for jitter only. */
  readonly random: () => number
  readonly playbooks: Playbooks
  readonly rosters: Rosters
  readonly nudges: Nudges
  /** What a channel may carry of an incident. */
  readonly ceilingOf: (channel: string) => Ceiling
  /** Takes effects from the transaction that made them to this process' outbox; without it they wait for the poll. */
  readonly handoff?: Handoff
  /** Where certificates of signers come from, and whom they must lead to; left out: the world's, and those that Node trusts. */
  readonly signers?: Partial<CertificateParts>
}

export interface Playbooks {
  /** The version in force for new incidents. */
  readonly current: () => Playbook
  /** Any version ever loaded, compiled, cached. @throws when the digest is unknown. */
  readonly load: (tx: Tx, digest: PlaybookDigest) => Promise<Playbook>
}

export interface Rosters {
  /**
   * Who can be reached at that instant. Reads people from the transaction, schedules from oncall.yaml. @param team whose
   * holders hold the roles; the organisation's where it is left out, and for roles that the team has no schedule for
   */
  readonly at: (tx: Tx, instant: Instant, team?: string | null) => Promise<Roster>
}

/** Hints between parts of one process that there is work; the database stays the truth, polling finds what a hint missed. */
export interface Nudges {
  readonly send: (topic: NudgeTopic) => void
  readonly on: (topic: NudgeTopic, listener: () => void) => () => void
}
export type NudgeTopic = 'outbox' | 'feed' | 'wake'
