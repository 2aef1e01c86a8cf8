/** Says how old what is shown is: live, or not and since when. */
import { useFeedState, useRetryNow } from './live.tsx'
import { formatDuration } from '../lib/duration.ts'
import { useNow } from '../lib/now.ts'

/** `dataAt`: when the content beside it was last fetched, ms; asking again may have worked while the feed is away. */
export function LiveMark({ dataAt }: { readonly dataAt?: number | undefined }) {
  const feed = useFeedState()
  const retry = useRetryNow()
  const now = useNow()
  if (feed.link === 'connecting') return <span className="text-s text-muted">connecting</span>
  if (feed.link === 'live') {
    return (
      <span className="inline-flex items-center gap-1.5 text-s whitespace-nowrap text-ok">
        <span aria-hidden className="size-[7px] rounded-full bg-current" />
        live, {formatDuration(now - (feed.heardAt ?? now))} old
      </span>
    )
  }
  const freshAt = Math.max(feed.heardAt ?? 0, dataAt ?? 0)
  return (
    <span role="status" className="inline-flex flex-wrap items-center gap-x-2 text-s text-warn">
      <span className="font-[600]">not live{freshAt > 0 && `: what you see is ${formatDuration(now - freshAt)} old`}</span>
      <button type="button" className="underline" onClick={retry}>
        {feed.retryAt !== null && feed.retryAt > now ? `next try in ${Math.ceil((feed.retryAt - now) / 1_000)} s` : 'trying'}
      </button>
    </span>
  )
}
