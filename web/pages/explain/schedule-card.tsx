/** Who would be paged when, on which channels, if nobody answered. */
import { useState } from 'react'
import type { Explanation } from '../../../src/api/schema.ts'
import { classNames } from '../../lib/class-names.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Tag } from '../../parts/tag.tsx'
import { ClauseLink } from './clause-link.tsx'
import { afterText, byPerson, scheduleOf, wallClock, wayOf, type Moment } from './schedule.ts'

/** One round of the usual escalation; the rest is a press away. */
const SHOWN_FIRST = 5

interface ScheduleProps {
  readonly explanation: Explanation
  readonly digest: string
  /** RFC 3339 of the instant that is asked about. */
  readonly base: string
  readonly zone: string
}

export function ScheduleCard({ explanation, digest, base, zone }: ScheduleProps) {
  const [all, setAll] = useState(false)
  const schedule = scheduleOf(explanation)
  if (schedule.length === 0) {
    return explanation.severity === null ? null : (
      <Card title="Who is paged">
        <p className="text-muted">Nobody: {explanation.severity.id} pages no role.</p>
      </Card>
    )
  }
  const shown = all ? schedule : schedule.slice(0, SHOWN_FIRST)
  return (
    <Card title="Who is paged if nobody answers" aside="an acknowledgement ends it" flush>
      <ol className="px-3.5 py-2">
        {shown.map((moment) => (
          <Step key={moment.afterSeconds} moment={moment} digest={digest} time={wallClock(moment.at, { zone, base })} />
        ))}
      </ol>
      {schedule.length > shown.length && (
        <div className="border-t border-line px-3.5 py-2">
          <Button size="s" onClick={() => setAll(true)}>
            {schedule.length - shown.length} later {schedule.length - shown.length === 1 ? 'step' : 'steps'}
          </Button>
        </div>
      )}
      {explanation.pages_cut && all && (
        <p className="border-t border-line px-3.5 py-2 text-s text-muted">The playbook pages on after this.</p>
      )}
    </Card>
  )
}

interface StepProps {
  readonly moment: Moment
  readonly digest: string
  readonly time: string
}

function Step({ moment, digest, time }: StepProps) {
  return (
    <li className="grid grid-cols-[84px_10px_minmax(0,1fr)] gap-x-2.5 py-1.5 min-[561px]:grid-cols-[104px_10px_minmax(0,1fr)]">
      <p className="text-right">
        <span className="block font-[600]">{afterText(moment.afterSeconds)}</span>
        <time dateTime={moment.at} className="block text-s text-muted">
          {time}
        </time>
      </p>
      <span aria-hidden className="relative flex justify-center before:absolute before:inset-y-[-6px] before:w-px before:bg-line">
        <span className={classNames('relative mt-[7px] size-2 rounded-full', moment.end === null ? 'bg-accent' : 'bg-late')} />
      </span>
      <div className="min-w-0 space-y-1.5 pb-1">
        {moment.round !== null && <p className="text-s text-muted">Round {moment.round}</p>}
        {byPerson(moment.pages).map(({ pages: [page], roles, because }) =>
          page === undefined ? null : (
            <div key={page.person.id}>
              <p>
                <strong className="font-[600]" dir="auto">
                  {page.person.name}
                </strong>{' '}
                <span className="text-muted">{roles}</span> <ClauseLink clause={page.clause} digest={digest} />
              </p>
              <p className="flex flex-wrap items-center gap-1 text-s text-muted">
                {page.person.channels.length === 0 ? (
                  <Tag tone="late">no channel: cannot be reached</Tag>
                ) : (
                  page.person.channels.map((channel) => <Tag key={channel}>{wayOf(page, channel)}</Tag>)
                )}
                {page.held_until !== null && <span>Held by quiet hours.</span>}
                {because !== '' && <span>{because}</span>}
              </p>
            </div>
          ),
        )}
        {moment.notices.map((notice, place) => (
          // oxlint-disable-next-line react/no-array-index-key -- each role that ran out says the same
          <p key={place} className="[overflow-wrap:anywhere]">
            {notice.sentence} <ClauseLink clause={notice.clause} digest={digest} />
          </p>
        ))}
        {moment.end !== null && (
          <p className="text-late [overflow-wrap:anywhere]">
            {moment.end.sentence} <ClauseLink clause={moment.end.clause} digest={digest} />
          </p>
        )}
      </div>
    </li>
  )
}
