/** The keys of a source: which are in use, rotation with overlap, and taking over a key that senders have already. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { SourceDetail, SourceKey, SourceKeyCreated, SourceRotated } from '../../../src/api/schema.ts'
import { explainError, fieldError } from '../../api/problem.ts'
import { request } from '../../api/request.ts'
import { toMs } from '../../lib/moment.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError, SelectField, TextField } from '../../parts/field.tsx'
import { Ago, Moment } from '../../parts/moment.tsx'
import { Tag } from '../../parts/tag.tsx'
import { freshen } from './change-source.ts'

type Open = { readonly kind: 'rotate' } | { readonly kind: 'take' } | { readonly kind: 'revoke'; readonly key: SourceKey } | null

export function KeysCard({ source, mayManage }: { readonly source: SourceDetail; readonly mayManage: boolean }) {
  const [open, setOpen] = useState<Open>(null)
  const close = (): void => setOpen(null)
  return (
    <Card title="Keys" aside={`${source.keys.filter((key) => key.in_use).length} in use`} flush>
      <ul aria-label="Keys" className="divide-y divide-line">
        {source.keys.map((key) => (
          <li key={key.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3.5 py-2">
            <span className="min-w-0 flex-1 basis-40">
              <code className={`text-xs ${key.in_use ? '' : 'text-muted line-through'}`}>{key.prefix}…</code>{' '}
              {key.origin === 'taken' && <Tag>taken over</Tag>}
              <span className="block text-s text-muted [overflow-wrap:anywhere]">
                {key.label !== '' && <span dir="auto">{key.label} · </span>}
                {key.last_used_at === null ? (
                  'never used'
                ) : (
                  <>
                    used <Ago at={toMs(key.last_used_at)} />
                  </>
                )}
                {key.in_use && key.expires_at !== null && (
                  <>
                    , ends <Moment at={toMs(key.expires_at)} />
                  </>
                )}
              </span>
            </span>
            {mayManage && key.in_use && (
              <Button size="s" onClick={() => setOpen({ kind: 'revoke', key })} aria-label={`End key ${key.prefix}`}>
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
      {mayManage && (
        <div className="flex flex-wrap gap-2 border-t border-line px-3.5 py-2.5">
          <Button size="s" onClick={() => setOpen({ kind: 'rotate' })}>
            Rotate
          </Button>
          <Button size="s" onClick={() => setOpen({ kind: 'take' })}>
            Take over a key
          </Button>
        </div>
      )}
      {open?.kind === 'rotate' && <RotateDialog sourceId={source.id} onClose={close} />}
      {open?.kind === 'take' && <TakeDialog sourceId={source.id} onClose={close} />}
      {open?.kind === 'revoke' && <EndDialog sourceId={source.id} apiKey={open.key} onClose={close} />}
    </Card>
  )
}

interface DialogProps {
  readonly sourceId: string
  readonly onClose: () => void
}

function RotateDialog({ sourceId, onClose }: DialogProps) {
  const client = useQueryClient()
  const [hours, setHours] = useState('24')
  const rotate = useMutation({
    mutationFn: () =>
      request<SourceRotated>(`sources/${encodeURIComponent(sourceId)}/rotate`, { method: 'POST', body: { overlap_hours: Number(hours) } }),
    onSuccess: () => freshen(client),
  })
  if (rotate.data !== undefined) {
    return (
      <Dialog title="The new key" description="It is shown this once: keep it now." onClose={onClose}>
        <div className="space-y-3.5">
          <CodeBlock name="Key" code={rotate.data.key} />
          <DialogActions>
            <Button look="main" onClick={onClose}>
              I have kept the key
            </Button>
          </DialogActions>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog
      title="Rotate the key?"
      description="A new key is made. The old one opens for the overlap, so that no alarm is lost while senders change."
      onClose={onClose}
    >
      <div className="space-y-3.5">
        <SelectField label="The old key ends" value={hours} onChange={(event) => setHours(event.target.value)}>
          <option value="1">in an hour</option>
          <option value="24">in a day</option>
          <option value="168">in a week</option>
          <option value="0">at once</option>
        </SelectField>
        {rotate.isError && <FormError>{explainError(rotate.error)}</FormError>}
        <DialogActions>
          <Button look={hours === '0' ? 'danger' : 'main'} busy={rotate.isPending} onClick={() => rotate.mutate()}>
            Rotate
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </DialogActions>
      </div>
    </Dialog>
  )
}

function TakeDialog({ sourceId, onClose }: DialogProps) {
  const client = useQueryClient()
  const [key, setKey] = useState('')
  const [label, setLabel] = useState('')
  const take = useMutation({
    mutationFn: () =>
      request<SourceKeyCreated>(`sources/${encodeURIComponent(sourceId)}/keys`, { method: 'POST', body: { key: key.trim(), label } }),
    onSuccess: () => {
      freshen(client)
      onClose()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    take.mutate()
  }
  return (
    <Dialog
      title="Take over a key"
      description="A key of PagerDuty, Opsgenie or another system, as your senders have it: they then need a new host name only."
      onClose={onClose}
    >
      <form onSubmit={submit} className="space-y-3.5">
        <TextField
          label="The key"
          required
          type="password"
          autoComplete="off"
          value={key}
          error={fieldError(take.error, 'key')}
          onChange={(event) => setKey(event.target.value)}
        />
        <TextField
          label="Note"
          hint="Where it comes from."
          maxLength={200}
          value={label}
          onChange={(event) => setLabel(event.target.value)}
        />
        {take.isError && fieldError(take.error, 'key') === undefined && <FormError>{explainError(take.error)}</FormError>}
        <DialogActions>
          <Button type="submit" look="main" busy={take.isPending}>
            Take it over
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function EndDialog({ sourceId, apiKey, onClose }: DialogProps & { readonly apiKey: SourceKey }) {
  const client = useQueryClient()
  const end = useMutation({
    mutationFn: () => request(`sources/${encodeURIComponent(sourceId)}/keys/${encodeURIComponent(apiKey.id)}`, { method: 'DELETE' }),
    onSuccess: () => {
      freshen(client)
      onClose()
    },
  })
  return (
    <Dialog title={`End key ${apiKey.prefix}…?`} onClose={onClose}>
      <div className="space-y-3.5">
        <p>
          Whatever still sends with it is refused within a second.
          {apiKey.last_used_at !== null && (
            <>
              {' '}
              It was last used <Ago at={toMs(apiKey.last_used_at)} />.
            </>
          )}
        </p>
        {end.isError && <FormError>{explainError(end.error)}</FormError>}
        <DialogActions>
          <Button look="danger" busy={end.isPending} onClick={() => end.mutate()}>
            End the key
          </Button>
          <Button onClick={onClose}>Keep it</Button>
        </DialogActions>
      </div>
    </Dialog>
  )
}
