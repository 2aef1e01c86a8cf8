/** Vendors that fail: what is unknown is repeated and says so, "not now" is obeyed, and nothing stale is sent when they heal. */
import { expect, test } from 'vitest'
import { readRecord } from '../support/record-store.ts'
import { fire, listIncidents, requestsAbout, resolveAlert, setClonedScene, waitForPages } from '../support/scene.ts'
import type { Fault, FakeVendor, VendorRequest } from '../support/fake-vendor.ts'
import { sleep, waitFor } from '../support/wait.ts'

const BOTH = { email: true, escalationWait: '5 min' } as const

/** The first request of each delivery meets the fault, every later one is taken. */
function faultFirst(vendor: FakeVendor, fault: Fault): void {
  const met = new Set<string>()
  vendor.plan = ({ reference }) => {
    if (met.has(reference)) return { kind: 'ok' }
    met.add(reference)
    return fault
  }
}

const firstOf = (requests: readonly VendorRequest[]): number => Math.min(...requests.map((request) => request.at))
const lastOf = (requests: readonly VendorRequest[]): number => Math.max(...requests.map((request) => request.at))

function byReference(requests: readonly VendorRequest[]): VendorRequest[][] {
  return Object.values(Object.groupBy(requests, (request) => request.reference)).flatMap((group) => (group === undefined ? [] : [group]))
}

test.concurrent('a vendor that takes a page and resets gets it again with the same reference, marked as a repeat', {
  timeout: 300_000,
}, async () => {
  const scene = await setClonedScene(BOTH)
  try {
    const server = await scene.start()
    faultFirst(scene.webhook, { kind: 'reset-after-accept' })
    faultFirst(scene.smtp, { kind: 'reset-after-accept' })
    await fire(server, 'torn')
    for (const vendor of [scene.webhook, scene.smtp]) {
      await waitForPages(vendor, 'torn', 4, 30_000, server)
      const deliveries = byReference(requestsAbout(vendor, 'torn'))
      expect(deliveries).toHaveLength(2)
      for (const requests of deliveries) expect(requests.map((request) => request.repeat)).toEqual([false, true])
    }
    const record = await waitFor(
      'the outcomes',
      async () => {
        const read = await readRecord(scene.databaseUrl)
        return read.effects.every((effect) => effect.state !== 'pending') && read
      },
      { timeoutMs: 30_000 },
    )
    const outside = record.attempts.filter((attempt) => !attempt.effect_key.endsWith('console'))
    expect(outside.filter((attempt) => attempt.number === 1).every((attempt) => attempt.outcome === 'unknown')).toBe(true)
    expect(outside.filter((attempt) => attempt.number === 2).every((attempt) => attempt.outcome === 'delivered' && attempt.repeat)).toBe(
      true,
    )
  } finally {
    await scene.close()
  }
})

test.concurrent('a vendor that never answers is given up as unknown, and does not hold up the other channel', {
  timeout: 300_000,
}, async () => {
  const scene = await setClonedScene(BOTH)
  try {
    const server = await scene.start()
    faultFirst(scene.webhook, { kind: 'hang' })
    await fire(server, 'mute')
    const mails = await waitForPages(scene.smtp, 'mute', 2, 30_000, server)
    const repeats = await waitForPages(scene.webhook, 'mute', 2, 60_000, server)
    expect(lastOf(mails)).toBeLessThan(firstOf(repeats))
    for (const requests of byReference(requestsAbout(scene.webhook, 'mute'))) {
      expect(requests.map((request) => request.repeat)).toEqual([false, true])
    }
  } finally {
    await scene.close()
  }
})

test.concurrent('429 with Retry-After is obeyed, without one there is no hot loop, and the other channel pages meanwhile', {
  timeout: 300_000,
}, async () => {
  const scene = await setClonedScene(BOTH)
  try {
    const server = await scene.start()
    faultFirst(scene.webhook, { kind: 'status', status: 429, retryAfter: '4' })
    await fire(server, 'later')
    const mails = await waitForPages(scene.smtp, 'later', 2, 30_000, server)
    const taken = await waitForPages(scene.webhook, 'later', 2, 60_000, server)
    expect(lastOf(mails)).toBeLessThan(firstOf(taken))
    for (const [first, second] of byReference(requestsAbout(scene.webhook, 'later'))) {
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(3_900)
      expect(second?.repeat).toBe(false)
    }
    scene.webhook.plan = () => ({ kind: 'status', status: 429 })
    await fire(server, 'bare')
    await sleep(6_000)
    const requests = requestsAbout(scene.webhook, 'bare').length
    expect(requests).toBeGreaterThanOrEqual(2)
    expect(requests).toBeLessThanOrEqual(12)
  } finally {
    await scene.close()
  }
})

