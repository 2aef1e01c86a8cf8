/** Making a source: its name, then its key, once, with the lines to paste. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { SourceCreated } from '../../../src/api/schema.ts'
import { keys } from '../../api/keys.ts'
import { explainError, fieldError } from '../../api/problem.ts'
import { request } from '../../api/request.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError, SelectField, TextField } from '../../parts/field.tsx'
import { snippetsFor } from './snippets.ts'

/** Ids of the integrations that receive. */
const KINDS = [
  ['prometheus', 'Prometheus only'],
  ['alertmanager', 'Alertmanager only'],
  ['pagerduty', 'PagerDuty events only'],
] as const

export function NewSourceDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [kind, setKind] = useState('')
  const create = useMutation({
    mutationFn: () => request<SourceCreated>('sources', { method: 'POST', body: { name: name.trim(), kind: kind === '' ? null : kind } }),
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.sources }),
  })
  if (create.data !== undefined) return <KeyOnce source={create.data} onClose={onClose} />
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <Dialog title="New source" onClose={onClose}>
      <form onSubmit={submit} className="space-y-3.5">
        <TextField
          label="Name"
          hint="As it should read on incidents, such as Prometheus eu-west-1."
          required
          autoFocus
          maxLength={200}
          value={name}
          error={fieldError(create.error, 'name')}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField
          label="What its key opens"
          value={kind}
          error={fieldError(create.error, 'kind')}
          onChange={(event) => setKind(event.target.value)}
        >
          <option value="">Every door for signals</option>
          {KINDS.map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </SelectField>
        {create.isError && fieldError(create.error, 'name') === undefined && <FormError>{explainError(create.error)}</FormError>}
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

function KeyOnce({ source, onClose }: { readonly source: SourceCreated; readonly onClose: () => void }) {
  const snippets = snippetsFor(location.origin, source.key)
  const [chosen, setChosen] = useState(() => snippets.find((snippet) => snippet.id === source.kind)?.id ?? 'curl')
  const snippet = snippets.find((candidate) => candidate.id === chosen)
  return (
    <Dialog title={`Key of ${source.name}`} description="It is shown this once: keep it now." wide onClose={onClose}>
      <div className="space-y-4">
        <CodeBlock name="Integration key" code={source.key} />
        <SelectField label="How to send from" value={chosen} onChange={(event) => setChosen(event.target.value)}>
          {snippets.map((candidate) => (
            <option key={candidate.id} value={candidate.id}>
              {candidate.title}
            </option>
          ))}
        </SelectField>
        {snippet !== undefined && (
          <>
            <CodeBlock name={snippet.title} code={snippet.code} />
            {snippet.hint !== undefined && <p className="text-s text-muted">{snippet.hint}</p>}
          </>
        )}
        <DialogActions>
          <Button look="main" onClick={onClose}>
            I have kept the key
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  )
}
