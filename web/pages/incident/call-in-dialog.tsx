/** Calls a duty role or one person in to an incident: paged beside those of the severity, until they acknowledge. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { fieldError } from '../../api/problem.ts'
import { oncallQuery, peopleQuery } from '../../api/queries.ts'
import { SelectField, TextArea } from '../../parts/field.tsx'
import { AskForm, type AskProps } from './ask-form.tsx'

export function CallIn(props: AskProps) {
  const duties = (useQuery(oncallQuery(null)).data ?? []).filter((item) => item.kind === 'duty')
  const people = (useQuery(peopleQuery).data ?? []).filter((person) => person.disabled_at === null)
  const [who, setWho] = useState('')
  const [reason, setReason] = useState('')
  const name = people.find((person) => person.id === who)?.name ?? who
  return (
    <AskForm
      {...props}
      title="Call somebody in"
      description={`Pages them now, and goes on as ${props.incident.severity} escalates until they acknowledge.`}
      submit="Page now"
      done={`${name} is being paged`}
      disabled={who === ''}
      action={() => ({ type: 'call', who, reason })}
    >
      {(error) => (
        <>
          <SelectField
            label="Whom"
            required
            autoFocus
            value={who}
            error={fieldError(error, 'who')}
            onChange={(event) => setWho(event.target.value)}
          >
            <option value="">Choose</option>
            <optgroup label="Roles">
              {[...new Set(duties.map((item) => item.role))].map((role) => (
                <option key={role} value={role}>
                  {role} ({holdersOf(duties, role)})
                </option>
              ))}
            </optgroup>
            <optgroup label="People">
              {people.map((person) => (
                <option key={person.id} value={person.id}>
                  {person.name}
                </option>
              ))}
            </optgroup>
          </SelectField>
          <TextArea
            label="Why"
            hint="Stays on the timeline."
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

function holdersOf(duties: readonly { readonly role: string; readonly person: { readonly name: string } | null }[], role: string): string {
  const names = duties.flatMap((item) => (item.role === role && item.person !== null ? [item.person.name] : []))
  return names.length === 0 ? 'nobody: its pages go to the owners' : names.join(', ')
}
