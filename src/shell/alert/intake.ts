/**
 * The way in of every signal: doors, group commit, ordered apply, and the recovery of what dead servers left. A sender
 * hears "yes" after its message is on disk, and never of anything that happens to it later.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { toLabels, toSignal } from '../../core/alert/build.ts'
import type { Signal } from '../../core/alert/signal.ts'
import { clean } from '../../core/alert/text.ts'
import type { InboundMessage, Received } from '../../integration.ts'
import { makeIngestHandler } from '../http/ingest.ts'
import { openMappingCache } from '../mapping/mapping-cache.ts'
import type { Ports } from '../ports.ts'
import { TEST_HEADER } from '../source/apart.ts'
import { startConfirm } from '../source/confirm.ts'
import { type Certificates, openCertificates } from '../source/confirm-certificates.ts'
import { openSourceCache, type SourceCache } from '../source/source-cache.ts'
import { ensureInternalSource, type SourceRow } from '../source/source-store.ts'
import { countItems, startTallies, type Tallies } from '../source/tallies.ts'
import { DISTRUSTED_HEADER } from '../source/trust.ts'
import { makeApplyQueue } from './apply-queue.ts'
import { INTERNAL_DOOR } from './door-table.ts'
import { makeGroupCommit } from './group-commit.ts'
import { isAlone, recoverDead } from './recover.ts'

export interface Intake {
  /** True when the address is a door's and the request was taken. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Raises a signal of Tocsin's own; resolves when it is on disk. @throws when it could not be committed */
  readonly submit: (signal: Signal, name: string) => Promise<void>
  /** Takes nothing new, and resolves when all that was accepted is applied. */
  readonly drain: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Commits a message that a route has read for a source; resolves to false when it may not be on disk. */
  readonly accept: (message: RouteMessage) => Promise<boolean>
  /** Of signers whose messages name theirs: for owners who give one by hand. */
  readonly certificates: Pick<Certificates, 'forget'>
  /** By key: what routes that answer senders need, see `ingest.ts`. */
  readonly sources: Pick<SourceCache, 'find' | 'findFresh'>
  /** Notes that a key has opened something, for lists of keys. */
  readonly useKey: (keyId: string) => void
  /** Nothing more is taken for now: senders are told to come again. */
  readonly isFull: () => boolean
  /** Receipts accepted and not applied yet. */
  readonly backlog: () => number
  /** Receipts of before the start are applied. */
  readonly ready: () => boolean
}

/** An orderly end applies what it took; what is left after this is found by whoever runs next. */
const DRAIN_MS_MAX = 8_000
const RECOVER_EVERY_MS = 2_000
const RECOVER_AGAIN_MS = 250
const intakes = new WeakMap<Ports, Intake>()

/** Starts at once; doors answer 503 until the database has been seen. */
export function startIntake(ports: Ports): Intake {
  const sources = openSourceCache(ports)
  const mappings = openMappingCache(ports)
  const tallies = startTallies(ports)
  const queue = makeApplyQueue(ports)
  const commits = makeGroupCommit(ports, {
    shared: !isAlone(ports),
    isCrowdedBy: queue.isCrowdedBy,
    room: queue.room,
    onCommitted: (items) => {
      countItems(tallies, items)
      queue.add(items)
    },
    onClosed: queue.open,
  })
  const confirm = startConfirm(ports, {
    certificates: openCertificates(ports, ports.signers),
    accept: (message) => accept({ commits, sources, tallies }, message),
  })
  const doors = makeIngestHandler(ports, { sources, commits, queue, mappings, used: tallies.useKey, confirm })
  const recovery = startRecovery(ports, queue.open, mappings.loaded)
  const drain = async () => {
    doors.close()
    await commits.idle()
    await queue.idle()
  }
  const intake: Intake = {
    handle: doors.handle,
    submit: (signal, name) => submit(ports, { commits, sources }, signal, name),
    accept: (message) => accept({ commits, sources, tallies }, message),
    certificates: confirm.certificates,
    sources,
    useKey: (keyId) => {
      const at = sources.now()
      if (at !== null) tallies.useKey(keyId, at)
    },
    isFull: doors.isFull,
    drain,
    stop: async () => {
      await Promise.race([drain(), sleep(DRAIN_MS_MAX, undefined, { ref: false })])
      await confirm.stop()
      recovery.stop()
      await commits.idle()
      queue.stop()
      await queue.idle()
      await recovery.idle()
      sources.stop()
      mappings.stop()
      await tallies.stop()
      intakes.delete(ports)
    },
    backlog: () => commits.waiting() + queue.size(),
    ready: recovery.ready,
  }
  intakes.set(ports, intake)
  return intake
}

/** The intake of this process; undefined when none runs. */
export function findIntake(ports: Ports): Intake | undefined {
  return intakes.get(ports)
}

/** Raises a signal of Tocsin's own, such as the auditor's findings. @throws when no intake runs in this process */
export async function submitSignal(ports: Ports, signal: Signal, name: string): Promise<void> {
  const intake = intakes.get(ports)
  if (intake === undefined) throw new Error('no intake runs in this process')
  await intake.submit(signal, name)
}

