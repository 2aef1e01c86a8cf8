/** Opening an incident by hand: what is wrong, how bad, what kind. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState, type FormEvent } from 'react'
import type { DeclareBody, Incident, PlaybookView } from '../../../src/api/schema.ts'
import { keys } from '../../api/keys.ts'
import { explainError, fieldError } from '../../api/problem.ts'
import { playbookQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { tell } from '../../app/toast-store.ts'
import { formatLimit } from '../../lib/duration.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { CheckField, FormError, SelectField, TextArea, TextField } from '../../parts/field.tsx'

const TITLE_CHARS_MAX = 1_024

export function DeclareDialog({ onClose }: { readonly onClose: () => void }) {
  const playbook = useQuery(playbookQuery).data
  const [form, setForm] = useState({ title: '', summary: '', severity: '', type: '', private: false })
  const declare = useDeclare(onClose)
  const type = playbook?.incident_types.find((row) => row.id === form.type)
  const severity = form.severity === '' ? (type?.severity ?? playbook?.default_severity ?? '') : form.severity
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    declare.mutate({
      title: form.title.trim(),
      summary: form.summary,
      private: form.private,
      severity: form.severity === '' ? null : form.severity,
      type: form.type === '' ? null : form.type,
    })
  }
  return (
    <Dialog title="Declare an incident" description={<WhatHappens playbook={playbook} severity={severity} />} onClose={onClose}>
      <form onSubmit={submit} className="space-y-3.5">
        <TextField
          label="What is wrong"
          required
          autoFocus
          autoComplete="off"
          maxLength={TITLE_CHARS_MAX}
          placeholder="Checkout fails for some customers"
          value={form.title}
          error={fieldError(declare.error, 'title')}
          onChange={(event) => setForm({ ...form, title: event.target.value })}
        />
        <div className="grid gap-3.5 min-[500px]:grid-cols-2">
          <SelectField
            label="Severity"
            value={form.severity}
            error={fieldError(declare.error, 'severity')}
            onChange={(event) => setForm({ ...form, severity: event.target.value })}
          >
            <option value="">{severity === '' ? 'By the playbook' : `${severity}, by the playbook`}</option>
            {playbook?.severities.map((row) => (
              <option key={row.id} value={row.id}>
                {row.id}: {row.definition}
              </option>
            ))}
          </SelectField>
          <SelectField
            label="Type"
            value={form.type}
            error={fieldError(declare.error, 'type')}
            onChange={(event) => setForm({ ...form, type: event.target.value })}
          >
            <option value="">Not known yet</option>
            {playbook?.incident_types.map((row) => (
              <option key={row.id} value={row.id}>
                {row.title}
              </option>
            ))}
          </SelectField>
        </div>
        <TextArea
          label="Summary"
          hint="What is seen, since when, who is affected. Can wait."
          value={form.summary}
          error={fieldError(declare.error, 'summary')}
          onChange={(event) => setForm({ ...form, summary: event.target.value })}
        />
        <CheckField
          label="Private"
          hint="Only members see it: no list, count, search or message shows it to anybody else."
          checked={form.private}
          onChange={(event) => setForm({ ...form, private: event.target.checked })}
        />
        {declare.isError && <FormError>{explainError(declare.error)}</FormError>}
        <DialogActions>
          <Button type="submit" look="main" busy={declare.isPending}>
            Declare
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** The same key for each try of one dialog: a second click, or a retry after a lost answer, opens no second incident. */
function useDeclare(onClose: () => void) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const key = useRef<{ readonly body: string; readonly key: string } | null>(null)
  return useMutation({
    mutationFn: (body: DeclareBody) => {
      const text = JSON.stringify(body)
      if (key.current?.body !== text) key.current = { body: text, key: `declare-${Date.now()}-${Math.random().toString(36).slice(2)}` }
      return request<Incident>('incidents', { method: 'POST', body, idempotencyKey: key.current.key })
    },
    onSuccess: (incident) => {
      onClose()
      tell(`INC-${incident.number} is open`)
      void client.invalidateQueries({ queryKey: keys.incidents })
      void navigate({ to: '/incidents/$ref', params: { ref: String(incident.number) } })
    },
  })
}

/** Whom it will page, before it does. */
function WhatHappens({ playbook, severity }: { readonly playbook: PlaybookView | undefined; readonly severity: string }) {
  const row = playbook?.severities.find((candidate) => candidate.id === severity)
  if (row === undefined) return <>Opens it and pages whom its severity names.</>
  const within = formatLimit(row.response_seconds * 1_000)
  return row.roles.length === 0 ? (
    <>
      {row.id} pages nobody: it waits in the queue, and somebody is told if nobody answers within {within}.
    </>
  ) : (
    <>
      {row.id} pages {row.roles.join(', ')} at once; somebody should answer within {within}.
    </>
  )
}
