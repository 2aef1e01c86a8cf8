/**
 * Tells people by mail what others do with their shifts: who is asked, who has accepted, who stands in for them, and whom
 * they shadow. Each mail is sent once, by its key; what is older than a day is no news.
 */
import type { Changes } from '../../core/oncall/change.ts'
import { type Holder, OWNER, type OnCall, type Schedule } from '../../core/oncall/oncall.ts'
import { shadowsAt } from '../../core/oncall/shadow.ts'
import { shiftAt } from '../../core/oncall/shifts.ts'
import { formatWall } from '../../core/oncall/wall.ts'
import { DAY_MS, type Instant, MINUTE_MS } from '../../core/time.ts'
import type { ChannelBook } from '../../integration.ts'
import type { Tx } from '../database/database.ts'
import { startLoop } from '../outbox/loop.ts'
import { type Reminder, sendReminder } from '../outbox/reminder.ts'
import type { Ports } from '../ports.ts'
import { readStanding } from './act-parts.ts'
import { keepDue, listPagedRoles, type PagedRole } from './notice-store.ts'
import { listOverrides, type OverrideRow } from './override-store.ts'
import { type Listed, listDirectory } from './people-store.ts'
import { directoryOf } from './present.ts'
import { listRequests, type RequestRow, type ShiftSpan, stateOf } from './request-store.ts'
import { isAway } from './standing.ts'

const EVERY_MS = 10_000
const NEWS_MS = DAY_MS
const SHADOW_NEWS_MS = 30 * MINUTE_MS
const LISTED_MAX = 500
/** Sent in one turn; the others in the next. */
const SENT_MAX = 50
const TEXT_CHARS_MAX = 300

interface NoticeParts {
  readonly ports: Ports
  readonly channels: ChannelBook
  readonly onCall: () => OnCall
}

export function startOncallNotices(parts: NoticeParts): { readonly stop: () => Promise<void> } {
  const { ports } = parts
  const everyMs = ports.config.timing['oncallNoticeMs'] ?? EVERY_MS
  return startLoop({ everyMs, name: 'notices of schedules', log: ports.log, turn: () => tellOncall(parts) })
}

export async function tellOncall({ ports, channels, onCall }: NoticeParts): Promise<void> {
  const due = await ports.database.inTransaction('main', async (tx) => {
    const mayNameIt = ports.ceilingOf('email') !== 'number-and-severity'
    const news = await gather(tx, { schedules: onCall().schedules, url: ports.config.url, mayNameIt })
    if (news.length === 0) return []
    const keys = await keepDue(
      tx,
      news.map(({ key }) => key),
    )
    return news.filter(({ key }) => keys.has(key)).slice(0, SENT_MAX)
  })
  for (const reminder of due) await sendReminder(ports, channels, reminder)
}

interface Asked {
  readonly schedules: readonly Schedule[]
  readonly url: string
  /** Mails may carry titles of incidents. */
  readonly mayNameIt: boolean
}

interface News {
  readonly now: Instant
  readonly schedules: readonly Schedule[]
  readonly changes: Changes
  readonly byId: ReadonlyMap<string, Listed>
  readonly byEmail: ReadonlyMap<string, Listed>
  /** Where it is answered. */
  readonly link: string
}

async function gather(tx: Tx, { schedules, url, mayNameIt }: Asked): Promise<Reminder[]> {
  const since = tx.now - NEWS_MS
  const requests = await listRequests(tx, since, LISTED_MAX)
  const overrides = (await listOverrides(tx, { from: since, until: tx.now + 400 * DAY_MS, schedule: null, limit: LISTED_MAX })).filter(
    (row) => row.createdAt > since && row.endedAt === null,
  )
  const paged = schedules.some(hasShadow) ? await listPagedRoles(tx, tx.now - SHADOW_NEWS_MS, LISTED_MAX) : []
  if (requests.length === 0 && overrides.length === 0 && paged.length === 0) return []
  const { changes } = await readStanding(tx, { onCall: () => ({ people: [], schedules }) }, since)
  const people = await listDirectory(tx)
  // Whoever has left is told nothing.
  const gone = new Set(people.filter(({ disabled }) => disabled).map(({ email }) => email))
  const news: News = { now: tx.now, schedules, changes, link: `${url}/on-call`, ...directoryOf(people) }
  return [
    ...requests.flatMap((row) => ofRequest(news, row)),
    ...overrides.flatMap((row) => ofOverride(news, row)),
    ...paged.flatMap((row) => ofShadow(news, mayNameIt ? row : { ...row, title: '' })),
  ].filter(({ to }) => !gone.has(to.address))
}

function hasShadow({ layers, replacements = [] }: Schedule): boolean {
  return [...layers, ...replacements.flatMap((one) => one.layers)].some((layer) => layer.shadow === true)
}

