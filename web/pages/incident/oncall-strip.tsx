/** "You are on call": for which roles, until when, and on which channels a page will come. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Me } from '../../../src/api/schema.ts'
import { meQuery, oncallQuery } from '../../api/queries.ts'
import { formatDuration } from '../../lib/duration.ts'
import { toMs } from '../../lib/moment.ts'
import { useSoundState } from '../../lib/ring.ts'
import { Moment } from '../../parts/moment.tsx'
import { buttonClass } from '../../parts/button.tsx'

export function OncallStrip() {
  const me = useQuery(meQuery).data
  const oncall = useQuery(oncallQuery(null)).data
  const sound = useSoundState()
  const mine = oncall?.filter((item) => item.kind === 'duty' && item.person?.id === me?.id) ?? []
  if (me === undefined || mine.length === 0) return null
  const until = Math.min(...mine.map((item) => toMs(item.until) ?? Number.POSITIVE_INFINITY))
  return (
    <section
      aria-label="Your duty"
      className="mb-4 flex flex-wrap items-center gap-x-2.5 gap-y-1 rounded-card border border-line bg-surface px-3.5 py-2.5"
    >
      <strong className="font-[620]">You are on call: {mine.map((item) => item.role).join(', ')}</strong>
      <span className="text-muted">
        {Number.isFinite(until) ? (
          <>
            until <Moment at={until} />, {formatDuration(until - Date.now())}
          </>
        ) : (
          'until further notice'
        )}
        {' · '}
        {channelsOf(me)}
        {sound !== 'ready' && ', without sound'}
      </span>
      <Link to="/account" className={`${buttonClass()} ml-auto max-[760px]:ml-0 max-[760px]:w-full`}>
        Check your channels
      </Link>
    </section>
  )
}

/** The console is always there; a channel without a check says so. */
function channelsOf(me: Me): string {
  const outside = me.contacts.filter((contact) => contact.channel !== 'console')
  if (outside.length === 0) return 'you are paged in this console only'
  return [...outside.map((contact) => `${contact.channel}${contact.verified_at === null ? ' (not verified)' : ''}`), 'this console'].join(
    ', ',
  )
}
