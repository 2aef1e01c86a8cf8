/** What verifies a source's messages: set, changed with overlap, or taken away. The secret is never shown. */
import { useState, type FormEvent } from 'react'
import type { SourceDetail, SourceKind } from '../../../src/api/schema.ts'
import { fieldError } from '../../api/problem.ts'
import { toMs } from '../../lib/moment.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { TextField } from '../../parts/field.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Tag } from '../../parts/tag.tsx'
import type { ChangeSource } from './change-source.ts'

interface SecretProps {
  readonly source: SourceDetail
  readonly kind: SourceKind | undefined
  readonly mayManage: boolean
  readonly change: ChangeSource
}

export function SecretCard({ source, kind, mayManage, change }: SecretProps) {
  const [open, setOpen] = useState(false)
  // Where certificates sign, there is no secret to set: they have a card of their own.
  const signing = kind?.certificates === true ? null : (kind?.setup?.signing ?? null)
  if (signing === null && source.secrets.length === 0) return null
  return (
    <Card title="Signature" aside={source.secrets.length === 0 ? 'unsigned messages are taken' : 'verified'}>
      <div className="space-y-3">
        {source.secrets.length === 0 && signing !== null && (
          <p className="text-s text-muted">
            Set the secret so that only {kind?.title ?? 'the vendor'} can speak here. {signing.secret_from}
          </p>
        )}
        {source.secrets.map((secret) => (
          <p key={secret.id} className="text-s">
            {secret.kind === 'named' ? <code className="text-xs">{secret.name}</code> : 'A secret, kept encrypted'}{' '}
            {!secret.readable && <Tag tone="late">cannot be read</Tag>}
            {secret.expires_at !== null && (
              <span className="text-muted">
                {' '}
                until <Moment at={toMs(secret.expires_at)} />
              </span>
            )}
          </p>
        ))}
        {mayManage && (
          <div className="flex flex-wrap gap-2">
            <Button size="s" onClick={() => setOpen(true)}>
              {source.secrets.length === 0 ? 'Set the secret' : 'Change the secret'}
            </Button>
            {source.secrets.length > 0 && (
              <Button size="s" look="danger" busy={change.isPending} onClick={() => change.mutate({ signing: null })}>
                Take unsigned messages
              </Button>
            )}
          </div>
        )}
      </div>
      {open && <SecretDialog change={change} onClose={() => setOpen(false)} />}
    </Card>
  )
}

function SecretDialog({ change, onClose }: { readonly change: ChangeSource; readonly onClose: () => void }) {
  const [secret, setSecret] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    change.mutate({ signing: { secret } }, { onSuccess: onClose })
  }
  return (
    <Dialog
      title="Signing secret"
      description="The one before stays valid for a day, so that no message is lost while the vendor changes."
      onClose={onClose}
    >
      <form onSubmit={submit} className="space-y-3.5">
        <TextField
          label="Secret"
          type="password"
          autoComplete="off"
          required
          minLength={8}
          maxLength={1_024}
          value={secret}
          error={fieldError(change.error, 'signing')}
          onChange={(event) => setSecret(event.target.value)}
        />
        <DialogActions>
          <Button type="submit" look="main" busy={change.isPending}>
            Set it
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
