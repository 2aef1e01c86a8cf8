/** Whether each channel could send now, found out without sending anything: for `doctor`. */
import type { ChannelBook, ChannelCheck } from '../../integration.ts'

export interface ChannelReport extends ChannelCheck {
  /** `email`, `webhook:ops`. */
  readonly channel: string
  readonly title: string
}
const CHECK_TIMEOUT_MS = 10_000

export function checkChannels(channels: ChannelBook, timeoutMs: number = CHECK_TIMEOUT_MS): Promise<readonly ChannelReport[]> {
  return Promise.all(
    channels.list().map(async ({ id, channel, address }) => {
      const checked = await checkOne(() => channel.check(address, AbortSignal.timeout(timeoutMs)))
      return { channel: id, title: channel.title, ...checked }
    }),
  )
}

async function checkOne(check: () => Promise<ChannelCheck>): Promise<ChannelCheck> {
  try {
    return await check()
  } catch (error) {
    return { ok: false, detail: `The check failed in an unexpected way (${error instanceof Error ? error.name : 'unknown error'}).` }
  }
}
