/** Tells the author of a silence that it ends soon, and what will page then: by mail, once for each end that it was given. */
import { formatMatchers } from '../../core/silence/matcher.ts'
import { describeLength } from '../../core/silence/window-text.ts'
import { MINUTE_MS } from '../../core/time.ts'
import type { ChannelBook } from '../../integration.ts'
import { startLoop } from '../outbox/loop.ts'
import { sendReminder } from '../outbox/reminder.ts'
import type { Ports } from '../ports.ts'
import { countHolding } from './hold-store.ts'
import { type EndingSilence, listEnding } from './silence-store.ts'

const EVERY_MS = 30_000
/** Told of in one turn; the others in the next. */
const NOTICES_MAX = 100
const TEXT_CHARS_MAX = 200

export function startEndingNotices(ports: Ports, channels: ChannelBook): { readonly stop: () => Promise<void> } {
  const loop = startLoop({
    everyMs: ports.config.timing['silenceNoticeMs'] ?? EVERY_MS,
    name: 'silence notices',
    log: ports.log,
    turn: () => tellEnding(ports, channels),
  })
  return { stop: loop.stop }
}

export async function tellEnding(ports: Ports, channels: ChannelBook): Promise<void> {
  const { noticeBeforeMs } = ports.playbooks.current().muting
  const { ending, holding, now } = await ports.database.inTransaction('main', async (tx) => {
    const found = await listEnding(tx, tx.now + noticeBeforeMs, NOTICES_MAX)
    const ids = found.map(({ silence }) => silence.id)
    return { ending: found, holding: await countHolding(tx, 'silence', ids), now: tx.now }
  })
  for (const one of ending) {
    // Whoever silences for ten minutes need not be told at once that it ends in ten.
    if (one.silence.endsAt - one.silence.startsAt <= noticeBeforeMs) continue
    await sendReminder(ports, channels, {
      key: `silence-ending/${one.silence.id}/${one.silence.endsAt}`,
      to: { address: one.email, name: one.name, zone: one.zone },
      ...wordsOf(one, holding.get(one.silence.id) ?? 0, one.silence.endsAt - now),
    })
  }
}

function wordsOf({ silence }: EndingSilence, holding: number, leftMs: number): { readonly title: string; readonly notice: string } {
  const text = formatMatchers(silence.matchers).slice(0, TEXT_CHARS_MAX).toWellFormed()
  const left = describeLength(Math.max(Math.ceil(leftMs / MINUTE_MS), 1) * MINUTE_MS)
  const then =
    holding === 0
      ? 'It holds no firing alert now.'
      : `It holds ${holding} firing ${holding === 1 ? 'alert' : 'alerts'} now: what still fires then is paged.`
  const how = `To hold them longer, give it another end: tocsin silence extend ${silence.id} --for "1 h".`
  return { title: `A silence of yours ends in ${left}: ${text}`, notice: `The silence ${text} ends in ${left}. ${then} ${how}` }
}
