/** What somebody should look at about a source, in whole sentences: its page and the doctor say the same. */
import { display, toLine } from '../alert/text.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../time.ts'
import { countSince, type HeardHour, lastHeard, silentSince } from './health.ts'

export type NoticeCode =
  | 'never-heard'
  | 'silent'
  | 'distrusted'
  | 'faults'
  | 'unsigned'
  | 'secret-unreadable'
  | 'observed-long'
  | 'subscription-unconfirmed'
  | 'certificate-missing'
  | 'forged'
  | 'no-key'
  | 'team-unknown'
  | 'key-ending'

export interface Notice {
  readonly code: NoticeCode
  readonly level: 'info' | 'warn' | 'fail'
  readonly text: string
  readonly remedy: string
}

export interface SourceFacts {
  readonly createdAt: Instant
  readonly revoked: boolean
  readonly observeSince: Instant | null
  /** A team that it is bound to and the playbook in force does not name; null: none, or it does. */
  readonly unknownTeam: string | null
  readonly hours: readonly HeardHour[]
  readonly keys: readonly {
    readonly prefix: string
    readonly inUse: boolean
    readonly expiresAt: Instant | null
    readonly lastUsedAt: Instant | null
  }[]
  /** Whether this server can read each of its secrets in force. */
  readonly secrets: readonly { readonly readable: boolean }[]
  /** Its vendor signs with a secret that both sides know; null: it cannot, or signs in another way. */
  readonly signsBy: { readonly header: string; readonly secretFrom: string } | null
  /** Topics that ask to be confirmed, or could not be; hostile text. */
  readonly unconfirmedTopics: readonly string[]
  /** Certificates that its messages name and that cannot be had, with how many messages wait for each; hostile text. */
  readonly missingCertificates: readonly { readonly url: string; readonly waiting: number }[]
  /** Messages of the last 30 days that could not be checked when they came, and proved forged. */
  readonly forged: number
}

const NEW_MS = 10 * MINUTE_MS
const KEY_ENDS_SOON_MS = 3 * DAY_MS
const OBSERVED_LONG_MS = 14 * DAY_MS
/** Within an hour: no stray message, somebody tries, or a secret was changed at one side alone. */
export const DISTRUSTED_BURST = 20

/** Worst first. */
export function noticesOf(facts: SourceFacts, now: Instant): Notice[] {
  if (facts.revoked) return []
  const found = [
    ...aboutTrust(facts, now),
    ...aboutCertificates(facts),
    ...aboutKeys(facts, now),
    ...aboutTeam(facts),
    ...aboutSilence(facts, now),
    ...aboutFaults(facts, now),
    ...aboutObserving(facts, now),
  ]
  const rank = { fail: 0, warn: 1, info: 2 }
  return found.toSorted((one, other) => rank[one.level] - rank[other.level])
}

function aboutTrust({ secrets, signsBy, hours, unconfirmedTopics }: SourceFacts, now: Instant): Notice[] {
  const notices: Notice[] = []
  if (secrets.some(({ readable }) => !readable)) {
    notices.push({
      code: 'secret-unreadable',
      level: 'fail',
      text: 'This server cannot read its secret: no message can be checked, and people are paged plainly for each.',
      remedy: 'Give every server the same TOCSIN_SECRET_FILE, or the variable that is named; or set the secret anew.',
    })
  }
  if (signsBy !== null && secrets.length === 0) {
    notices.push({
      code: 'unsigned',
      level: 'info',
      text: `Its messages are taken unsigned: whoever knows a key can send in its name. Its vendor can sign them (${signsBy.header}).`,
      remedy: `Set its secret: ${signsBy.secretFrom}`,
    })
  }
  const [day, hour] = [countSince(hours, now - DAY_MS).distrusted, countSince(hours, now - HOUR_MS - (now % HOUR_MS)).distrusted]
  if (day > 0) {
    const burst = hour >= DISTRUSTED_BURST
    notices.push({
      code: 'distrusted',
      level: burst ? 'fail' : 'warn',
      text: burst
        ? `${hour} messages within about an hour were not believed, and paged nobody: their signature is missing, wrong or too old.`
        : `${messages(day)} of the last day ${day === 1 ? 'was' : 'were'} not believed, and paged nobody.`,
      remedy: 'Compare the secret at both sides, and the clocks; the reasons and the messages are on its page.',
    })
  }
  if (unconfirmedTopics.length > 0) {
    const names = unconfirmedTopics.slice(0, 3).map((topic) => display(toLine(topic, 120)))
    notices.push({
      code: 'subscription-unconfirmed',
      level: 'fail',
      text: `A subscription is not confirmed, so nothing of it arrives: ${names.join(', ')}.`,
      remedy: 'Look at its page for why, and let the sender ask again.',
    })
  }
  return notices
}

