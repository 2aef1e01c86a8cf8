/** Being away: until when, and whether others are asked for what is left open. */
import { useState, type FormEvent } from 'react'
import { useOncallAct } from '../../api/oncall.ts'
import { explainError, fieldError } from '../../api/problem.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { CheckField, FormError, TextField } from '../../parts/field.tsx'
import { fromLocal, localValue } from './words.ts'

const DAY_MS = 86_400_000

export function AbsenceDialog({ onClose }: { readonly onClose: () => void }) {
  const act = useOncallAct(onClose)
  const [from, setFrom] = useState(localValue(Date.now()))
  const [until, setUntil] = useState(localValue(Date.now() + DAY_MS))
  const [reason, setReason] = useState('')
  const [ask, setAsk] = useState(true)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    act.mutate({
      path: 'absences',
      body: { from: fromLocal(from), until: fromLocal(until), reason, ask_for_cover: ask },
      done: 'You are away in that time',
    })
  }
  return (
    <Dialog
      title="I am away"
      description="You are paged for no schedule in that time. What nobody else holds then falls to the owners."
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
        <TextField label="Why" maxLength={200} value={reason} onChange={(event) => setReason(event.target.value)} />
        <CheckField label="Ask others to stand in for what is left open" checked={ask} onChange={(event) => setAsk(event.target.checked)} />
        {act.isError && <FormError>{explainError(act.error)}</FormError>}
        <DialogActions>
          <Button type="submit" look="main" busy={act.isPending}>
            Be away
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
