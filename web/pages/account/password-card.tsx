/** Setting a password, the first time or a new one. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { Me } from '../../../src/api/schema.ts'
import { keys } from '../../api/keys.ts'
import { explainError, fieldError } from '../../api/problem.ts'
import { setPassword } from '../../api/session.ts'
import { tell } from '../../app/toast-store.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError, TextField } from '../../parts/field.tsx'

/** As the API has it. */
const PASSWORD_CHARS_MIN = 8

export function PasswordCard({ me }: { readonly me: Me }) {
  const client = useQueryClient()
  const [current, setCurrent] = useState('')
  const [password, setNew] = useState('')
  const save = useMutation({
    mutationFn: () => setPassword({ password, ...(me.has_password ? { current } : {}) }),
    onSuccess: async () => {
      setCurrent('')
      setNew('')
      await client.invalidateQueries({ queryKey: keys.me })
      await client.invalidateQueries({ queryKey: keys.sessions })
      tell(me.has_password ? 'Password changed' : 'Password set')
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Card title="Password" aside={me.has_password ? undefined : 'none yet: you sign in by links'}>
      <form onSubmit={submit} className="space-y-3.5">
        <input type="text" name="username" autoComplete="username" value={me.email} readOnly hidden />
        <div className="grid gap-3.5 min-[561px]:grid-cols-2">
          {me.has_password && (
            <TextField
              label="Current password"
              type="password"
              autoComplete="current-password"
              required
              value={current}
              error={fieldError(save.error, 'current')}
              onChange={(event) => setCurrent(event.target.value)}
            />
          )}
          <TextField
            label="New password"
            type="password"
            autoComplete="new-password"
            required
            minLength={PASSWORD_CHARS_MIN}
            hint={`At least ${PASSWORD_CHARS_MIN} characters. Length is what counts: a few words are good.`}
            value={password}
            error={fieldError(save.error, 'password')}
            onChange={(event) => setNew(event.target.value)}
          />
        </div>
        {save.isError && <FormError>{explainError(save.error)}</FormError>}
        <Button type="submit" busy={save.isPending}>
          {me.has_password ? 'Change password' : 'Set password'}
        </Button>
      </form>
    </Card>
  )
}
