/** The same thing twice, and two people at once: one incident, one timeline, everybody is told. */
import { expect, test } from 'vitest'
import { readRecord } from '../support/record-store.ts'
import { fire, listIncidents, requestsAbout, setClonedScene, waitForPages } from '../support/scene.ts'
import { buildRequest } from '../support/sender.ts'
import { send } from '../support/server.ts'
import { PAGED_ALARM } from '../support/playbook-folder.ts'
import { sleep, waitFor } from '../support/wait.ts'
import { findAcknowledgeLink } from './crash-run.ts'

test.concurrent('one message delivered ten times at once is one incident, ten receipts and one page a person', {
  timeout: 300_000,
}, async () => {
  const scene = await setClonedScene()
  try {
    const server = await scene.start()
    const built = buildRequest({
      door: 'pagerduty',
      alarm: PAGED_ALARM,
      dedupKey: 'twin',
      token: 'twin-token',
      status: 'firing',
      startsAt: new Date().toISOString(),
    })
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(server.url, 'POST', built.path, built.body, built.headers)))
    expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(202))
    await waitForPages(scene.webhook, 'twin', 2, 30_000, server)
    await sleep(1_000)
    const record = await readRecord(scene.databaseUrl)
    expect(record.receipts.filter((receipt) => receipt.text.includes('twin-token'))).toHaveLength(10)
    expect(record.alerts.map((alert) => alert.count)).toEqual([10])
    expect(record.incidents).toHaveLength(1)
    expect(requestsAbout(scene.webhook, 'twin')).toHaveLength(2)
  } finally {
    await scene.close()
  }
})

test.concurrent('both people acknowledge at the same instant: both are told yes, and the timeline has each once', {
  timeout: 300_000,
}, async () => {
  const scene = await setClonedScene({ escalationWait: '3 s' })
  try {
    const server = await scene.start()
    await fire(server, 'both')
    const pages = await waitForPages(scene.webhook, 'both', 2, 30_000, server)
    const links = pages.map((page) => findAcknowledgeLink(page.text) ?? 'no link')
    const answers = await Promise.all(links.map((link) => postForm(link)))
    const answeredAt = Date.now()
    expect(answers.map((answer) => answer.status < 400)).toEqual([true, true])
    const acknowledgements = (await readRecord(scene.databaseUrl)).events.filter((event) => event.type === 'incident.acknowledged')
    expect(new Set(acknowledgements.map((event) => event.data['personId'])).size).toBe(2)
    expect(acknowledgements).toHaveLength(2)
    await sleep(5_000) // longer than a step of the escalation
    expect(scene.webhook.requests.filter((request) => request.at > answeredAt)).toEqual([])
    expect((await listIncidents(server))[0]?.acknowledged_at).not.toBeNull()
  } finally {
    await scene.close()
  }
})

test.concurrent('one link pressed five times at once acknowledges once, and no press ends in an error', { timeout: 300_000 }, async () => {
  const scene = await setClonedScene()
  try {
    const server = await scene.start()
    await fire(server, 'nervous')
    const [page] = await waitForPages(scene.webhook, 'nervous', 2, 30_000, server)
    const link = findAcknowledgeLink(page?.text ?? '') ?? 'no link'
    const seen = await fetch(link)
    expect(seen.status).toBe(200)
    // a mail scanner follows links: nothing is acknowledged by looking
    expect((await readRecord(scene.databaseUrl)).events.filter((event) => event.type === 'incident.acknowledged')).toEqual([])
    const answers = await Promise.all(Array.from({ length: 5 }, () => postForm(link)))
    expect(answers.filter((answer) => answer.status >= 500)).toEqual([])
    expect(answers.some((answer) => answer.status < 400)).toBe(true)
    const events = (await readRecord(scene.databaseUrl)).events.filter((event) => event.type === 'incident.acknowledged')
    expect(events).toHaveLength(1)
  } finally {
    await scene.close()
  }
})

test.concurrent('an acknowledgement and a resolution at once leave one order of events, and both askers get an answer', {
  timeout: 300_000,
}, async () => {
  const scene = await setClonedScene()
  try {
    const server = await scene.start()
    await fire(server, 'race')
    await waitForPages(scene.webhook, 'race', 2, 30_000, server)
    const [incident] = await waitFor('the incident', () => listIncidents(server), { timeoutMs: 30_000 })
    const path = `/api/v1/incidents/${incident?.id ?? ''}`
    const answers = await Promise.all([
      ...Array.from({ length: 4 }, () => server.api('POST', `${path}/acknowledge`, {})),
      server.api('POST', `${path}/resolve`, { reason: 'fixed' }),
      ...Array.from({ length: 4 }, (_, place) => server.api('POST', `${path}/note`, { text: `note ${place}` })),
    ])
    // a late acknowledgement may be refused by a fixed code; nothing ends in a server error
    expect(answers.filter((answer) => answer.status >= 500).map((answer) => answer.text)).toEqual([])
    expect(answers[4]?.status).toBeLessThan(300)
    const events = (await readRecord(scene.databaseUrl)).events
    expect(events.map((event) => event.version)).toEqual(events.map((_event, place) => place + 1))
    expect(events.filter((event) => event.type === 'incident.resolved')).toHaveLength(1)
    expect(events.filter((event) => event.type === 'incident.noted')).toHaveLength(4)
  } finally {
    await scene.close()
  }
})

function postForm(link: string): Promise<Response> {
  return fetch(link, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '' })
}
