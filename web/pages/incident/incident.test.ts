import { expect, test } from 'vitest'
import { alertOf, incidentOf, mara, ravi, storyOf } from '../../../test/support/incident-story.ts'
import { groupIncidents } from './grouping.ts'
import { shortMoment } from '../../lib/moment.ts'
import { ledgerOf } from './ledger.ts'
import { isFiltered, readListSearch, toIncidentFilter } from './list-search.ts'
import { isNewer } from './newer.ts'
import { offersOf, primaryOf, secondaryOf } from './offered.ts'
import { sortClocks } from './sort-clocks.ts'
import { tellingSummary } from './telling-summary.ts'
import { foldTimeline } from './timeline-fold.ts'
import { isShown, markOf, noteOf } from './timeline-kinds.ts'

const now = Date.now()
const pages = (severity: string) => severity !== 'SEV-4'
const namesOf = (incidents: Parameters<typeof groupIncidents>[0]) =>
  groupIncidents(incidents, { now, pages }).map((group) => [group.name, group.items.map((incident) => incident.number)])
const clock = (dueInMin: number) => ({
  id: 'c',
  kind: 'response',
  audience: null,
  clause: '',
  started_at: new Date(now - 60_000).toISOString(),
  due_at: new Date(now + dueInMin * 60_000).toISOString(),
  state: 'running' as const,
  ended_at: null,
  reason: null,
})

test('what nobody has answered comes first, unless its severity pages nobody', () => {
  expect(namesOf([incidentOf({ number: 1, title: 'a' }), incidentOf({ number: 2, title: 'b', rank: 3, clock: clock(600) })])).toEqual([
    ['now', [1]],
    ['open', [2]],
  ])
})

test('an answered incident is urgent again when its next clock is', () => {
  const calm = incidentOf({ number: 1, title: 'a', acknowledged: true, clock: clock(60) })
  const late = incidentOf({ number: 2, title: 'b', acknowledged: true, clock: clock(-1) })
  expect(namesOf([calm, late])).toEqual([
    ['now', [2]],
    ['open', [1]],
  ])
})

test('a resolved incident that owes something is not over, a closed one is', () => {
  const owed = incidentOf({ number: 1, title: 'a', phase: 'resolved', clock: clock(60) })
  const done = incidentOf({ number: 2, title: 'b', phase: 'resolved' })
  const closed = incidentOf({ number: 3, title: 'c', phase: 'closed', clock: clock(60) })
  expect(namesOf([owed, done, closed])).toEqual([
    ['owed', [1]],
    ['over', [2, 3]],
  ])
})

test('the main action follows the phase', () => {
  const primary = (sketch: Partial<Parameters<typeof incidentOf>[0]>) => {
    const incident = incidentOf({ number: 1, title: 'a', ...sketch })
    return primaryOf(incident, offersOf(incident, { mayRespond: true, paging: false }))?.id
  }
  expect(primary({})).toBe('acknowledge')
  expect(primary({ acknowledged: true })).toBe('mitigate')
  expect(primary({ acknowledged: true, phase: 'mitigating' })).toBe('resolve')
  expect(primary({ acknowledged: true, phase: 'mitigating', pagingYou: true })).toBe('acknowledge')
  expect(primary({ acknowledged: true, phase: 'resolved' })).toBe('close')
  expect(primary({ acknowledged: true, phase: 'closed' })).toBeUndefined()
})

test('who may only read may ask why, and change nothing', () => {
  expect(offersOf(incidentOf({ number: 1, title: 'a' }), { mayRespond: false, paging: true })).toMatchObject([{ id: 'why' }])
})

test('every action has a key of its own, also against declaring', () => {
  const incidents = [{}, { pagingYou: true, total: 1, firing: 0 }, { phase: 'resolved' as const }].map((sketch) =>
    incidentOf({ number: 1, title: 'a', ...sketch }),
  )
  for (const incident of incidents) {
    const keys = ['C', ...offersOf(incident, { mayRespond: true, paging: true, newer: true }).map((offer) => offer.shortcut)]
    expect(new Set(keys).size).toBe(keys.length)
  }
})

