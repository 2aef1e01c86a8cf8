/** One shift: who, when on both clocks, why, and what can be done about it. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CalendarShift, ScheduleCalendar } from '../../../src/api/schema.ts'
import { useOncallAct } from '../../api/oncall.ts'
import { explainError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import { ownZone } from '../../lib/wall-time.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/field.tsx'
import { OverrideDialog } from './override-dialog.tsx'
import { SwapDialog } from './swap-dialog.tsx'
import { dayAndTimeIn, namesOf, spanOf } from './words.ts'

const HALF_DAY_MS = 43_200_000

interface ShiftDialogProps {
  readonly item: ScheduleCalendar
  readonly shift: CalendarShift
  readonly mayAct: boolean
  readonly onClose: () => void
}

export function ShiftDialog({ item, shift, mayAct, onClose }: ShiftDialogProps) {
  const [next, setNext] = useState<'override' | 'swap' | null>(null)
  const act = useOncallAct(onClose)
  const meId = useQuery(meQuery).data?.id
  const { schedule } = item
  const now = Date.now()
  const from = Math.max(shift.from === null ? now : Date.parse(shift.from), now)
  const until = shift.until === null ? from + HALF_DAY_MS : Date.parse(shift.until)
  const over = until <= now
  const person = shift.people.find(({ id }) => id === meId) ?? shift.people.find(({ id }) => id !== '') ?? shift.away[0]
  const mine = person !== undefined && person.id === meId
  const overrides = item.overrides.filter(({ id }) => shift.overrides.includes(id))
  if (next === 'override') return <OverrideDialog schedule={schedule.id} from={from} until={until} onClose={onClose} />
  if (next === 'swap' && person !== undefined)
    return <SwapDialog schedule={schedule} person={person} from={from} until={until} onClose={onClose} />
  return (
    <Dialog title={`${schedule.role}: ${namesOf(shift.people)}`} description={`${spanOf(shift)} (your time)`} onClose={onClose}>
      <div className="space-y-3.5">
        {schedule.zone !== ownZone() && shift.from !== null && shift.until !== null && (
          <p className="text-muted">
            {dayAndTimeIn(shift.from, schedule.zone)} to {dayAndTimeIn(shift.until, schedule.zone)} in {schedule.zone}
          </p>
        )}
        {shift.people.length === 0 && (
          <p className="text-late">
            Nobody holds it: the owners are paged.{shift.away.length > 0 && ` ${namesOf(shift.away)} would, and is away.`}
          </p>
        )}
        {overrides.map((override) => (
          <div key={override.id} className="flex flex-wrap items-center gap-2">
            <p className="min-w-0 flex-1 basis-52" dir="auto">
              {override.person.name} stands in{override.instead_of === null ? '' : ` for ${override.instead_of.name}`}
              {override.author.name !== override.person.name && `, by ${override.author.name}`}
              {override.reason !== '' && <span className="text-muted"> · {override.reason}</span>}
            </p>
            {mayAct && !over && (
              <Button
                size="s"
                look="danger"
                busy={act.isPending}
                onClick={() => act.mutate({ path: `overrides/${override.id}`, method: 'DELETE', done: 'The schedule holds as before' })}
              >
                {override.state === 'active' ? 'End it now' : 'Remove it'}
              </Button>
            )}
          </div>
        ))}
        {act.isError && <FormError>{explainError(act.error)}</FormError>}
        {mayAct && !over && (
          <DialogActions>
            <Button look={mine ? 'plain' : 'main'} onClick={() => setNext('override')} className={mine ? 'max-[760px]:order-last' : ''}>
              {mine ? 'Let somebody stand in' : 'Stand in'}
            </Button>
            {person !== undefined && person.id !== '' && (
              <Button look={mine ? 'main' : 'plain'} onClick={() => setNext('swap')}>
                {mine ? 'Ask for cover or swap' : `Ask for cover for ${person.name}`}
              </Button>
            )}
          </DialogActions>
        )}
      </div>
    </Dialog>
  )
}
