/** Merging an incident into another, and linking two; both can be undone. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { fieldError } from '../../api/problem.ts'
import { incidentsQuery } from '../../api/queries.ts'
import { SelectField, TextArea } from '../../parts/field.tsx'
import { AskForm, type AskProps } from './ask-form.tsx'
import { numberOf } from './words.ts'

export function MergeInto(props: AskProps) {
  const [into, setInto] = useState('')
  const [reason, setReason] = useState('')
  return (
    <AskForm
      {...props}
      title={`Merge ${numberOf(props.incident)} into another`}
      description="It is the same trouble: the other goes on with its alerts, and its pages end. It can be undone."
      submit="Merge"
      done={`${numberOf(props.incident)} goes on as INC-${into}`}
      disabled={into === ''}
      action={() => ({ type: 'merge', into, reason })}
    >
      {(error) => (
        <>
          <OtherIncident label="Into" open own={props.incident.number} value={into} error={fieldError(error, 'into')} onChange={setInto} />
          <Reason value={reason} error={fieldError(error, 'reason')} onChange={setReason} />
        </>
      )}
    </AskForm>
  )
}

export function LinkTo(props: AskProps) {
  const [to, setTo] = useState('')
  const [reason, setReason] = useState('')
  return (
    <AskForm
      {...props}
      title={`Link ${numberOf(props.incident)} to another`}
      description="They belong together and stay two: nothing else changes. It can be undone."
      submit="Link"
      done={`Linked to INC-${to}`}
      disabled={to === ''}
      action={() => ({ type: 'link', to, reason })}
    >
      {(error) => (
        <>
          <OtherIncident label="To" open={false} own={props.incident.number} value={to} error={fieldError(error, 'to')} onChange={setTo} />
          <Reason value={reason} error={fieldError(error, 'reason')} onChange={setReason} />
        </>
      )}
    </AskForm>
  )
}

interface OtherProps {
  readonly label: string
  /** Open ones alone. */
  readonly open: boolean
  readonly own: number
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (number: string) => void
}

const TITLE_CHARS_SHOWN = 70

function OtherIncident({ label, open, own, value, error, onChange }: OtherProps) {
  const incidents = useInfiniteQuery(incidentsQuery(open ? { open: 'true' } : {})).data?.pages[0]?.items ?? []
  return (
    <SelectField label={label} required autoFocus value={value} error={error} onChange={(event) => onChange(event.target.value)}>
      <option value="">Choose</option>
      {incidents
        .filter((incident) => incident.number !== own)
        .map((incident) => (
          <option key={incident.id} value={incident.number}>
            {`INC-${incident.number} ${incident.severity} ${incident.title.slice(0, TITLE_CHARS_SHOWN)}`}
          </option>
        ))}
    </SelectField>
  )
}

function Reason({
  value,
  error,
  onChange,
}: {
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (text: string) => void
}) {
  return (
    <TextArea
      label="Why"
      hint="Stays on both timelines."
      rows={2}
      value={value}
      error={error}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
