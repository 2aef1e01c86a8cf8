import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../time.ts'
import type { HeardHour } from './health.ts'
import { DISTRUSTED_BURST, noticesOf, type SourceFacts } from './notice.ts'

const NOW = 1_800_000_000_000
const hour = (over: Partial<HeardHour>): HeardHour => ({
  hour: NOW - (NOW % HOUR_MS),
  lastAt: NOW,
  messages: 100,
  signals: 100,
  refused: 0,
  distrusted: 0,
  repeated: 0,
  faults: 0,
  ...over,
})
const KEY = { prefix: 'abc123', inUse: true, expiresAt: null, lastUsedAt: NOW }
const well: SourceFacts = {
  createdAt: NOW - DAY_MS,
  revoked: false,
  observeSince: null,
  unknownTeam: null,
  hours: [hour({})],
  keys: [KEY],
  secrets: [],
  signsBy: null,
  unconfirmedTopics: [],
  missingCertificates: [],
  forged: 0,
}
const SIGNS = { header: 'X-Signature', secretFrom: 'the settings' }
const codes = (facts: Partial<SourceFacts>) => noticesOf({ ...well, ...facts }, NOW).map(({ code, level }) => `${level} ${code}`)

test.each<[string, Partial<SourceFacts>, string[]]>([
  ['all is well', {}, []],
  ['revoked: nothing more to say', { revoked: true, keys: [], hours: [] }, []],
  ['its vendor signs and no secret is set', { signsBy: SIGNS }, ['info unsigned']],
  ['its vendor signs and a secret is set', { signsBy: SIGNS, secrets: [{ readable: true }] }, []],
  ['a secret that cannot be read', { secrets: [{ readable: true }, { readable: false }] }, ['fail secret-unreadable']],
  ['one distrusted message', { hours: [hour({ distrusted: 1 })] }, ['warn distrusted']],
  ['a burst of them', { hours: [hour({ distrusted: DISTRUSTED_BURST })] }, ['fail distrusted']],
  ['old distrust is forgotten', { hours: [hour({ hour: NOW - 3 * DAY_MS, distrusted: 50 }), hour({})] }, []],
  ['what was not understood', { hours: [hour({ refused: 1, faults: 1 })] }, ['warn faults']],
  ['never heard', { hours: [] }, ['warn never-heard']],
  ['never heard, but new', { hours: [], createdAt: NOW - 60_000 }, []],
  ['no key', { keys: [{ ...KEY, inUse: false }] }, ['fail no-key']],
  ['a key that ends soon and is used', { keys: [KEY, { ...KEY, expiresAt: NOW + HOUR_MS }] }, ['warn key-ending']],
  ['a key that ends soon and is not used', { keys: [KEY, { ...KEY, expiresAt: NOW + HOUR_MS, lastUsedAt: NOW - 2 * DAY_MS }] }, []],
  ['a team that the playbook does not name', { unknownTeam: 'Payment' }, ['warn team-unknown']],
  ['observed for long', { observeSince: NOW - 15 * DAY_MS }, ['warn observed-long']],
  ['observed lately', { observeSince: NOW - DAY_MS }, []],
  ['a certificate that cannot be had', { missingCertificates: [{ url: 'https://x/a.pem', waiting: 2 }] }, ['fail certificate-missing']],
  ['a certificate that nothing waits for any more', { missingCertificates: [{ url: 'https://x/a.pem', waiting: 0 }] }, []],
  ['messages that proved forged', { forged: 1 }, ['fail forged']],
  ['a subscription without confirmation', { unconfirmedTopics: ['arn:x'] }, ['fail subscription-unconfirmed']],
])('%s', (_name, facts, expected) => {
  expect(codes(facts)).toEqual(expected)
})

test('the worst comes first, each says what to do, and what strangers wrote cannot hide', () => {
  const notices = noticesOf({ ...well, signsBy: SIGNS, hours: [], keys: [], unconfirmedTopics: ['a\u202eb', 'c', 'd', 'e'] }, NOW)
  expect(notices.map(({ level }) => level)).toEqual(['fail', 'fail', 'warn', 'info'])
  expect(notices.every(({ text, remedy }) => text.length > 10 && remedy.length > 10)).toBe(true)
  expect(JSON.stringify(notices)).not.toContain('\u202e')
})
