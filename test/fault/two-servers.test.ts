/** Two servers on one database: when one stops answering, the other does its work, and a late riser changes nothing. */
import { expect, test } from 'vitest'
import { openConnection, readRecord } from '../support/record-store.ts'
import { findViolations } from '../support/checker.ts'
import { fire, listIncidents, requestsAbout, setClonedScene, waitForPages } from '../support/scene.ts'
import { sleep, waitFor } from '../support/wait.ts'

const TAKEN_OVER_MS_MAX = 25_000

test.concurrent('a server that is frozen while it sends loses its pages to the other, and changes nothing when it wakes', {
  timeout: 300_000,
}, async () => {
  const scene = await setClonedScene({ escalationWait: '5 min' })
  try {
    const frozen = await scene.start()
    // the vendor takes the page and is slow to answer: the server is frozen with its attempt open
    scene.webhook.plan = () => ({ kind: 'slow', ms: 1_500 })
    await fire(frozen, 'frozen')
    await waitFor('the first requests', () => requestsAbout(scene.webhook, 'frozen').length >= 2, { timeoutMs: 30_000, everyMs: 5 })
    frozen.pause()
    const requestsBefore = scene.webhook.requests.length
    scene.webhook.plan = () => ({ kind: 'ok' })
    const other = await scene.start()
    const taken = await waitFor('the other server to send them again', () => scene.webhook.requests.length >= requestsBefore + 2, {
      timeoutMs: TAKEN_OVER_MS_MAX,
      explain: () => other.log().slice(-4_000),
    })
    expect(taken).toBe(true)
    expect(scene.webhook.requests.slice(requestsBefore).every((request) => request.repeat)).toBe(true)
    await waitFor(
      'both to be recorded',
      async () => (await readRecord(scene.databaseUrl)).effects.every((effect) => effect.state !== 'pending'),
      { timeoutMs: 30_000 },
    )
    const before = await readRecord(scene.databaseUrl)
    frozen.unpause()
    await sleep(3_000)
    const after = await readRecord(scene.databaseUrl)
    expect(after.effects).toEqual(before.effects)
    expect(after.attempts).toEqual(before.attempts)
    expect(scene.webhook.requests.length).toBe(requestsBefore + 2)
    // the late riser works on as a member of the pair
    await fire(frozen, 'afterwards')
    await waitForPages(scene.webhook, 'afterwards', 2, 20_000, frozen)
    expect(frozen.hasExited()).toBe(false)
    await frozen.stop()
    await other.stop()
  } finally {
    await scene.close()
  }
})

test.concurrent('when one of two servers is killed, its receipts are applied and its pages sent by the other', {
  timeout: 300_000,
}, async () => {
  const scene = await setClonedScene({ escalationWait: '5 min' })
  try {
    const survivor = await scene.start()
    // dies with accepted receipts that it has not applied
    const victim = await scene.start({ environment: { TOCSIN_FAILPOINT: 'inside-apply@2' } })
    await fire(victim, 'first')
    await fire(victim, 'second').catch(() => undefined) // the answer may be lost with the server
    await victim.exited
    const killedAt = Date.now()
    await waitForPages(scene.webhook, 'first', 2, TAKEN_OVER_MS_MAX, survivor)
    const accepted = [{ token: 'token-first', dedupKey: 'first', status: 'firing' as const, at: killedAt }]
    const record = await waitFor(
      'what the dead server had accepted to be applied',
      async () => {
        const read = await readRecord(scene.databaseUrl)
        const received = read.receipts.some((receipt) => receipt.text.includes('token-second'))
        const applied = read.alerts.some((alert) => alert.dedup_key === 'second')
        return applied === received && read.effects.every((effect) => effect.state !== 'pending') && read
      },
      { timeoutMs: TAKEN_OVER_MS_MAX + 10_000, explain: () => survivor.log().slice(-4_000) },
    )
    expect(
      findViolations({
        record,
        accepted,
        acknowledged: [],
        vendorRequests: scene.webhook.requests,
        restartedAt: killedAt,
        channels: scene.folder.channels,
      }),
    ).toEqual([])
    await survivor.stop()
  } finally {
    await scene.close()
  }
})

test.concurrent('two servers that take the same storm together open one incident a group', { timeout: 300_000 }, async () => {
  const scene = await setClonedScene()
  try {
    const servers = await Promise.all([scene.start(), scene.start()])
    const names = Array.from({ length: 12 }, (_, place) => `shared-${place}`)
    await Promise.all(names.flatMap((name) => servers.flatMap((server) => [fire(server, name), fire(server, name), fire(server, name)])))
    const [one] = servers
    if (one === undefined) throw new Error('no server')
    await waitFor('all incidents', async () => (await listIncidents(one)).length >= names.length, { timeoutMs: 20_000 })
    expect(await listIncidents(one)).toHaveLength(names.length)
    for (const name of names) await waitForPages(scene.webhook, name, 2, 20_000, one)
    const client = await openConnection(scene.databaseUrl)
    const counted = await client.query<{ sum: string }>(`select sum(count)::text as sum from alert`)
    await client.end()
    expect(counted.rows[0]?.sum).toBe(String(names.length * 6))
    expect(new Set(scene.webhook.requests.map((request) => request.reference)).size).toBe(names.length * 2)
    expect(scene.webhook.requests).toHaveLength(names.length * 2)
  } finally {
    await scene.close()
  }
})
