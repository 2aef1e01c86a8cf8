/**
 * One crash run: senders, vendors and people work against a real server, which dies at a chosen point or at a random
 * moment and is started again; then the checker compares promises with facts. Everything is chosen from one seed.
 */
import { findViolations, keyOf, RESUME_MS_MAX, type AcceptedAcknowledgement, type AcceptedSignal } from '../support/checker.ts'
import { startFakeSmtp, startFakeWebhook, type FakeVendor } from '../support/fake-vendor.ts'
import { findFreePort } from '../support/port.ts'
import { makePlaybookFolder, PAGED_ALARM } from '../support/playbook-folder.ts'
import { readRecord, type StoredRecord } from '../support/record-store.ts'
import { throwDice, type Dice } from '../support/seed.ts'
import { DOORS, sendUntilAccepted, type OutgoingSignal } from '../support/sender.ts'
import { startServer, tail, type RunningServer } from '../support/server.ts'
import { inTime, sleep, waitFor } from '../support/wait.ts'

export const FAIL_POINTS = [
  'after-receipt-commit',
  'before-2xx',
  'inside-apply',
  'after-apply-commit',
  'after-claim',
  'after-attempt',
  'mid-send',
  'after-vendor-2xx',
  'before-outcome-commit',
] as const
export type FailPoint = (typeof FAIL_POINTS)[number]
/** SIGKILL at a fail point, SIGKILL at a random moment, or SIGTERM at a random moment: an orderly restart loses nothing either. */
export type EndKind = FailPoint | 'random-kill' | 'orderly-stop'

export interface CrashPlan {
  readonly seed: number
  readonly end: EndKind
  readonly databaseUrl: string
}

export interface CrashReport {
  /** False when the fail point was never passed often enough, and the server was killed instead. */
  readonly asPlanned: boolean
  readonly violations: readonly string[]
  readonly accepted: number
  readonly pagesTaken: number
  /** From the second start to the first page that the vendor took afterwards; null when none was due. */
  readonly resumedAfterMs: number | null
  readonly serverLog: string
}

const SENDERS = 4
const MESSAGES_A_SENDER = 8
/** A fail point strikes at one of its first passes; a run of this size passes each at least so often. */
const PASSES_MAX = 4
const CRASH_MS_MAX = 20_000
const RANDOM_MS_MAX = 1_500
const PATIENCE_MS = 60_000
const QUIET_MS_MAX = RESUME_MS_MAX + 15_000

export async function runCrash(plan: CrashPlan): Promise<CrashReport> {
  const dice = throwDice(plan.seed)
  const webhook = await startFakeWebhook()
  const smtp = await startFakeSmtp()
  const folder = makePlaybookFolder({ webhookUrl: webhook.url, email: true })
  const port = await findFreePort()
  const environment = { TOCSIN_MAIL_URL: smtp.url, TOCSIN_MAIL_FROM: 'tocsin@example.org', ...folder.environment }
  const start = (extra: Readonly<Record<string, string>>, waitUntilReady: boolean): Promise<RunningServer> =>
    startServer({
      port,
      databaseUrl: plan.databaseUrl,
      playbookFolder: folder.path,
      environment: { ...environment, ...extra },
      waitUntilReady,
    })
  const servers: RunningServer[] = []
  let people: People | undefined
  try {
    const atFailPoint = plan.end !== 'random-kill' && plan.end !== 'orderly-stop'
    const first = await start(atFailPoint ? { TOCSIN_FAILPOINT: `${plan.end}@${dice.between(1, PASSES_MAX)}` } : {}, true)
    servers.push(first)
    const promises = startSenders(dice, first.url)
    promises.catch(() => undefined) // told where it is awaited; a run that fails before that has another story to tell
    people = startPeople(dice, first.url, webhook)
    const asPlanned = await crash(first, plan, dice)
    const second = await start({}, false)
    servers.push(second)
    await second.waitUntilReady()
    const accepted = await promises
    const record = await waitUntilQuiet(plan.databaseUrl, accepted)
    const acknowledged = await people.stop()
    const requests = [...webhook.requests, ...smtp.requests]
    const violations = findViolations({
      record: record.record,
      accepted,
      acknowledged,
      vendorRequests: requests,
      restartedAt: second.startedAt,
      channels: folder.channels,
    })
    const resumed = requests.filter((request) => request.taken && request.at > second.startedAt)
    return {
      violations: [...violations, ...record.unrest],
      asPlanned,
      accepted: accepted.length,
      pagesTaken: requests.filter((request) => request.taken).length,
      resumedAfterMs: resumed.length === 0 ? null : Math.min(...resumed.map((request) => request.at)) - second.startedAt,
      serverLog: tail(second.log()),
    }
  } finally {
    await people?.stop()
    for (const server of servers) await server.cleanUp()
    await webhook.close()
    await smtp.close()
    folder.remove()
  }
}

/** Each sender owns two alerts: they fire, repeat, resolve, fire again, in its order. */
async function startSenders(dice: Dice, url: string): Promise<AcceptedSignal[]> {
  const scripts = Array.from({ length: SENDERS }, (_, sender) => writeScript(dice, sender))
  const accepted = await Promise.all(scripts.map((script) => sendScript(script, url)))
  return accepted.flat()
}

export interface ScriptLine {
  readonly pauseMs: number
  readonly signal: OutgoingSignal
}

