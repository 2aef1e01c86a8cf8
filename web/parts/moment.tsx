/** Times on screen: relative where that helps, absolute with zone and UTC in the title. */
import { formatAgo, formatDuration } from '../lib/duration.ts'
import { clockTime, dateWithYear, fullMoment, shortMoment } from '../lib/moment.ts'
import { useNow } from '../lib/now.ts'

interface MomentProps {
  readonly at: number
  readonly className?: string
}

/** `11 min ago`. */
export function Ago({ at, className }: MomentProps) {
  const now = useNow()
  return (
    <time dateTime={iso(at)} title={fullMoment(at)} className={className}>
      {formatAgo(at, now)}
    </time>
  )
}

/** `11 min`: how long since. */
export function Age({ at, className }: MomentProps) {
  const now = useNow()
  return (
    <time dateTime={iso(at)} title={fullMoment(at)} className={className}>
      {formatDuration(now - at)}
    </time>
  )
}

/** `14:02:11`. */
export function ClockTime({ at, className }: MomentProps) {
  return (
    <time dateTime={iso(at)} title={fullMoment(at)} className={className}>
      {clockTime(at)}
    </time>
  )
}

/** `14:20`, `Mon 09:00`, `3 Sep 09:00`. */
export function Moment({ at, className }: MomentProps) {
  return (
    <time dateTime={iso(at)} title={fullMoment(at)} className={className}>
      {shortMoment(at, Date.now())}
    </time>
  )
}

/** `3 Sep 2027`: for what lasts for months. */
export function LongDate({ at, className }: MomentProps) {
  return (
    <time dateTime={iso(at)} title={fullMoment(at)} className={className}>
      {dateWithYear(at)}
    </time>
  )
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