test.concurrent('after a storm of 500s only what is still wanted is sent: nothing acknowledged, nothing resolved', {
  timeout: 300_000,
}, async () => {
  const scene = await setClonedScene({ escalationWait: '5 min' })
  try {
    const server = await scene.start()
    scene.webhook.plan = ({ index }) => ({ kind: 'status', status: index % 2 === 0 ? 500 : 502 })
    for (const name of ['wanted', 'answered', 'over']) await fire(server, name)
    await waitFor('all to be tried', () => ['wanted', 'answered', 'over'].every((name) => requestsAbout(scene.webhook, name).length > 0), {
      timeoutMs: 30_000,
    })
    await sleep(3_000)
    const incidents = await listIncidents(server)
    const idOf = (name: string): string => incidents.find((incident) => incident.title.includes(name))?.id ?? `no incident ${name}`
    // the API's key acts as the owner; releasing the duties ends the pages of everybody
    for (const [path, body] of [
      [`${idOf('answered')}/acknowledge`, {}],
      [`${idOf('answered')}/release`, { reason: 'answered by the owner' }],
      [`${idOf('over')}/resolve`, { reason: 'over' }],
    ] as const) {
      const answer = await server.api('POST', `/api/v1/incidents/${path}`, body)
      expect(answer.status, `${path}: ${answer.text}`).toBeLessThan(300)
    }
    await sleep(1_000)
    const healedAt = Date.now()
    scene.webhook.plan = () => ({ kind: 'ok' })
    await waitForPages(scene.webhook, 'wanted', 2, 40_000, server)
    await sleep(5_000)
    const late = scene.webhook.requests.filter((request) => request.at >= healedAt)
    expect(late.filter((request) => !request.text.includes('wanted')).map((request) => request.text)).toEqual([])
    expect(new Set(late.map((request) => request.reference)).size).toBe(late.length)
  } finally {
    await scene.close()
  }
})

test.concurrent('with both vendors down the console still has the page, and the escalation goes on until it says that it is used up', {
  timeout: 300_000,
}, async () => {
  const scene = await setClonedScene({ email: true, escalationWait: '1 s', rounds: 1 })
  try {
    const server = await scene.start()
    await scene.webhook.refuse()
    await scene.smtp.refuse()
    await fire(server, 'dark')
    const [incident] = await waitFor(
      'the incident',
      async () => {
        const open = await listIncidents(server, '&open=true')
        return open.length > 0 && open
      },
      { timeoutMs: 30_000 },
    )
    const id = incident?.id ?? ''
    const types = await waitFor(
      'the escalation to be exhausted',
      async () => {
        const answer = await server.api('GET', `/api/v1/incidents/${id}/timeline?limit=200`)
        const items = (answer.json as { items: { type: string }[] }).items.map((item) => item.type)
        return items.includes('incident.escalation-exhausted') && items
      },
      { timeoutMs: 40_000, explain: () => server.log().slice(-3_000) },
    )
    expect(types).toContain('incident.page-failed')
    const pages = (await server.api('GET', `/api/v1/incidents/${id}/pages`)).json as {
      items: { deliveries: { channel: string; state: string }[] }[]
    }
    const deliveries = pages.items.flatMap((page) => page.deliveries)
    expect(
      deliveries.filter((delivery) => delivery.channel !== 'console' && ['sent', 'delivered', 'seen'].includes(delivery.state)),
    ).toEqual([])
    expect(deliveries.some((delivery) => delivery.channel === 'console')).toBe(true)
    // when they heal, the pages that are still owed go out
    await scene.webhook.heal()
    await scene.smtp.heal()
    await waitForPages(scene.webhook, 'dark', 1, 60_000, server)
  } finally {
    await scene.close()
  }
})

test.concurrent('an alert that resolves does not end the page: a person must still look', { timeout: 300_000 }, async () => {
  const scene = await setClonedScene({ escalationWait: '5 min' })
  try {
    const server = await scene.start()
    await fire(server, 'brief')
    await waitForPages(scene.webhook, 'brief', 2, 30_000, server)
    await resolveAlert(server, 'brief')
    const [incident] = await listIncidents(server, '&open=true')
    expect(incident?.open).toBe(true)
  } finally {
    await scene.close()
  }
})
