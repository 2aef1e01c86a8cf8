/** The buttons of an incident, its keys and its palette entries: one list for all three. On a phone they stay under the thumb. */
import { Ellipsis } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { Incident } from '../../../src/api/schema.ts'
import { useIncidentAction } from '../../api/incident-actions.ts'
import { explainError } from '../../api/problem.ts'
import { playbookQuery } from '../../api/queries.ts'
import { useCommands } from '../../app/commands.ts'
import { rememberAnswer, takeAnswerBack } from '../../app/paged-store.ts'
import { tellError } from '../../app/toast-store.ts'
import { Button } from '../../parts/button.tsx'
import { isNewer } from './newer.ts'
import { offersOf, primaryOf, secondaryOf, type Offer, type OfferId } from './offered.ts'
import { MORE_CLASS } from './more-class.ts'
import { numberOf } from './words.ts'

const loadMoreMenu = () => import('./more-menu.tsx').then((module) => ({ default: module.MoreMenu }))
const MoreMenu = lazy(loadMoreMenu)
const ActionDialog = lazy(() => import('./action-dialogs.tsx').then((module) => ({ default: module.ActionDialog })))

interface ActionsProps {
  readonly reference: string
  readonly incident: Incident
  readonly mayRespond: boolean
  readonly paging: boolean
}

export function IncidentActions({ reference, incident, mayRespond, paging }: ActionsProps) {
  const [asking, setAsking] = useState<OfferId | null>(null)
  const current = useQuery(playbookQuery).data
  const newer = isNewer(incident, current)
  const offers = offersOf(incident, { mayRespond, paging, newer })
  const primary = primaryOf(incident, offers)
  const secondary = secondaryOf(offers, primary)
  const rest = offers.filter((offer) => offer !== primary && !secondary.includes(offer))
  const { run, busy } = useRun({ reference, incident, ask: setAsking })
  useCommands(offers.map((offer) => ({ ...offer, group: 'This incident', run: () => run(offer.id) })))
  if (!mayRespond) {
    return (
      <p className="text-s text-muted">
        You can read this incident, not change it.{' '}
        <Link to="/why" search={{ incident: String(incident.number), person: 'me' }} className="text-accent underline">
          Why?
        </Link>
      </p>
    )
  }
  return (
    <>
      <div
        role="group"
        aria-label="Actions"
        className="flex flex-none gap-2 max-[760px]:fixed max-[760px]:inset-x-0 max-[760px]:bottom-0 max-[760px]:z-20 max-[760px]:border-t max-[760px]:border-line max-[760px]:bg-surface max-[760px]:px-3 max-[760px]:pt-2.5 max-[760px]:pb-[calc(10px+env(safe-area-inset-bottom))]"
      >
        <More offers={rest} run={run} />
        {secondary.map((offer) => (
          <Button key={offer.id} shortcut={offer.shortcut} onClick={() => run(offer.id)} className="max-[760px]:min-h-12">
            {offer.label}
          </Button>
        ))}
        {primary !== undefined && (
          <Button
            look="main"
            shortcut={primary.shortcut}
            busy={busy === primary.id}
            onClick={() => run(primary.id)}
            className="max-[760px]:min-h-12 max-[760px]:flex-1 max-[760px]:text-l"
          >
            {primary.label}
          </Button>
        )}
      </div>
      <Suspense fallback={null}>
        {asking !== null && <ActionDialog what={asking} reference={reference} incident={incident} onClose={() => setAsking(null)} />}
      </Suspense>
    </>
  )
}

/** Acknowledging and mitigating need no words; the rest asks first. */
function useRun({
  reference,
  incident,
  ask,
}: {
  readonly reference: string
  readonly incident: Incident
  readonly ask: (what: OfferId) => void
}) {
  const action = useIncidentAction(reference)
  const navigate = useNavigate()
  const run = (id: OfferId): void => {
    // Pressed twice is asked once; another action does not have to wait for the answer to this one.
    if (action.isPending && action.variables.type === id) return
    if (id === 'acknowledge') {
      rememberAnswer(incident.id, Date.now())
      action.mutate(
        { type: 'acknowledge' },
        {
          onError: (error) => {
            takeAnswerBack(incident.id)
            tellError(`Not acknowledged: ${numberOf(incident)}`, explainError(error))
          },
        },
      )
    } else if (id === 'mitigate') {
      action.mutate({ type: 'mitigate' }, { onError: (error) => tellError('Mitigation was not started', explainError(error)) })
    } else if (id === 'why') {
      void navigate({ to: '/why', search: { incident: String(incident.number), person: 'me' } })
    } else {
      ask(id)
    }
  }
  return { run, busy: action.isPending ? action.variables.type : null }
}

/** The menu's code comes when the button is neared; until then the button alone stands there. */
function More({ offers, run }: { readonly offers: readonly Offer[]; readonly run: (id: OfferId) => void }) {
  const [wanted, setWanted] = useState(false)
  if (offers.length === 0) return null
  const button = (
    <button
      type="button"
      aria-label="More actions"
      aria-haspopup="menu"
      className={MORE_CLASS}
      onPointerEnter={() => void loadMoreMenu()}
      onFocus={() => void loadMoreMenu()}
      onClick={() => setWanted(true)}
    >
      <Ellipsis size={16} aria-hidden />
    </button>
  )
  return wanted ? (
    <Suspense fallback={button}>
      <MoreMenu offers={offers} run={run} />
    </Suspense>
  ) : (
    button
  )
}
