/** The reader is being paged: what, how bad, since when, and the one button. Rings, and marks the tab. */
import { useQueries, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { BellRing, Volume2, VolumeX } from 'lucide-react'
import { useEffect } from 'react'
import type { Incident } from '../../src/api/schema.ts'
import { useIncidentAction } from '../api/incident-actions.ts'
import { explainError } from '../api/problem.ts'
import { incidentQuery, meQuery } from '../api/queries.ts'
import { toMs } from '../lib/moment.ts'
import { disableSound, enableSound, startRinging, stopRinging, useRinging, useSoundState } from '../lib/ring.ts'
import { setTitleAlarm } from '../lib/title.ts'
import { Button } from '../parts/button.tsx'
import { Ago } from '../parts/moment.tsx'
import { SeverityChip } from '../parts/severity.tsx'
import { pagingNow, rememberAnswer, takeAnswerBack, usePagedFacts } from './paged-store.ts'
import { useReportSeen } from './seen.ts'
import { tellError } from './toast-store.ts'

/** So many are fetched to find the worst; the rest is counted. */
const LOOKED_AT_MAX = 5

export function PagedBanner() {
  const me = useQuery(meQuery)
  const { ref } = useParams({ strict: false })
  const facts = usePagedFacts()
  const ids = pagingNow({ paging: me.data?.paging ?? [], fetchedAt: me.dataUpdatedAt }, facts)
  const found = useQueries({ queries: ids.slice(0, LOOKED_AT_MAX).map((id) => incidentQuery(id)) })
  const loaded = found.flatMap(({ data }) => (data === undefined ? [] : [data]))
  const here = loaded.find((incident) => incident.id === ref || String(incident.number) === ref)
  const worst = here ?? loaded.sort((a, b) => a.severity_rank - b.severity_rank || Date.parse(a.opened_at) - Date.parse(b.opened_at))[0]
  const paged = ids.length > 0
  useEffect(() => {
    if (paged) startRinging()
    else stopRinging()
  }, [paged])
  const alarm = paged ? `● Paged: ${worst === undefined ? 'open Tocsin' : worst.title}` : null
  useEffect(() => setTitleAlarm(alarm), [alarm])
  useReportSeen(worst === undefined ? [] : [worst.id], me.data)
  if (worst === undefined) return null
  return here === undefined ? <Banner key={worst.id} incident={worst} others={ids.length - 1} /> : <HereBanner others={ids.length - 1} />
}

const BANNER = 'sticky top-0 z-30 border-b-2 border-late bg-late-soft max-[760px]:top-12'
const BANNER_ROW = 'mx-auto flex max-w-[1280px] flex-wrap items-center gap-x-3 gap-y-2 px-3 min-[761px]:px-6'

/** On the incident's own page its own Acknowledge is the main action: the banner only says so and rings. */
function HereBanner({ others }: { readonly others: number }) {
  return (
    <section aria-label="You are being paged" className={BANNER}>
      <div role="alert" className={`${BANNER_ROW} min-h-11 py-1`}>
        <BellRing size={17} aria-hidden className="flex-none text-late" />
        <p className="min-w-0 flex-1 font-[620] text-late">
          You are being paged for this incident
          {others > 0 && (
            <>
              {' and '}
              <Link to="/incidents" className="underline">
                {others} more
              </Link>
            </>
          )}
        </p>
        <SoundButton />
      </div>
    </section>
  )
}

function Banner({ incident, others }: { readonly incident: Incident; readonly others: number }) {
  const action = useIncidentAction(incident.id)
  const acknowledge = (): void => {
    rememberAnswer(incident.id, Date.now())
    action.mutate(
      { type: 'acknowledge' },
      {
        onError: (error) => {
          takeAnswerBack(incident.id)
          tellError(`Not acknowledged: INC-${incident.number}`, explainError(error))
        },
      },
    )
  }
  return (
    <section aria-label="You are being paged" className={BANNER}>
      <div role="alert" className={`${BANNER_ROW} py-2.5`}>
        <BellRing size={18} aria-hidden className="flex-none text-late" />
        <div className="min-w-0 flex-1 basis-56">
          <div className="flex min-w-0 items-center gap-2">
            <SeverityChip rank={incident.severity_rank} name={incident.severity} />
            <span className="font-[620] text-late">You are being paged</span>
          </div>
          <Link
            to="/incidents/$ref"
            params={{ ref: String(incident.number) }}
            className="mt-0.5 line-clamp-2 font-[600] [overflow-wrap:anywhere] hover:underline"
            dir="auto"
          >
            {incident.title}
          </Link>
          <p className="text-s text-muted">
            INC-{incident.number} · <Ago at={toMs(incident.opened_at)} />
            {others > 0 && ` · and ${others} more`}
          </p>
        </div>
        <div className="flex items-center gap-2 max-[760px]:w-full">
          <SoundButton />
          <Button
            look="main"
            className="max-[760px]:min-h-13 max-[760px]:flex-1 max-[760px]:text-l"
            onClick={acknowledge}
            aria-label={`Acknowledge INC-${incident.number}`}
          >
            Acknowledge
          </Button>
        </div>
      </div>
    </section>
  )
}

function SoundButton() {
  const sound = useSoundState()
  const ringing = useRinging()
  if (sound === 'ready') {
    return (
      ringing && (
        <Button look="quiet" onClick={stopRinging} aria-label="Stop this sound">
          <VolumeX size={15} aria-hidden /> Silence
        </Button>
      )
    )
  }
  return (
    <Button onClick={() => void enableSound()}>
      <Volume2 size={15} aria-hidden /> Enable sound
    </Button>
  )
}

/** Whether pages will be heard in this tab; said before it matters. */
export function SoundSetting() {
  const sound = useSoundState()
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button onClick={() => void (sound === 'ready' ? Promise.resolve(disableSound()) : enableSound())}>
        {sound === 'ready' ? <VolumeX size={15} aria-hidden /> : <Volume2 size={15} aria-hidden />}
        {sound === 'ready' ? 'Turn sound off' : 'Enable sound'}
      </Button>
      <span className="text-s text-muted">
        {sound === 'ready' && 'Sound is on in this tab.'}
        {sound === 'blocked' && 'The browser plays no sound until you have clicked here once.'}
        {sound === 'off' && 'Sound is off in this browser: a page shows, but is not heard.'}
      </span>
    </div>
  )
}
