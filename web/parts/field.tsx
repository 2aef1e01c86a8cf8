/** Form fields with their label, hint and error tied together for screen readers. */
import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes } from 'react'
import { classNames } from '../lib/class-names.ts'

interface FieldFacts {
  readonly label: string
  readonly hint?: ReactNode
  readonly error?: string | undefined
}

export const CONTROL =
  'w-full rounded-[6px] border border-line-strong bg-surface px-2.5 py-1.5 text-text placeholder:text-faint max-[760px]:min-h-11 aria-[invalid=true]:border-late'

function useField(
  { label, hint, error }: FieldFacts,
  control: (ids: { id: string; describedBy: string | undefined; invalid: true | undefined }) => ReactNode,
) {
  const id = useId()
  const described = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`]
    .filter((part) => part !== '')
    .join(' ')
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="block text-s font-[560]">
        {label}
      </label>
      {control({ id, describedBy: described === '' ? undefined : described, invalid: error === undefined ? undefined : true })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-s text-muted">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="text-s text-late">
          {error}
        </p>
      )}
    </div>
  )
}

export function TextField({ label, hint, error, className, ...rest }: FieldFacts & InputHTMLAttributes<HTMLInputElement>) {
  return useField({ label, hint, error }, ({ id, describedBy, invalid }) => (
    <input id={id} aria-describedby={describedBy} aria-invalid={invalid} className={classNames(CONTROL, className)} {...rest} />
  ))
}

export function TextArea({ label, hint, error, className, ...rest }: FieldFacts & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return useField({ label, hint, error }, ({ id, describedBy, invalid }) => (
    <textarea
      id={id}
      aria-describedby={describedBy}
      aria-invalid={invalid}
      rows={4}
      className={classNames(CONTROL, 'resize-y', className)}
      {...rest}
    />
  ))
}

export function SelectField({ label, hint, error, className, children, ...rest }: FieldFacts & SelectHTMLAttributes<HTMLSelectElement>) {
  return useField({ label, hint, error }, ({ id, describedBy, invalid }) => (
    <select id={id} aria-describedby={describedBy} aria-invalid={invalid} className={classNames(CONTROL, className)} {...rest}>
      {children}
    </select>
  ))
}

export function CheckField({ label, hint, ...rest }: FieldFacts & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId()
  return (
    <div className="flex items-start gap-2.5">
      <input
        id={id}
        type="checkbox"
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="mt-[3px] size-4 flex-none accent-accent"
        {...rest}
      />
      <div>
        <label htmlFor={id} className="font-[560]">
          {label}
        </label>
        {hint !== undefined && (
          <p id={`${id}-hint`} className="text-s text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  )
}

/** What went wrong with the whole form; takes the reader's attention. */
export function FormError({ children }: { readonly children: ReactNode }) {
  return (
    <p role="alert" className="rounded-[6px] bg-late-soft px-3 py-2 text-late">
      {children}
    </p>
  )
}
