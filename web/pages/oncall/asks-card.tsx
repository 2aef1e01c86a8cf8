/** What people ask of each other: swaps and covers that wait for an answer, and who is away. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Absence, SwapRequest } from '../../../src/api/schema.ts'
import { absencesQuery, swapsQuery, useOncallAct } from '../../api/oncall.ts'
import { meQuery } from '../../api/queries.ts'
import { explainError } from '../../api/problem.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError } from '../../parts/field.tsx'
import { Tag } from '../../parts/tag.tsx'
import { AbsenceDialog } from './absence-dialog.tsx'
import { dayAndTime, namesOf } from './words.ts'

export function AsksCard({ mayAct }: { readonly mayAct: boolean }) {
  const [leaving, setLeaving] = useState(false)
  const open = useQuery(swapsQuery).data?.filter(({ state }) => state === 'open') ?? []
  const away = useQuery(absencesQuery).data ?? []
  return (
    <Card
      title="Swaps, covers and absences"
      flush
      aside={
        mayAct && (
          <Button size="s" onClick={() => setLeaving(true)}>
            I am away
          </Button>
        )
      }
    >
      {open.length + away.length === 0 && <p className="px-3.5 py-3 text-muted">Nobody asks for anything, and nobody is away.</p>}
      <ul className="divide-y divide-line">
        {open.map((request) => (
          <Asked key={request.id} request={request} />
        ))}
        {away.map((absence) => (
          <Away key={absence.id} absence={absence} mayAct={mayAct} />
        ))}
      </ul>
      {leaving && <AbsenceDialog onClose={() => setLeaving(false)} />}
    </Card>
  )
}

const DONE = {
  accept: 'Accepted: the shift is yours',
  decline: 'Declined',
  withdraw: 'Taken back: nothing changes',
} as const

function Asked({ request }: { readonly request: SwapRequest }) {
  const act = useOncallAct()
  const { person, shift, in_return: back, of, note, may } = request
  const answer = (verb: keyof typeof DONE): void => act.mutate({ path: `swaps/${request.id}/${verb}`, done: DONE[verb] })
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3.5 py-2.5">
      <div className="min-w-0 flex-1 basis-72" dir="auto">
        <p>
          <strong className="font-[590]">{person.name}</strong> asks {of.length === 0 ? 'anybody' : namesOf(of)} to hold{' '}
          <strong className="font-[590]">{shift.role}</strong>, {dayAndTime(shift.from)} to {dayAndTime(shift.until)}
        </p>
        <p className="text-s text-muted">
          {back !== null && `In return ${person.name} holds ${back.role}, ${dayAndTime(back.from)} to ${dayAndTime(back.until)}. `}
          {note !== '' && `“${note}” `}
          Open until {dayAndTime(request.expires_at)}.
        </p>
        {act.isError && <FormError>{explainError(act.error)}</FormError>}
      </div>
      <div className="flex gap-2 max-[760px]:w-full max-[760px]:*:flex-1">
        {may.includes('accept') && (
          <Button look={of.length === 0 ? 'plain' : 'main'} busy={act.isPending} onClick={() => answer('accept')}>
            Accept
          </Button>
        )}
        {may.includes('decline') && of.length > 0 && (
          <Button disabled={act.isPending} onClick={() => answer('decline')}>
            Decline
          </Button>
        )}
        {may.includes('withdraw') && (
          <Button look="quiet" disabled={act.isPending} onClick={() => answer('withdraw')}>
            Take back
          </Button>
        )}
      </div>
    </li>
  )
}

function Away({ absence, mayAct }: { readonly absence: Absence; readonly mayAct: boolean }) {
  const act = useOncallAct()
  const meId = useQuery(meQuery).data?.id
  const roles = [...new Set(absence.gaps.map(({ role }) => role))]
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3.5 py-2.5">
      <div className="min-w-0 flex-1 basis-72" dir="auto">
        <p>
          <strong className="font-[590]">{absence.person.name}</strong> is away, {dayAndTime(absence.from)} to {dayAndTime(absence.until)}
          {absence.reason !== '' && <span className="text-muted"> · {absence.reason}</span>}
        </p>
        {roles.length > 0 && (
          <p className="mt-0.5">
            <Tag tone="late">Nobody holds {roles.join(', ')} in that time: the owners are paged</Tag>
          </p>
        )}
        {act.isError && <FormError>{explainError(act.error)}</FormError>}
      </div>
      {mayAct && (
        <Button
          size="s"
          busy={act.isPending}
          onClick={() => act.mutate({ path: `absences/${absence.id}`, method: 'DELETE', done: `${absence.person.name} is back` })}
        >
          {absence.person.id === meId ? 'I am back' : 'Back'}
        </Button>
      )}
    </li>
  )
}