function aboutCertificates({ missingCertificates, forged }: SourceFacts): Notice[] {
  const notices: Notice[] = []
  const waiting = missingCertificates.reduce((sum, one) => sum + one.waiting, 0)
  const [first] = missingCertificates
  if (first !== undefined && waiting > 0) {
    notices.push({
      code: 'certificate-missing',
      level: 'fail',
      text: `${messages(waiting)} could not be checked, because a certificate cannot be fetched: alarms page all the same, ends are not believed.`,
      remedy: `Let this server reach ${display(toLine(first.url, 200))}, or give that certificate by hand.`,
    })
  }
  if (forged > 0) {
    notices.push({
      code: 'forged',
      level: 'fail',
      text: `${messages(forged)} that could not be checked at first proved forged, and what they alone had made fire was taken back.`,
      remedy: 'Somebody knows one of its keys: give its sender another, and revoke that one.',
    })
  }
  return notices
}

function aboutKeys({ keys }: SourceFacts, now: Instant): Notice[] {
  const inUse = keys.filter((key) => key.inUse)
  if (inUse.length === 0) {
    return [
      {
        code: 'no-key',
        level: 'fail',
        text: 'None of its keys opens anything: its senders are refused.',
        remedy: 'Make a key, or revoke the source if it is not needed any more.',
      },
    ]
  }
  const ending = inUse.filter(
    ({ expiresAt, lastUsedAt }) =>
      expiresAt !== null && expiresAt - now < KEY_ENDS_SOON_MS && lastUsedAt !== null && now - lastUsedAt < DAY_MS,
  )
  return ending.map(({ prefix, expiresAt }) => ({
    code: 'key-ending',
    level: 'warn',
    text: `The key ${display(prefix)}… ends ${inWords((expiresAt ?? now) - now)}, and a sender still uses it.`,
    remedy: 'Give that sender the new key.',
  }))
}

function aboutTeam({ unknownTeam }: SourceFacts): Notice[] {
  if (unknownTeam === null) return []
  return [
    {
      code: 'team-unknown',
      level: 'warn',
      text: `It is bound to the team ${display(toLine(unknownTeam, 120))}, which the playbook does not name: its signals page as if it were bound to none.`,
      remedy: 'Name that team under teams in the playbook, or bind the source to one that is there.',
    },
  ]
}

function aboutSilence({ createdAt, hours }: SourceFacts, now: Instant): Notice[] {
  if (lastHeard(hours) === null) {
    if (now - createdAt < NEW_MS) return []
    return [
      {
        code: 'never-heard',
        level: 'warn',
        text: 'It has never sent anything.',
        remedy: 'Check address and key at the sender, and send a test from there.',
      },
    ]
  }
  const since = silentSince(hours, now)
  if (since === null) return []
  return [
    {
      code: 'silent',
      level: 'warn',
      text: `It has sent nothing for ${duration(now - since)}, longer than is usual for it. Silence is not health.`,
      remedy: 'See whether the sender still runs and reaches Tocsin; a heartbeat would have told at once.',
    },
  ]
}

function aboutFaults({ hours }: SourceFacts, now: Instant): Notice[] {
  const { refused, faults } = countSince(hours, now - DAY_MS)
  if (refused + faults === 0) return []
  return [
    {
      code: 'faults',
      level: 'warn',
      text: `${messages(refused + faults)} of the last day could not be understood or processed as usual; people were told plainly.`,
      remedy: 'Its page shows the last of them, each with the reason and the raw message.',
    },
  ]
}

function aboutObserving({ observeSince }: SourceFacts, now: Instant): Notice[] {
  if (observeSince === null || now - observeSince < OBSERVED_LONG_MS) return []
  return [
    {
      code: 'observed-long',
      level: 'warn',
      text: `It has only been observed for ${duration(now - observeSince)}: whatever it says, nobody is paged.`,
      remedy: 'Look at what it would have done, and end observe mode.',
    },
  ]
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`
}

function inWords(ms: number): string {
  return `in ${duration(ms)}`
}

function duration(ms: number): string {
  const hours = Math.max(1, Math.round(ms / HOUR_MS))
  if (hours < 48) return hours === 1 ? '1 hour' : `${hours} hours`
  return `${Math.round(hours / 24)} days`
}
