/** Keys for scripts and the `tocsin` command; each acts as its maker and is shown once. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { ApiKey, ApiKeyCreated } from '../../../src/api/schema.ts'
import { keys } from '../../api/keys.ts'
import { explainError, explainReading, fieldError } from '../../api/problem.ts'
import { apiKeysQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { tellError } from '../../app/toast-store.ts'
import { toMs } from '../../lib/moment.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError, TextField } from '../../parts/field.tsx'
import { Ago } from '../../parts/moment.tsx'

export function ApiKeysCard({ meId }: { readonly meId: string }) {
  const all = useQuery(apiKeysQuery)
  const [making, setMaking] = useState(false)
  const mine = all.data?.filter((key) => key.revoked_at === null) ?? []
  return (
    <Card
      title="API keys"
      aside={
        <Button size="s" onClick={() => setMaking(true)}>
          New key
        </Button>
      }
    >
      {all.isError && <p role="alert">{explainReading(all.error)}</p>}
      {all.data !== undefined && mine.length === 0 && (
        <p className="text-muted">None. A key lets the tocsin command and scripts act as you.</p>
      )}
      <ul className="divide-y divide-line">
        {mine.map((key) => (
          <Row key={key.id} apiKey={key} isMine={key.person.id === meId} />
        ))}
      </ul>
      {making && <NewKeyDialog onClose={() => setMaking(false)} />}
    </Card>
  )
}

function Row({ apiKey, isMine }: { readonly apiKey: ApiKey; readonly isMine: boolean }) {
  const client = useQueryClient()
  const [sure, setSure] = useState(false)
  const revoke = useMutation({
    mutationFn: () => request(`keys/${encodeURIComponent(apiKey.id)}`, { method: 'DELETE' }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
    onError: (error) => tellError('The key was not revoked', explainError(error)),
  })
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 first:pt-0 last:pb-0">
      <span className="min-w-0 flex-1 basis-48">
        <span className="block truncate font-[590]" dir="auto">
          {apiKey.name}
        </span>
        <span className="block text-s text-muted">
          <code className="text-xs">{apiKey.prefix}…</code> · {isMine ? '' : `acts as ${apiKey.person.name} · `}
          {apiKey.last_used_at === null ? (
            'never used'
          ) : (
            <>
              used <Ago at={toMs(apiKey.last_used_at)} />
            </>
          )}
          {apiKey.expires_at !== null && (
            <>
              {' · ends '}
              <Ago at={toMs(apiKey.expires_at)} />
            </>
          )}
        </span>
      </span>
      <Button
        size="s"
        look={sure ? 'danger' : 'plain'}
        busy={revoke.isPending}
        onBlur={() => setSure(false)}
        onClick={() => (sure ? revoke.mutate() : setSure(true))}
      >
        {sure ? 'Revoke for good' : 'Revoke'}
      </Button>
    </li>
  )
}

function NewKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => request<ApiKeyCreated>('keys', { method: 'POST', body: { name: name.trim() } }),
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.apiKeys }),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    create.mutate()
  }
  if (create.data !== undefined) {
    return (
      <Dialog title="Your new key" description="It is shown this once: keep it now." onClose={onClose}>
        <div className="space-y-3.5">
          <CodeBlock name="API key" code={create.data.key} />
          <CodeBlock
            name="For the tocsin command"
            code={`export TOCSIN_URL=${location.origin}\nexport TOCSIN_API_KEY=${create.data.key}\nnpx tocsin who`}
          />
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
    <Dialog title="New API key" description="Whoever has it can do what you can." onClose={onClose}>
      <form onSubmit={submit} className="space-y-3.5">
        <TextField
          label="What for"
          required
          autoFocus
          maxLength={200}
          value={name}
          error={fieldError(create.error, 'name')}
          onChange={(event) => setName(event.target.value)}
        />
        {create.isError && <FormError>{explainError(create.error)}</FormError>}
        <DialogActions>
          <Button type="submit" look="main" busy={create.isPending}>
            Make key
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