export function writeScript(dice: Dice, sender: number): ScriptLine[] {
  const door = DOORS[sender % DOORS.length] ?? 'pagerduty'
  const startedAt = Date.now()
  const episodes = new Map<string, { firing: boolean; count: number }>()
  return Array.from({ length: MESSAGES_A_SENDER }, (_, place) => {
    const dedupKey = `k${dice.seed}-${sender}-${dice.between(0, 1)}`
    const before = episodes.get(dedupKey) ?? { firing: false, count: 0 }
    const firing = !before.firing || dice.roll() < 0.6
    const count = before.count + (firing && !before.firing ? 1 : 0)
    episodes.set(dedupKey, { firing, count })
    const signal: OutgoingSignal = {
      door,
      alarm: PAGED_ALARM,
      dedupKey,
      token: `t${dice.seed}-${sender}-${place}`,
      status: firing ? 'firing' : 'resolved',
      startsAt: new Date(startedAt - 60_000 + count * 1_000).toISOString(),
    }
    return { pauseMs: dice.between(0, 120), signal }
  })
}

async function sendScript(script: readonly ScriptLine[], url: string): Promise<AcceptedSignal[]> {
  const accepted: AcceptedSignal[] = []
  for (const line of script) {
    await sleep(line.pauseMs)
    accepted.push(await sendUntilAccepted(url, line.signal, PATIENCE_MS))
  }
  return accepted
}

interface People {
  readonly stop: () => Promise<AcceptedAcknowledgement[]>
}

/** Somebody acknowledges about a third of what they are paged for, some 50 to 400 ms after the page. */
function startPeople(dice: Dice, url: string, webhook: FakeVendor): People {
  const acknowledged: AcceptedAcknowledgement[] = []
  const decided = new Set<string>()
  let stopping = false
  const work = (async () => {
    while (!stopping) {
      await sleep(dice.between(50, 400))
      for (const request of webhook.requests.filter((page) => page.taken)) {
        const link = findAcknowledgeLink(request.text)
        const incidentId = findIncidentId(request.text)
        if (link === undefined || incidentId === undefined || decided.has(incidentId)) continue
        decided.add(incidentId)
        if (dice.roll() > 0.34) continue
        const answer = await acknowledge(link.replace(/^https?:\/\/[^/]+/u, url))
        if (answer) acknowledged.push({ incidentId, answeredAt: Date.now() })
      }
    }
  })()
  return {
    stop: async () => {
      stopping = true
      await work
      return acknowledged
    },
  }
}

/** Presses the button of the page without script; true when the server said yes. */
export async function acknowledge(link: string): Promise<boolean> {
  const answer = await fetch(link, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: '',
  }).catch(() => undefined)
  return answer !== undefined && answer.status < 400
}

export function findAcknowledgeLink(text: string): string | undefined {
  return /https?:\/\/[^\s"'<>\\]+\/a\/[\w-]+/u.exec(text)?.[0]
}

export function findIncidentId(text: string): string | undefined {
  const body: unknown = JSON.parse(text)
  if (typeof body !== 'object' || body === null || !('incident' in body)) return undefined
  const incident = body.incident
  return typeof incident === 'object' && incident !== null && 'id' in incident ? String(incident.id) : undefined
}

/** @returns whether it ended where the plan says. */
async function crash(server: RunningServer, plan: CrashPlan, dice: Dice): Promise<boolean> {
  if (plan.end === 'random-kill' || plan.end === 'orderly-stop') {
    await sleep(dice.between(0, RANDOM_MS_MAX))
    const report = plan.end === 'random-kill' ? await server.kill() : await server.stop()
    if (plan.end === 'orderly-stop' && report.code !== 0)
      throw new Error(`SIGTERM ended with ${report.code ?? report.signal}\n${tail(server.log())}`)
    return true
  }
  const report = await inTime(server.exited, CRASH_MS_MAX)
  // What arrives together is applied together: a later pass may never come. Then the run ends as a kill at a random moment.
  if (report === undefined) await server.kill()
  return report !== undefined
}

/** Quiet: what was accepted is applied, and no effect waits that is due. Answers what is still restless after the bound. */
export async function waitUntilQuiet(
  databaseUrl: string,
  accepted: readonly AcceptedSignal[],
): Promise<{ record: StoredRecord; unrest: string[] }> {
  let record = await readRecord(databaseUrl)
  let unrest: string[] = []
  await waitFor(
    'quiet',
    async () => {
      record = await readRecord(databaseUrl)
      unrest = findUnrest(record, accepted)
      return unrest.length === 0
    },
    { timeoutMs: QUIET_MS_MAX, everyMs: 250 },
  ).catch(() => undefined)
  return { record, unrest }
}

function findUnrest(record: StoredRecord, accepted: readonly AcceptedSignal[]): string[] {
  const keys = new Set(record.alerts.map(keyOf))
  const missing = accepted.filter((signal) => signal.status === 'firing' && !keys.has(signal.dedupKey))
  const waiting = record.effects.filter((effect) => effect.state === 'pending')
  return [
    ...(record.unapplied > 0 ? [`${record.unapplied} receipts are still not applied`] : []),
    ...missing.map((signal) => `alert ${signal.dedupKey} is still not there`),
    ...waiting.map((effect) => `effect ${effect.key} is still pending`),
  ]
}
