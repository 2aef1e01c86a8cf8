/** What changes how an incident is to be read: merged away, proposed to be resolved, flapping, snoozed. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Incident } from '../../../src/api/schema.ts'
import { useIncidentAction } from '../../api/incident-actions.ts'
import { explainError } from '../../api/problem.ts'
import { runCommand } from '../../app/commands.ts'
import { tell, tellError } from '../../app/toast-store.ts'
import { toMs } from '../../lib/moment.ts'
import { Button } from '../../parts/button.tsx'
import { Age, Moment } from '../../parts/moment.tsx'
import { counted, numberOf } from './words.ts'

interface BannersProps {
  readonly reference: string
  readonly incident: Incident
  readonly mayRespond: boolean
}

export function StateBanners({ reference, incident, mayRespond }: BannersProps) {
  return (
    <>
      <Merged reference={reference} incident={incident} mayRespond={mayRespond} />
      <Proposed incident={incident} mayRespond={mayRespond} />
      {incident.open && incident.kept_open !== null && (
        <Banner tone="plain">
          {incident.kept_open.by.name} keeps it open though its alerts have been clear for <Age at={toMs(incident.kept_open.green_since)} />
          {': '}
          <span dir="auto">{incident.kept_open.reason.replace(/[.!]$/u, '')}</span>. It is not proposed again before an alert fires.
        </Banner>
      )}
      {incident.open && incident.flapping !== null && (
        <Banner tone="warn">
          It flaps: {counted(incident.flapping.changes, 'change')} between firing and clear. Its resolution waits until{' '}
          <Moment at={toMs(incident.flapping.until)} />; paging does not.
        </Banner>
      )}
      <Snoozed reference={reference} incident={incident} mayRespond={mayRespond} />
    </>
  )
}

function Merged({ reference, incident, mayRespond }: BannersProps) {
  const action = useIncidentAction(reference)
  if (incident.merged_into === null) return null
  const undo = (): void =>
    action.mutate(
      { type: 'unmerge', reason: '' },
      {
        onSuccess: () => tell(`${numberOf(incident)} goes on by itself`),
        onError: (error) => tellError('Not undone', explainError(error)),
      },
    )
  return (
    <Banner
      tone="plain"
      action={
        mayRespond && (
          <Button size="s" busy={action.isPending} onClick={undo}>
            Undo the merge
          </Button>
        )
      }
    >
      Merged: it goes on as{' '}
      <Link to="/incidents/$ref" params={{ ref: String(incident.merged_into.number) }} className="font-[600] text-accent underline">
        INC-{incident.merged_into.number}
      </Link>
      , with its alerts.
    </Banner>
  )
}

/** Accepting it is resolving it, which asks what ended it; declining it keeps the incident open, and asks why. */
function Proposed({ incident, mayRespond }: Omit<BannersProps, 'reference'>) {
  if (!incident.open || incident.resolution_proposed === null) return null
  return (
    <Banner
      tone="ok"
      action={
        mayRespond && (
          <>
            <Button size="s" look="main" onClick={() => runCommand('resolve')}>
              Resolve
            </Button>
            <Button size="s" onClick={() => runCommand('keep')}>
              Not yet: say why
            </Button>
          </>
        )
      }
    >
      <strong>Resolution is proposed.</strong> All alerts have been clear for <Age at={toMs(incident.resolution_proposed.green_since)} />.
    </Banner>
  )
}

function Snoozed({ reference, incident, mayRespond }: BannersProps) {
  const action = useIncidentAction(reference)
  const until = toMs(incident.snoozed_until)
  if (until === null || !incident.open) return null
  const wake = (): void => action.mutate({ type: 'wake' }, { onError: (error) => tellError('Not woken', explainError(error)) })
  return (
    <Banner
      tone="warn"
      action={
        mayRespond && (
          <Button size="s" busy={action.isPending} onClick={wake}>
            Wake it up
          </Button>
        )
      }
    >
      Snoozed until <Moment at={until} />: whoever snoozed it is paged anew then, unless it is resolved.
    </Banner>
  )
}

const TONES = { plain: 'bg-accent-soft', ok: 'bg-ok-soft', warn: 'bg-warn-soft text-warn' } as const

function Banner({
  tone,
  action,
  children,
}: {
  readonly tone: keyof typeof TONES
  readonly action?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <div role="status" className={`mt-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card px-3.5 py-2.5 ${TONES[tone]}`}>
      <p className="min-w-0 flex-1 basis-64 [overflow-wrap:anywhere]">{children}</p>
      <span className="flex flex-wrap gap-2">{action}</span>
    </div>
  )
}
