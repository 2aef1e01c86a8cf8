/** Calendars to subscribe to: an address with a secret for each, which is shown once and can be revoked. */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { CalendarFeed, CalendarFeedBody, IdParams, listOf, MadeCalendarFeed } from '../../api/schema.ts'
import { can } from '../../core/access/can.ts'
import { personEvents, scheduleEvents } from '../../core/oncall/feed.ts'
import { type IcalEvent, writeIcal } from '../../core/oncall/ical.ts'
import { type OnCall, OWNER } from '../../core/oncall/oncall.ts'
import { DAY_MS, toRfc3339 } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { actWithSecret } from '../http/act.ts'
import { require } from '../http/authenticate.ts'
import { ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import { recordAccess } from '../person/record.ts'
import { freshToken } from '../person/token.ts'
import type { Ports } from '../ports.ts'
import { type ActParts, findSchedule, readStanding } from './act-parts.ts'
import { type FeedRow, findFeed, insertFeed, listFeeds, revokeFeed, useFeed } from './feed-store.ts'
import { listDirectory } from './people-store.ts'
import { directoryOf, showHolder } from './present.ts'
import { readId, unknown } from './routes.ts'

const tags = ['on call']
const FEEDS_MAX = 50
const BACK_MS = 31 * DAY_MS
const AHEAD_MS = 365 * DAY_MS
const EVENTS_MAX = 5_000
/** As long as a token is, so that nothing else is looked up. */
const TOKEN = /^[\w-]{43}$/

export function feedRoutes(parts: ActParts): FastifyPluginAsyncZod {
  const { ports } = parts
  return async (app) => {
    app.get(
      '/calendar_feeds',
      {
        schema: {
          tags,
          operationId: 'listCalendarFeeds',
          summary: 'Calendars that are subscribed to: your own, and everybody’s for who manages people',
          response: answers({ 200: listOf(CalendarFeed) }),
        },
      },
      async (request) => {
        const viewer = require(request, 'oncall.read')
        const rows = await ports.database.inTransaction('main', (tx) =>
          listFeeds(tx, can(viewer, 'people.manage') ? null : viewer.personId, 500),
        )
        return { items: rows.map(showFeed), next: null }
      },
    )

    app.post(
      '/calendar_feeds',
      {
        schema: {
          tags,
          operationId: 'createCalendarFeed',
          summary: 'An address to subscribe to, of one schedule or of all that you hold; it is shown once',
          headers: IdempotencyHeaders,
          body: CalendarFeedBody,
          response: answers({ 201: MadeCalendarFeed }),
        },
      },
      async (request, reply) =>
        actWithSecret(ports, request, reply, async (tx) => {
          const viewer = require(request, 'oncall.read')
          const wanted = request.body.schedule
          const schedule = wanted === undefined ? null : findSchedule(parts, wanted).id
          if ((await listFeeds(tx, viewer.personId, FEEDS_MAX)).length >= FEEDS_MAX) throw new ProblemError('too-many-oncall-changes')
          const id = ports.freshId()
          const token = freshToken()
          await insertFeed(tx, { id, token, personId: viewer.personId, schedule })
          await recordAccess(tx, viewer, { act: 'calendar-feed.created', subject: `calendar_feed:${id}`, data: { schedule } })
          return { status: 201, body: { ...showFeed(await load(tx, id)), url: `${ports.config.url}/ical/${token}.ics` } }
        }),
    )

    app.delete(
      '/calendar_feeds/:id',
      {
        schema: {
          tags,
          operationId: 'revokeCalendarFeed',
          summary: 'Revoke an address: from now on it opens nothing',
          params: IdParams,
          response: answers({ 200: CalendarFeed }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const viewer = require(request, 'oncall.read')
          const feed = await findFeed(tx, readId(request.params.id, 'calendar'))
          if (feed === undefined || (feed.personId !== viewer.personId && !can(viewer, 'people.manage'))) throw unknown('calendar')
          await revokeFeed(tx, feed.id)
          await recordAccess(tx, viewer, { act: 'calendar-feed.revoked', subject: `calendar_feed:${feed.id}` })
          return showFeed(await load(tx, feed.id))
        }),
    )
  }
}

/** `/ical/<secret>.ics`, without a sign-in: calendars have none. What is not known, revoked or of somebody disabled is not there. */
export function icalRoutes(ports: Ports, onCall: () => OnCall): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    app.get<{ Params: { file: string } }>('/ical/:file', { schema: { hide: true } }, async (request, reply) => {
      const token = request.params.file.replace(/\.ics$/i, '')
      const text = TOKEN.test(token) ? await ports.database.inTransaction('main', (tx) => readIcal(tx, onCall, token)) : null
      void reply.header('cache-control', 'private, no-store').header('x-robots-tag', 'noindex')
      if (text === null) return reply.code(404).type('text/plain; charset=utf-8').send('There is no such calendar, or it was revoked.\n')
      return reply.type('text/calendar; charset=utf-8').header('content-disposition', 'inline; filename="on-call.ics"').send(text)
    })
  }
}

async function readIcal(tx: Tx, onCall: () => OnCall, token: string): Promise<string | null> {
  const feed = await useFeed(tx, token)
  if (feed === undefined) return null
  const { schedules } = onCall()
  const schedule = schedules.find(({ id }) => id === feed.schedule)
  // A schedule that is gone has no shifts any more; its calendar empties.
  const [from, until] = [tx.now - BACK_MS, tx.now + AHEAD_MS]
  const { changes } = await readStanding(tx, { onCall }, from)
  const directory = directoryOf(await listDirectory(tx))
  const options = { from, until, changes, nameOf: (holder: string) => showHolder(directory, holder).name, eventsMax: EVENTS_MAX }
  const holders = new Set([feed.personEmail, ...(feed.personRole === 'owner' ? [OWNER] : [])])
  const events: IcalEvent[] =
    feed.schedule === null ? personEvents(schedules, holders, options) : schedule === undefined ? [] : scheduleEvents(schedule, options)
  const name = feed.schedule === null ? `On call: ${feed.personName}` : `On call: ${schedule?.name ?? feed.schedule}`
  return writeIcal({ name, now: tx.now, events })
}

function showFeed(feed: FeedRow): CalendarFeed {
  return {
    id: feed.id,
    person: { id: feed.personId, name: feed.personName, email: feed.personEmail },
    schedule: feed.schedule,
    created_at: toRfc3339(feed.createdAt),
    last_used_at: feed.lastUsedAt === null ? null : toRfc3339(feed.lastUsedAt),
    revoked_at: feed.revokedAt === null ? null : toRfc3339(feed.revokedAt),
  }
}

async function load(tx: Tx, id: string): Promise<FeedRow> {
  const feed = await findFeed(tx, id)
  if (feed === undefined) throw new Error('a calendar just made is not there')
  return feed
}
