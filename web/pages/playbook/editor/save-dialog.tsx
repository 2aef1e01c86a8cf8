/** Asks why before a version is saved, in the words of what it changes; a save that came too late shows both texts. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { PlaybookCheck, PlaybookSaved } from '../../../../src/api/schema.ts'
import { refetchPlaybook, savePlaybook } from '../../../api/playbook.ts'
import { ApiError, explainError, fieldError } from '../../../api/problem.ts'
import { meQuery } from '../../../api/queries.ts'
import { Button } from '../../../parts/button.tsx'
import { Dialog, DialogActions } from '../../../parts/dialog.tsx'
import { FormError, TextField } from '../../../parts/field.tsx'
import { counted } from '../../incident/words.ts'
import { sumUp } from '../change-groups.ts'
import { ChangeList } from '../change-list.tsx'

interface SaveProps {
  readonly source: string
  readonly baseDigest: string
  /** Of exactly this text; null while it is not known. */
  readonly check: PlaybookCheck | null
  readonly onClose: () => void
  readonly onSaved: (saved: PlaybookSaved) => void
  /** Somebody saved since this text was opened. */
  readonly onConflict: () => void
}

export function SaveDialog({ source, baseDigest, check, onClose, onSaved, onConflict }: SaveProps) {
  const client = useQueryClient()
  const me = useQuery(meQuery).data
  const [reason, setReason] = useState('')
  const save = useMutation({ mutationFn: () => savePlaybook({ source, reason: reason.trim(), base_digest: baseDigest }) })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate(undefined, {
      onSuccess: (saved) => {
        void refetchPlaybook(client)
        onSaved(saved)
      },
      onError: (error) => {
        if (error instanceof ApiError && error.code === 'playbook-changed') onConflict()
      },
    })
  }
  return (
    <Dialog
      title="Save as a new version"
      description={`It takes effect at once for new incidents. Author: ${me?.name ?? 'you'}.`}
      wide
      onClose={onClose}
    >
      <form onSubmit={submit} className="space-y-3.5">
        <Changes check={check} />
        <TextField
          label="Why"
          hint="Stands with the version for ever and, where the folder is a git repository, is the commit’s message."
          required
          autoFocus
          maxLength={1_000}
          value={reason}
          error={fieldError(save.error, 'reason')}
          onChange={(event) => setReason(event.target.value)}
        />
        {save.isError && <FormError>{explainError(save.error)}</FormError>}
        <DialogActions>
          <Button type="submit" look="main" busy={save.isPending} disabled={reason.trim() === ''}>
            Save and run it
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function Changes({ check }: { readonly check: PlaybookCheck | null }) {
  if (check === null) return <p className="text-muted">What it changes is being worked out.</p>
  if (check.changes.length === 0) return <p className="text-muted">It does and reads the same as the version in force.</p>
  const sum = sumUp(check.changes)
  return (
    <section aria-label="What it changes" className="overflow-hidden rounded-[6px] border border-line">
      <p className="border-b border-line bg-bg px-3.5 py-2 text-s">
        {counted(check.changes.length, 'change')}
        {sum === '' ? ', none of which pages anybody otherwise' : `: ${sum}`}
        {check.warnings > 0 && ` · ${counted(check.warnings, 'warning')}`}
      </p>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard */}
      <div className="max-h-[38vh] overflow-y-auto" tabIndex={0} role="region" aria-label="Changes">
        <ChangeList changes={check.changes} />
      </div>
    </section>
  )
}
