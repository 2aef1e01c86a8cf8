/** Asking others to hold a shift: for one of theirs in return, or for none. */
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { CalendarShift, ScheduleCalendar } from '../../../src/api/schema.ts'
import { calendarQuery, useOncallAct } from '../../api/oncall.ts'
import { explainError, fieldError } from '../../api/problem.ts'
import { meQuery, peopleQuery } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError, SelectField, TextField } from '../../parts/field.tsx'
import { dayAndTime, fromLocal, localValue } from './words.ts'

const DAY_MS = 86_400_000
/** So far ahead a shift in return is offered. */
const AHEAD_MS = 60 * DAY_MS
const OFFERED_MAX = 30

interface SwapDialogProps {
  readonly schedule: ScheduleCalendar['schedule']
  /** Whose shift it is. */
  readonly person: { readonly id: string; readonly name: string }
  readonly from: number
  readonly until: number
  readonly onClose: () => void
}

export function SwapDialog({ schedule, person, onClose, ...span }: SwapDialogProps) {
  const act = useOncallAct(onClose)
  const meId = useQuery(meQuery).data?.id
  const people = useQuery(peopleQuery).data?.filter(({ id, disabled_at: disabled }) => disabled === null && id !== person.id) ?? []
  const [of, setOf] = useState('')
  const [back, setBack] = useState('')
  const [from, setFrom] = useState(localValue(span.from))
  const [until, setUntil] = useState(localValue(span.until))
  const [note, setNote] = useState('')
  const offered = useOffered(schedule.id, of)
  const shift = offered.find((one) => one.from === back)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    act.mutate({
      path: 'swaps',
      body: {
        schedule: schedule.id,
        person: person.id,
        from: fromLocal(from),
        until: fromLocal(until),
        of: of === '' ? [] : [of],
        note,
        ...(shift === undefined ? {} : { in_return: { from: shift.from, until: shift.until } }),
      },
      done: 'Asked. Until somebody accepts, nothing changes',
    })
  }
  return (
    <Dialog
      title={person.id === meId ? `Ask for cover: ${schedule.role}` : `Ask for cover for ${person.name}: ${schedule.role}`}
      description="Until somebody accepts, the shift stays where it is."
      onClose={onClose}
    >
      <form onSubmit={submit} className="space-y-3.5">
        <div className="grid grid-cols-2 gap-3 max-[420px]:grid-cols-1">
          <TextField label="From" type="datetime-local" required value={from} onChange={(event) => setFrom(event.target.value)} />
          <TextField
            label="Until"
            type="datetime-local"
            required
            value={until}
            error={fieldError(act.error, 'until')}
            onChange={(event) => setUntil(event.target.value)}
          />
        </div>
        <SelectField label="Who is asked" value={of} error={fieldError(act.error, 'of')} onChange={(event) => setOf(event.target.value)}>
          <option value="">Anybody who can</option>
          {people.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        {of !== '' && (
          <SelectField
            label="In return"
            hint={offered.length === 0 ? 'They hold no shift of this schedule in the next 60 days.' : undefined}
            value={back}
            error={fieldError(act.error, 'in_return')}
            onChange={(event) => setBack(event.target.value)}
          >
            <option value="">Nothing: they cover</option>
            {offered.map((one) => (
              <option key={one.from} value={one.from}>
                {dayAndTime(one.from)} to {dayAndTime(one.until)}
              </option>
            ))}
          </SelectField>
        )}
        <TextField label="What they should know" maxLength={200} value={note} onChange={(event) => setNote(event.target.value)} />
        {act.isError && <FormError>{explainError(act.error)}</FormError>}
        <DialogActions>
          <Button type="submit" look="main" busy={act.isPending}>
            Ask
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** Shifts to come that the person holds on the schedule. */
function useOffered(schedule: string, person: string): (CalendarShift & { from: string; until: string })[] {
  const [from] = useState(() => Date.now())
  const calendar = useQuery({ ...calendarQuery({ from, until: from + AHEAD_MS, layers: false }), enabled: person !== '' }).data
  const shifts = calendar?.items.find((item) => item.schedule.id === schedule)?.final ?? []
  return shifts
    .flatMap((shift) => (shift.from === null || shift.until === null ? [] : [{ ...shift, from: shift.from, until: shift.until }]))
    .filter((shift) => Date.parse(shift.from) > from && shift.people.some(({ id }) => id === person))
    .slice(0, OFFERED_MAX)
}
