/** The form of every dialog that asks before an incident is changed. */
import type { FormEvent, ReactNode } from 'react'
import type { Incident } from '../../../src/api/schema.ts'
import { useIncidentAction, type IncidentAction } from '../../api/incident-actions.ts'
import { explainError } from '../../api/problem.ts'
import { tell } from '../../app/toast-store.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/field.tsx'

export interface AskProps {
  readonly reference: string
  readonly incident: Incident
  readonly onClose: () => void
}

interface FormProps extends AskProps {
  readonly title: string
  readonly description?: ReactNode
  /** The words on the button say what it does. */
  readonly submit: string
  readonly done: string
  readonly action: () => IncidentAction
  readonly disabled?: boolean
  readonly wide?: boolean
  readonly children?: ReactNode | ((error: unknown) => ReactNode)
}

export function AskForm({ reference, onClose, title, description, submit, done, action, disabled, wide, children }: FormProps) {
  const change = useIncidentAction(reference)
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    change.mutate(action(), {
      onSuccess: () => {
        onClose()
        tell(done)
      },
    })
  }
  return (
    <Dialog title={title} description={description} wide={wide === true} onClose={onClose}>
      <form
        onSubmit={onSubmit}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.requestSubmit()
        }}
        className="space-y-3.5"
      >
        {typeof children === 'function' ? children(change.error) : children}
        {change.isError && <FormError>{explainError(change.error)}</FormError>}
        <DialogActions>
          <Button type="submit" look="main" busy={change.isPending} disabled={disabled === true}>
            {submit}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
