/** Somebody stands in on a schedule, until a time. */
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { schedulesQuery, useOncallAct } from '../../api/oncall.ts'
import { explainError, fieldError } from '../../api/problem.ts'
import { meQuery, peopleQuery } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError, SelectField, TextField } from '../../parts/field.tsx'
import { fromLocal, localValue } from './words.ts'

interface OverrideDialogProps {
  readonly schedule: string | null
  readonly from: number
  readonly until: number
  readonly onClose: () => void
}

export function OverrideDialog(props: OverrideDialogProps) {
  const { onClose } = props
  const act = useOncallAct(onClose)
  const schedules = useQuery(schedulesQuery).data ?? []
  const people = useQuery(peopleQuery).data?.filter((person) => person.disabled_at === null) ?? []
  const meId = useQuery(meQuery).data?.id ?? ''
  const [schedule, setSchedule] = useState(props.schedule ?? '')
  const [person, setPerson] = useState('')
  const [from, setFrom] = useState(localValue(props.from))
  const [until, setUntil] = useState(localValue(props.until))
  const [reason, setReason] = useState('')
  const chosen = schedule === '' ? (schedules[0]?.id ?? '') : schedule
  const who = person === '' ? meId : person
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const name = people.find(({ id }) => id === who)?.name ?? 'They'
    act.mutate({
      path: 'overrides',
      body: { schedule: chosen, person: who, from: fromLocal(from), until: fromLocal(until), reason },
      done: `${who === meId ? 'You stand' : `${name} stands`} in`,
    })
  }
  return (
    <Dialog
      title="Stand in"
      description="Whoever stands in is paged instead of whoever would be, until it ends. Then the schedule holds as before."
      onClose={onClose}
    >
      <form onSubmit={submit} className="space-y-3.5">
        <SelectField
          label="Schedule"
          value={chosen}
          error={fieldError(act.error, 'schedule')}
          onChange={(event) => setSchedule(event.target.value)}
        >
          {schedules.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Who stands in"
          value={who}
          error={fieldError(act.error, 'person')}
          onChange={(event) => setPerson(event.target.value)}
        >
          {people.map(({ id, name }) => (
            <option key={id} value={id}>
              {id === meId ? `${name} (you)` : name}
            </option>
          ))}
        </SelectField>
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
        <TextField label="Why" maxLength={200} value={reason} onChange={(event) => setReason(event.target.value)} />
        {act.isError && <FormError>{explainError(act.error)}</FormError>}
        <DialogActions>
          <Button type="submit" look="main" busy={act.isPending}>
            Stand in
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