/**
 * Looks after the dead for as long as it lives. What this server takes waits until those of before the start are
 * settled: the messages of one alert must be applied in the order in which they were accepted, whoever accepted them.
 */
function startRecovery(
  ports: Ports,
  open: () => Promise<void>,
  mappingsLoaded: () => Promise<void>,
): { ready: () => boolean; stop: () => void; idle: () => Promise<void> } {
  let ready = false
  let opened = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()

  /** A server that was alive when this one started and still is has nothing to do with readiness. */
  const startedAt = performance.now()
  /** Trouble with what others left must not keep this server's own alarms from being heard. */
  const openAnyway = async () => {
    if (opened || performance.now() - startedAt < OPEN_ANYWAY_MS) return
    try {
      await open()
      opened = true
    } catch (error) {
      ports.log.warn({ err: error }, 'the watermark could not be read')
    }
  }
  const look = async () => {
    try {
      await mappingsLoaded()
      const watchedMs = performance.now() - startedAt
      const doubtful = await recoverDead(ports, () => stopped, watchedMs)
      ready ||= doubtful === 0 || watchedMs > (ports.config.timing['deadAfterMs'] ?? DOUBT_MS_MAX)
      if (ready && !opened) await open()
      opened ||= ready
    } catch (error) {
      ports.log.warn({ err: error }, 'receipts left by other servers could not be looked for')
      await openAnyway()
    }
    if (!stopped) timer = setTimeout(go, ready ? RECOVER_EVERY_MS : RECOVER_AGAIN_MS)
  }
  const go = () => {
    running = look()
  }
  go()
  return {
    ready: () => ready,
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
    idle: () => running,
  }
}
/** After this a server that was seen at the start is either dead, and recovered, or alive. */
const DOUBT_MS_MAX = 10_500
const OPEN_ANYWAY_MS = 15_000

type Parts = { readonly commits: ReturnType<typeof makeGroupCommit>; readonly sources: ReturnType<typeof openSourceCache> }
const internalSources = new WeakMap<Ports, Map<string, SourceRow>>()

export interface RouteMessage {
  /** With the key that opened it, where one did. */
  readonly source: { readonly id: string; readonly name: string; readonly keyId?: string }
  /** Id of an inner door: it reads the body again after a crash. */
  readonly door: string
  readonly path: string
  readonly body: Buffer
  readonly read: (message: InboundMessage) => Received
  /** True: it is kept and listed, opens nothing and pages nobody. */
  readonly test?: boolean
  /** Kept with it. */
  readonly headers?: Readonly<Record<string, string>>
  /** Told the receipt's id once it is on disk. */
  readonly kept?: (receiptId: number) => void
}

/** As a door takes it: nothing before the database's clock is known. */
async function accept({ commits, sources, tallies }: Parts & { readonly tallies: Tallies }, message: RouteMessage): Promise<boolean> {
  const { source, door, path, body, read, test = false, headers = {}, kept } = message
  const receivedAt = sources.now()
  if (receivedAt === null) return false
  if (source.keyId !== undefined) tallies.useKey(source.keyId, receivedAt)
  const received = read({ method: 'POST', path, query: new URLSearchParams(), headers, body, receivedAt })
  const notes = { ...(test ? { [TEST_HEADER]: '1' } : {}), ...(received.kind === 'distrusted' ? { [DISTRUSTED_HEADER]: '1' } : {}) }
  return new Promise((done) => {
    commits.add({
      receivedAt,
      sourceId: source.id,
      sourceName: source.name,
      door,
      path,
      headers: JSON.stringify({ ...headers, ...notes }),
      body,
      refused: received.kind === 'signals' ? null : clean(received.reason),
      received,
      test,
      done,
      ...(kept === undefined ? {} : { kept }),
    })
  })
}

async function submit(ports: Ports, { commits, sources }: Parts, given: Signal, name: string): Promise<void> {
  const known = internalSources.get(ports) ?? new Map<string, SourceRow>()
  internalSources.set(ports, known)
  const source = known.get(name) ?? (await ports.database.inTransaction('main', (tx) => ensureInternalSource(tx, name)))
  known.set(name, source)
  const signal = toSignal({ ...given, labels: toLabels(given.labels) })
  const receivedAt = sources.now() ?? (await ports.database.inTransaction('main', async (tx) => tx.now))
  const committed = await new Promise<boolean>((resolve) => {
    commits.add({
      receivedAt,
      sourceId: source.id,
      sourceName: source.name,
      door: INTERNAL_DOOR,
      path: '/',
      headers: '{}',
      body: Buffer.from(JSON.stringify(signal)),
      refused: null,
      received: { kind: 'signals', signals: [signal], changes: [], reply: { status: 202, body: '' } },
      done: resolve,
    })
  })
  if (!committed) throw new Error('the signal could not be committed')
}
