/**
 * What may hold alerts, in memory: one small question to the database each half second, and nothing else while nothing
 * changes. What it says may be old by that: whoever holds an alert by it asks the database whether it still is so
 * (`keep…` in the stores), in the transaction that holds it.
 */
import type { CompiledSilence, Muters, RunningWindow, Snooze } from '../../core/silence/find-hold.ts'
import type { Maintenance } from '../../core/silence/maintenance.ts'
import { type CompiledMatcher, compileMatchers, type Matcher } from '../../core/silence/matcher.ts'
import type { Silence } from '../../core/silence/silence.ts'
import { type Occurrence, occurrenceAt, occurrencesAfter } from '../../core/silence/window.ts'
import type { Instant } from '../../core/time.ts'
import type { Database, Tx } from '../database/database.ts'
import { loadOpenMaintenance } from './maintenance-store.ts'
import { loadOpenSilences } from './silence-store.ts'
import { loadOpenSnoozes } from './snooze-store.ts'
import { findMuteVersion } from './version-store.ts'

/** More are refused when they are made. */
export const SILENCES_OPEN_MAX = 2_000
export const MAINTENANCE_OPEN_MAX = 500
export const SNOOZES_OPEN_MAX = 5_000
const LOOK_AGAIN_MS = 500

export interface MuteBook {
  /** What holds at the transaction's now. Costs nothing while nothing is silenced. */
  readonly at: (tx: Tx) => Promise<Muters>
  /** The next question is asked at once: something has changed here. */
  readonly forget: () => void
}

const books = new WeakMap<Database, MuteBook>()

/** One a database: whoever changes something and whoever applies signals mean the same. */
export function muteBookOf(database: Database): MuteBook {
  const known = books.get(database)
  if (known !== undefined) return known
  const book = openMuteBook()
  books.set(database, book)
  return book
}

interface Loaded {
  readonly version: number
  readonly silences: readonly CompiledSilence[]
  /** Those that were active at the last look: the same list while they are, since it is indexed. */
  active: readonly CompiledSilence[]
  readonly windows: readonly WindowClock[]
  readonly snoozes: readonly Snooze[]
}

/** A window with what it does at the moment, and until when that is so. */
interface WindowClock {
  readonly window: Maintenance
  readonly matchers: readonly CompiledMatcher[]
  from: Instant
  until: Instant
  occurrence: Occurrence | null
}

const NONE: Muters = { silences: [], windows: [], snoozes: new Map() }

function openMuteBook(): MuteBook {
  let loaded: Loaded | null = null
  let askedAtMs = Number.NEGATIVE_INFINITY
  const refresh = async (tx: Tx): Promise<Loaded> => {
    const nowMs = performance.now()
    const version = await findMuteVersion(tx)
    if (loaded === null || loaded.version !== version) loaded = await load(tx, version)
    askedAtMs = nowMs
    return loaded
  }
  return {
    at: async (tx) => {
      const current = loaded !== null && performance.now() - askedAtMs < LOOK_AGAIN_MS ? loaded : await refresh(tx)
      const { silences, windows, snoozes } = current
      if (silences.length === 0 && windows.length === 0 && snoozes.length === 0) return NONE
      return {
        silences: activeAt(current, tx.now),
        windows: windows.flatMap((clock) => runningAt(clock, tx.now)),
        snoozes: new Map(snoozes.filter(({ until }) => tx.now < until).map((snooze) => [snooze.fingerprint, snooze])),
      }
    },
    forget: () => {
      askedAtMs = Number.NEGATIVE_INFINITY
    },
  }
}

async function load(tx: Tx, version: number): Promise<Loaded> {
  const silences = await loadOpenSilences(tx, SILENCES_OPEN_MAX)
  const windows = await loadOpenMaintenance(tx, MAINTENANCE_OPEN_MAX)
  const snoozes = await loadOpenSnoozes(tx, SNOOZES_OPEN_MAX)
  return {
    version,
    silences: silences.map((silence: Silence) => ({ silence, matchers: compileStored(silence.matchers) })),
    active: [],
    windows: windows.map((window) => ({
      window,
      matchers: compileStored(window.matchers),
      from: Number.POSITIVE_INFINITY,
      until: Number.NEGATIVE_INFINITY,
      occurrence: null,
    })),
    snoozes: snoozes.map(({ id, fingerprint, startsAt, until, reason, author }) => ({
      id,
      fingerprint,
      startedAt: startsAt,
      until,
      reason,
      author: author.name,
    })),
  }
}

function activeAt(loaded: Loaded, now: Instant): readonly CompiledSilence[] {
  const active = loaded.silences.filter(({ silence }) => silence.startsAt <= now && now < silence.endsAt)
  const isSame = active.length === loaded.active.length && active.every((silence, place) => silence === loaded.active[place])
  if (!isSame) loaded.active = active
  return loaded.active
}

/** They compiled when they were made; one that an earlier release took and this one does not fits nothing: it pages. */
function compileStored(matchers: readonly Matcher[]): readonly CompiledMatcher[] {
  const compiled = compileMatchers(matchers)
  return compiled.kind === 'matchers'
    ? compiled.matchers
    : [{ name: 'alertname', value: '', isRegex: false, isEqual: true, test: () => false }]
}

/** Counts the calendar only when what it said has run out, or the clock was set back. */
function runningAt(clock: WindowClock, now: Instant): RunningWindow[] {
  const { window, matchers } = clock
  if (now < clock.from || now >= clock.until) {
    clock.occurrence = occurrenceAt(window.schedule, window.zone, now)
    const next = occurrencesAfter(window.schedule, window.zone, now, 1)[0]
    clock.from = now
    clock.until = Math.min(clock.occurrence?.endsAt ?? Number.POSITIVE_INFINITY, next?.startsAt ?? Number.POSITIVE_INFINITY)
  }
  return clock.occurrence === null ? [] : [{ window, matchers, occurrence: clock.occurrence }]
}
