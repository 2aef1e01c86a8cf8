/** "I have it, wake me then": acknowledged, and paged anew at a time unless it is resolved by then. */
import { useState } from 'react'
import { fieldError } from '../../api/problem.ts'
import { SelectField, TextArea } from '../../parts/field.tsx'
import { AskForm, type AskProps } from './ask-form.tsx'
import { numberOf } from './words.ts'

const SPANS = [
  ['1800', '30 minutes'],
  ['3600', '1 hour'],
  ['14400', '4 hours'],
  ['28800', '8 hours'],
  ['86400', '1 day'],
] as const

export function Snooze(props: AskProps) {
  const [seconds, setSeconds] = useState('3600')
  const [reason, setReason] = useState('')
  return (
    <AskForm
      {...props}
      title={`Snooze ${numberOf(props.incident)}`}
      description="You have it. You are paged anew when the time is over, unless it is resolved by then; new severity pages at once."
      submit="Snooze"
      done="Snoozed"
      action={() => ({ type: 'snooze', seconds: Number(seconds), reason })}
    >
      {(error) => (
        <>
          <SelectField
            label="For"
            autoFocus
            value={seconds}
            error={fieldError(error, 'until')}
            onChange={(event) => setSeconds(event.target.value)}
          >
            {SPANS.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </SelectField>
          <TextArea
            label="Why"
            rows={2}
            value={reason}
            error={fieldError(error, 'reason')}
            onChange={(event) => setReason(event.target.value)}
          />
        </>
      )}
    </AskForm>
  )
}