test('an incident whose alerts are clear can be kept open, once', () => {
  const ids = (over: object) =>
    offersOf({ ...incidentOf({ number: 1, title: 'a', total: 2, firing: 0 }), ...over }, { mayRespond: true, paging: false }).map(
      ({ id }) => id,
    )
  expect(ids({})).toContain('keep')
  expect(ids({ alerts_firing: 1 })).not.toContain('keep')
  expect(ids({ alerts_total: 0 })).not.toContain('keep')
  expect(ids({ open: false })).not.toContain('keep')
  const kept = { at: '', green_since: '', by: { id: null, kind: 'person', name: 'Ann' }, reason: 'x' }
  expect(ids({ kept_open: kept })).not.toContain('keep')
})

test('an open incident can be moved when another version is in force, a closed one keeps its own', () => {
  const open = incidentOf({ number: 1, title: 'a' })
  expect(isNewer(open, { digest: open.playbook_digest })).toBe(false)
  expect(isNewer(open, { digest: 'another' })).toBe(true)
  expect(isNewer({ ...open, open: false }, { digest: 'another' })).toBe(false)
  expect(isNewer(open, undefined)).toBe(false)
  expect(offersOf(open, { mayRespond: true, paging: false, newer: true }).map((offer) => offer.id)).toContain('move')
})

test('the buttons beside the main one never repeat it', () => {
  const incident = incidentOf({ number: 1, title: 'a', acknowledged: true, phase: 'mitigating' })
  const offers = offersOf(incident, { mayRespond: true, paging: false })
  expect(secondaryOf(offers, primaryOf(incident, offers)).map((offer) => offer.id)).toEqual(['note'])
})

test('what waits for its time says when it goes out, unless somebody acknowledges', () => {
  const noon = Date.parse('2026-01-05T13:00:00Z')
  const [page] = storyOf(incidentOf({ number: 1, title: 'a' })).pages
  if (page === undefined) throw new Error('a story without a page')
  const [delivery] = page.deliveries
  if (delivery === undefined) throw new Error('a page without a delivery')
  const waiting = { ...delivery, channel: 'sms', state: 'queued' as const, attempts: 0, due_at: '2026-01-05T13:02:00Z' }
  const [person] = ledgerOf([{ ...page, deliveries: [waiting] }], noon)
  expect(person?.channels.map(({ text }) => text)).toEqual([`sms ${shortMoment(Date.parse(waiting.due_at), noon)} unless acknowledged`])
})

test('the ledger has one entry a person, those still paged first, with each channel’s latest news', () => {
  const { pages: paged } = storyOf(incidentOf({ number: 1, title: 'a', acknowledged: true }))
  const ledger = ledgerOf(paged, now)
  expect(ledger.map((person) => person.name)[2]).toBe(mara.name)
  expect(ledger.find((person) => person.name === mara.name)?.stateText).toBe('acknowledged 2:28')
  expect(ledger.find((person) => person.name === ravi.name)?.channels.map((news) => [news.text, news.tone])).toContainEqual([
    'email failed ×4',
    'late',
  ])
})

test('a second round does not show a person twice, and its delivery replaces the first', () => {
  const { pages: paged } = storyOf(incidentOf({ number: 1, title: 'a' }))
  const first = paged[0]
  if (first === undefined) throw new Error('the story has no page')
  const again = {
    ...first,
    id: 'again',
    round: 1,
    created_at: new Date(now).toISOString(),
    deliveries: first.deliveries.map((delivery) => ({ ...delivery, state: 'failed' as const, queued_at: new Date(now).toISOString() })),
  }
  const [person] = ledgerOf([first, again], now)
  expect(ledgerOf([first, again], now)).toHaveLength(1)
  expect(person?.channels.every((news) => news.tone === 'late')).toBe(true)
})

