/** Making or changing a heartbeat. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { Heartbeat } from '../../../src/api/schema.ts'
import { explainError, fieldError } from '../../api/problem.ts'
import { request } from '../../api/request.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError, TextField } from '../../parts/field.tsx'

const MINUTE_SECONDS = 60

export function HeartbeatDialog({ beat, onClose }: { readonly beat: Heartbeat | null; readonly onClose: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState(beat?.name ?? '')
  const [description, setDescription] = useState(beat?.description ?? '')
  const [minutes, setMinutes] = useState(beat === null ? '60' : String(beat.interval_seconds / MINUTE_SECONDS))
  const [grace, setGrace] = useState(beat === null ? '' : String(beat.grace_seconds / MINUTE_SECONDS))
  const [alarm, setAlarm] = useState(beat?.alarm ?? '')
  const save = useMutation({
    mutationFn: (body: Record<string, unknown>) =>
      beat === null
        ? request<Heartbeat>('heartbeats', { method: 'POST', body })
        : request<Heartbeat>(`heartbeats/${encodeURIComponent(beat.id)}`, { method: 'PATCH', body }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['heartbeats'] })
      onClose()
    },
  })
  const interval = toSeconds(minutes)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate({
      name: name.trim(),
      description: description.trim(),
      interval_seconds: interval,
      ...(grace.trim() === '' ? {} : { grace_seconds: toSeconds(grace) }),
      alarm: alarm.trim() === '' ? null : alarm.trim(),
    })
  }
  return (
    <Dialog title={beat === null ? 'New heartbeat' : `Change ${beat.name}`} onClose={onClose}>
      <form onSubmit={submit} className="space-y-3.5">
        <TextField
          label="Name"
          hint="It stands in the address of its ping, such as nightly-backup."
          required
          maxLength={200}
          value={name}
          error={fieldError(save.error, 'name')}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField label="What it is" maxLength={1_000} value={description} onChange={(event) => setDescription(event.target.value)} />
        <div className="grid grid-cols-2 gap-3">
          <TextField
            label="Every (minutes)"
            inputMode="decimal"
            required
            value={minutes}
            error={fieldError(save.error, 'interval_seconds')}
            onChange={(event) => setMinutes(event.target.value)}
          />
          <TextField
            label="Grace (minutes)"
            placeholder="a tenth"
            inputMode="decimal"
            value={grace}
            error={fieldError(save.error, 'grace_seconds')}
            onChange={(event) => setGrace(event.target.value)}
          />
        </div>
        <TextField
          label="Alert that counts as a ping"
          hint="Such as Watchdog, which Prometheus fires for ever. It then opens no incident."
          maxLength={200}
          value={alarm}
          onChange={(event) => setAlarm(event.target.value)}
        />
        {save.isError && <FormError>{explainError(save.error)}</FormError>}
        <DialogActions>
          <Button type="submit" look="main" busy={save.isPending} disabled={!Number.isFinite(interval)}>
            {beat === null ? 'Make it' : 'Save'}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** A comma is how half of the world writes a decimal point. */
function toSeconds(minutes: string): number {
  return Math.round(Number(minutes.trim().replace(',', '.')) * MINUTE_SECONDS)
}
