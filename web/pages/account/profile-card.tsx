/** Name and time zone, as others and messages show them. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { Me } from '../../../src/api/schema.ts'
import { keys } from '../../api/keys.ts'
import { explainError, fieldError } from '../../api/problem.ts'
import { request } from '../../api/request.ts'
import { tell } from '../../app/toast-store.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError, TextField } from '../../parts/field.tsx'

export function ProfileCard({ me }: { readonly me: Me }) {
  const client = useQueryClient()
  const [name, setName] = useState(me.name)
  const [zone, setZone] = useState(me.zone)
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone
  const save = useMutation({
    mutationFn: () => request<Me>('me', { method: 'PATCH', body: { name: name.trim(), zone: zone.trim() } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.me })
      tell('Saved')
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  const changed = name.trim() !== me.name || zone.trim() !== me.zone
  return (
    <Card title="You">
      <form onSubmit={submit} className="space-y-3.5">
        <div className="grid gap-3.5 min-[561px]:grid-cols-2">
          <TextField
            label="Name"
            required
            dir="auto"
            maxLength={200}
            value={name}
            error={fieldError(save.error, 'name')}
            onChange={(event) => setName(event.target.value)}
          />
          <TextField
            label="Time zone"
            required
            maxLength={60}
            list="zones"
            value={zone}
            error={fieldError(save.error, 'zone')}
            hint={zone === here ? 'Times in your messages are in this zone and in UTC.' : `This browser is in ${here}.`}
            onChange={(event) => setZone(event.target.value)}
          />
          <datalist id="zones">
            {Intl.supportedValuesOf('timeZone').map((id) => (
              <option key={id} value={id} />
            ))}
          </datalist>
        </div>
        {save.isError && <FormError>{explainError(save.error)}</FormError>}
        <Button type="submit" busy={save.isPending} disabled={!changed}>
          Save
        </Button>
      </form>
    </Card>
  )
}