test('sent is not delivered, and only seen is green', () => {
  const tones = ledgerOf(storyOf(incidentOf({ number: 1, title: 'a' })).pages, now).flatMap((person) =>
    person.channels.filter((news) => news.tone === 'ok').map((news) => news.delivery.state),
  )
  expect(new Set(tones)).toEqual(new Set(['seen']))
})

test('clocks that run stand before those that were met; what has not begun is left out', () => {
  const { clocks } = storyOf(incidentOf({ number: 1, title: 'a', acknowledged: true, phase: 'resolved', openedMin: 20 }))
  expect(sortClocks(clocks).map((one) => one.state)).toEqual(['running', 'met'])
  expect(sortClocks(storyOf(incidentOf({ number: 1, title: 'a' })).clocks).map((one) => one.kind)).toEqual(['response'])
})

test('the timeline’s filters tell people, pages and alerts apart', () => {
  const { timeline } = storyOf(incidentOf({ number: 1, title: 'a', acknowledged: true }))
  const kinds = (filter: Parameters<typeof isShown>[1]) =>
    timeline.filter((entry) => isShown(entry, filter)).map((entry) => entry.type.slice(9))
  expect(kinds('alerts')).toEqual(['opened', 'alerts-changed'])
  expect(kinds('pages')).toEqual(['paged', 'page-handed-over', 'page-failed', 'acknowledged'])
  expect(kinds('people')).toContain('noted')
  expect(kinds('people')).not.toContain('paged')
  const note = timeline.find((entry) => entry.type === 'incident.noted')
  expect(note === undefined ? null : noteOf(note)).toContain('Rolling back')
  expect(timeline.map(markOf).slice(0, 5)).toEqual(['late', 'late', 'accent', 'accent', 'late'])
})

test('the filter is read from any address without harm, and asks for open incidents unless told otherwise', () => {
  expect(readListSearch({ state: 'nonsense', q: 42, severity: '', type: ['x'] })).toEqual({ q: '42' })
  expect(readListSearch({ version: 3 })).toEqual({ version: '3' })
  expect(readListSearch({ version: 'v3' })).toEqual({})
  expect(isFiltered({ version: '3' })).toBe(true)
  expect(toIncidentFilter({})).toEqual({ open: 'true' })
  expect(toIncidentFilter({ state: 'all', q: 'x' })).toEqual({ q: 'x' })
  expect(isFiltered({})).toBe(false)
  expect(isFiltered({ state: 'over' })).toBe(true)
})

test('the made-up alert is a whole one', () => {
  expect(alertOf(1).labels['alertname']).toBe('API5xxAlarm')
})

test('a summary that only repeats labels and the source is left out, words of people stay', () => {
  const shown = { labels: { alertname: 'API5xxAlarm', function: 'checkout api' }, source: 'default' }
  expect(tellingSummary('alertname=API5xxAlarm function=checkout api\nSource: default.', shown)).toBe('')
  expect(tellingSummary('61 % fail.\nalertname=API5xxAlarm\nalertname=Other', shown)).toBe('61 % fail.\nalertname=Other')
})

test('hand-overs next to each other are one line, and nothing is lost or moved', () => {
  const [entry] = storyOf(incidentOf({ number: 1, title: 'a' })).timeline
  if (entry === undefined) throw new Error('the story has no timeline')
  const kinds = ['page-handed-over', 'page-handed-over', 'page-failed', 'page-handed-over', 'paged']
  const entries = kinds.map((kind, place) => ({ ...entry, id: `e${place}`, type: `incident.${kind}` }))
  const lines = foldTimeline(entries)
  expect(lines.map((line) => line.kind)).toEqual(['hand-overs', 'entry', 'entry', 'entry'])
  expect(lines.flatMap((line) => (line.kind === 'entry' ? [line.entry] : line.entries))).toEqual(entries)
})
