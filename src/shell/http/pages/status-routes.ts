/**
 * The public status page, its JSON in the shape that Statuspage serves, and its Atom feed. It lists what was published
 * to customers and nothing else; publishing comes with updates, so today it says that nothing was published. It reads
 * no incident: there is nothing here that could leak.
 * Shape: https://www.atlassianstatus.com/api (read 2026-11), as in contracts' Statuspage section.
 */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Ports } from '../../ports.ts'
import { html } from './html.ts'
import { sendPage } from './layout.ts'

const STATUS = { indicator: 'none', description: 'No incident has been published' } as const
const NOTHING = { components: [], incidents: [], scheduled_maintenances: [] } as const

export function statusRoutes(ports: Ports): FastifyPluginAsync {
  const page = async () => {
    const now = await ports.database.inTransaction('main', async (tx) => tx.now)
    return {
      id: 'tocsin',
      name: 'Status',
      url: `${ports.config.url}/status`,
      time_zone: 'Etc/UTC',
      updated_at: new Date(now).toISOString(),
    }
  }
  return async (app: FastifyInstance) => {
    const schema = { hide: true }
    app.get('/status/api/v2/summary.json', { schema }, async () => ({ page: await page(), status: STATUS, ...NOTHING }))
    app.get('/status/api/v2/status.json', { schema }, async () => ({ page: await page(), status: STATUS }))
    app.get('/status/api/v2/incidents.json', { schema }, async () => ({ page: await page(), incidents: [] }))
    app.get('/status/api/v2/components.json', { schema }, async () => ({ page: await page(), components: [] }))

    app.get('/status/history.atom', { schema }, async (_request, reply) => {
      const { url, updated_at: updated } = await page()
      const feed = html`<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>${url}</id><title>Status history</title><link rel="alternate" type="text/html" href="${url}"/><link rel="self" type="application/atom+xml" href="${url}/history.atom"/><updated>${updated}</updated><author><name>Tocsin</name></author></feed>`
      return reply.type('application/atom+xml; charset=utf-8').send(feed.text)
    })

    app.get('/status', { schema }, (_request, reply) =>
      sendPage(reply, 200, {
        title: 'Status',
        body: html`<h1>Status</h1><div class="box"><span>${STATUS.description}</span></div><p class="note">This page shows what was published here. <a href="/status/history.atom">Atom</a> · <a href="/status/api/v2/summary.json">JSON</a> · times in UTC</p>`,
      }),
    )
  }
}
