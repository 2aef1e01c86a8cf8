/**
 * What somebody wrote back by phone, acted on once. The vendor vouches for the number; networks let senders lie about theirs, so
 * what a number may do is bounded to what its person is being paged for.
 */
import { codeOf } from '../../core/page/code.ts'
import type { Heard, WrittenAsk } from '../../integration.ts'
import type { Tx } from '../database/database.ts'
import { carryOut } from '../http/pages/acknowledge-act.ts'
import { lockIncidents } from '../incident/store.ts'
import { referenceOf } from '../outbox/render.ts'
import { recordSeen } from '../page/ledger-store.ts'
import type { Ports } from '../ports.ts'
import {
  findStanding,
  findWrittenAnswer,
  keepWrittenAnswer,
  listPagedByNumber,
  listPeopleByNumber,
  listSmsChannels,
  type PagedIncident,
} from './standing-store.ts'

type Written = Extract<Heard, { kind: 'written' }>

/** @returns what to write back; empty: nothing, as to strangers and to what the networks answer themselves */
export async function answerWritten(ports: Ports, tx: Tx, connection: string, { messageId, from, ask }: Written): Promise<string> {
  const before = await findWrittenAnswer(tx, connection, messageId)
  if (before !== undefined) return before
  const people = await listPeopleByNumber(tx, from)
  const answer = ask.kind === 'silent' || people.length === 0 ? '' : await answerAsk(ports, tx, from, ask)
  await keepWrittenAnswer(tx, connection, messageId, answer)
  // Each page to them says so too, but only once it is needed.
  if (ask.kind === 'silent' && ask.stops === true && people.length > 0)
    tx.afterCommit(() =>
      ports.log.warn({ people, connection }, 'somebody has stopped text messages: none reaches them until they send START'),
    )
  return answer
}

const HOW = 'Reply 1 (I have it) or 2 (I cannot), with the number of the incident if there are several.'

async function answerAsk(ports: Ports, tx: Tx, from: string, ask: Exclude<WrittenAsk, { kind: 'silent' }>): Promise<string> {
  const known = await listPagedByNumber(tx, from)
  const paging = known.filter((one) => one.open && one.paging)
  if (ask.kind === 'unclear') return `Not understood, nothing was done. ${HOW}`
  if (ask.kind === 'status') return paging.length === 0 ? 'Nothing pages you now.' : `You are paged for ${listOf(paging)}. ${HOW}`
  const chosen = choose(ask, known, paging)
  if (typeof chosen === 'string') return chosen
  return act(ports, tx, ask.wish, chosen)
}

type Act = Extract<WrittenAsk, { kind: 'act' }>

/** What it is about, or why that is not clear. Never more than its person is paged for. */
function choose({ which }: Act, known: readonly PagedIncident[], paging: readonly PagedIncident[]): readonly PagedIncident[] | string {
  if (which === 'all') return paging.length === 0 ? 'Nothing pages you now.' : paging
  if (which === 'one') {
    const numbers = new Set(paging.map(({ number }) => number))
    if (numbers.size > 1) return `Which one? You are paged for ${listOf(paging)}. Reply 1 and its number, or 1 all.`
    return paging.length > 0 ? paging : lastOf(known)
  }
  const named = known.filter((one) =>
    'number' in which ? one.number === which.number : one.effectKeys.some((key) => codeOf(referenceOf(key)) === which.code),
  )
  const name = 'number' in which ? `incident ${which.number}` : `a message with the code ${which.code}`
  return named.length === 0 ? `Nothing was done: you are not paged for ${name}.` : named
}

/** Whoever answers twice hears how it stands. */
function lastOf(known: readonly PagedIncident[]): readonly PagedIncident[] | string {
  const answered = known.filter((one) => one.open && one.acknowledged)
  return answered.length === 1 ? answered : 'Nothing pages you now.'
}

async function act(ports: Ports, tx: Tx, wish: Act['wish'], chosen: readonly PagedIncident[]): Promise<string> {
  await lockIncidents(tx, [...new Set(chosen.map(({ incidentId }) => incidentId))])
  for (const { personId, incidentId } of chosen)
    for (const channel of await listSmsChannels(tx, personId, incidentId)) await recordSeen(tx, { personId, incidentId, channel })
  for (const [personId, incidents] of Map.groupBy(chosen, (one) => one.personId)) {
    const ids = incidents.filter((one) => one.open && one.paging).map(({ incidentId }) => incidentId)
    if (ids.length > 0) await carryOut(ports, tx, personId, { wish, ids, via: 'sms' })
  }
  const [first] = chosen
  if (first === undefined) return 'Nothing pages you now.'
  return chosen.length === 1 ? describe(tx, wish, first) : `${wish === 'acknowledge' ? 'You have' : 'Passed on:'} ${listOf(chosen)}.`
}

async function describe(tx: Tx, wish: Act['wish'], { personId, incidentId, number, acknowledged }: PagedIncident): Promise<string> {
  const standing = await findStanding(tx, personId, incidentId)
  const others = standing?.othersAcknowledged ?? []
  const who = others.length === 0 ? 'Nobody else has acknowledged it.' : `Also acknowledged by ${others.join(', ')}.`
  if (standing !== undefined && !standing.incident.open) return `Incident ${number} is resolved.`
  if (standing?.acknowledged === true) return `You ${acknowledged ? 'already have' : 'have'} incident ${number}. ${who}`
  if (wish === 'decline') return `Passed on: somebody else is paged for incident ${number}. ${others.length === 0 ? '' : who}`.trim()
  return others.length === 0 ? `Incident ${number} does not page you now.` : `Incident ${number}: acknowledged by ${others.join(', ')}.`
}

const LISTED_MAX = 8

function listOf(incidents: readonly PagedIncident[]): string {
  const numbers = [...new Map(incidents.map(({ number, severity }) => [number, `${number} (${severity})`])).values()]
  const rest = numbers.length - LISTED_MAX
  return `incident${numbers.length === 1 ? '' : 's'} ${numbers.slice(0, LISTED_MAX).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}