function ofRequest(news: News, row: RequestRow): Reminder[] {
  const { byId, link, now } = news
  const state = stateOf(row, now)
  const owner = byId.get(row.personId)
  const name = owner?.name ?? 'Somebody'
  const author = row.author.kind === 'person' ? byId.get(row.author.id) : undefined
  const asking = [...new Set([owner, author])].filter((person) => person !== undefined)
  switch (state) {
    case 'open':
      return recipients(news, row).map((to) => {
        const back = row.inReturn === null ? '' : ` In return ${name} holds ${spanIn(news, row.inReturn, to.zone)}.`
        return mail(`oncall-asked/${row.id}/${to.id}`, to, {
          title: `${name} asks you to hold ${spanIn(news, row, to.zone)}`,
          notice: `${row.note === '' ? '' : `“${row.note}” `}${back} Accept or decline: ${link}`,
        })
      })
    case 'accepted': {
      const accepted = row.answers.find(({ answer }) => answer === 'accepted')
      const by = byId.get(accepted?.personId ?? '')?.name ?? 'Somebody'
      return asking
        .filter(({ id }) => id !== accepted?.personId)
        .map((to) => {
          const back = row.inReturn === null ? '' : ` ${name} holds ${spanIn(news, row.inReturn, to.zone)} in return.`
          return mail(`oncall-accepted/${row.id}/${to.id}`, to, {
            title: `${by} holds ${spanIn(news, row, to.zone)} instead of ${name}`,
            notice: `It is in force.${back} ${link}`,
          })
        })
    }
    case 'declined':
    case 'expired':
      return row.endsAt <= now || row.expiresAt < now - NEWS_MS
        ? []
        : asking.map((to) =>
            mail(`oncall-unanswered/${row.id}/${to.id}`, to, {
              title: `Nobody has taken ${spanIn(news, row, to.zone)}: ${name} still has it`,
              notice: `${state === 'declined' ? 'Everybody who was asked has declined.' : 'Nobody answered in time.'} Ask others: ${link}`,
            }),
          )
    case 'withdrawn':
      return []
  }
}

/** Who was asked and has not answered; else those on the schedule who are there, else the people who have it otherwise. */
function recipients({ byId, byEmail, schedules, changes, now }: News, row: RequestRow): Listed[] {
  const answered = new Set<string>(row.answers.map(({ personId }) => personId))
  if (row.asked.length > 0) return row.asked.flatMap((id) => byId.get(id) ?? []).filter(({ id }) => !answered.has(id))
  const schedule = schedules.find(({ id }) => id === row.schedule)
  const members = new Set(schedule?.layers.flatMap((layer) => layer.members) ?? [])
  return [...members]
    .filter((holder) => holder !== OWNER && !isAway(changes, holder, Math.max(row.startsAt, now)))
    .flatMap((holder) => byEmail.get(holder) ?? [])
    .filter(({ id }) => id !== row.personId && !answered.has(id))
}

/** Whoever stands in by another's hand, and whoever is relieved. */
function ofOverride(news: News, row: OverrideRow): Reminder[] {
  const { byId, byEmail, changes, schedules, link } = news
  const schedule = schedules.find(({ id }) => id === row.schedule)
  const to = byId.get(row.personId)
  if (schedule === undefined || to === undefined || row.requestId !== null) return []
  const author = row.author.kind === 'person' ? row.author.id : ''
  const why = row.reason === '' ? '' : ` “${row.reason}”`
  const without = { ...changes, overrides: changes.overrides.filter(({ id }) => id !== row.id) }
  const before: readonly Holder[] = shiftAt(schedule, row.startsAt, without).holders
  const relieved = before.flatMap((holder) => byEmail.get(holder) ?? []).filter(({ id }) => id !== row.personId && id !== author)
  return [
    ...(author === row.personId
      ? []
      : [
          mail(`oncall-override/${row.id}/${to.id}`, to, {
            title: `You hold ${spanIn(news, row, to.zone)}`,
            notice: `${row.author.name} put you in.${why} If you cannot: ${link}`,
          }),
        ]),
    ...relieved.map((person) =>
      mail(`oncall-relieved/${row.id}/${person.id}`, person, {
        title: `${to.name} holds ${spanIn(news, row, person.zone)} instead of you`,
        notice: `${author === row.personId ? `${to.name} took it` : `${row.author.name} put ${to.name} in`}.${why} ${link}`,
      }),
    ),
  ]
}

function ofShadow({ schedules, byEmail, link }: News, row: PagedRole): Reminder[] {
  const ofRole = schedules.filter(({ role }) => role === row.role)
  const schedule = ofRole.find(({ team }) => team === row.team) ?? ofRole.find(({ team }) => team === null)
  if (schedule === undefined) return []
  return shadowsAt(schedule, row.at)
    .flatMap((holder) => byEmail.get(holder) ?? [])
    .map((to) =>
      mail(`oncall-shadow/${row.incidentId}/${row.role}/${to.id}`, to, {
        title: `You shadow ${row.role}: INC-${row.number} ${row.severity} ${row.title}`,
        notice: `It was paged at ${formatWall(row.at, to.zone)} (${to.zone}). You are not paged and owe nothing. ${link.replace(/\/on-call$/, `/incidents/${row.number}`)}`,
      }),
    )
}

function spanIn({ schedules }: News, { schedule, startsAt, endsAt }: ShiftSpan, zone: string): string {
  const role = schedules.find(({ id }) => id === schedule)?.role ?? schedule
  return `${role} from ${formatWall(startsAt, zone)} to ${formatWall(endsAt, zone)} (${zone})`
}

function mail(key: string, to: Listed, { title, notice }: { readonly title: string; readonly notice: string }): Reminder {
  return { key, to: { address: to.email, name: to.name, zone: to.zone }, title: clean(title), notice: clean(notice) }
}

function clean(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').slice(0, TEXT_CHARS_MAX).toWellFormed()
}
