/** Says how bad it is, measured: one measure of the playbook and its value, from which the severity is computed. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { TriageView } from '../../../src/api/schema.ts'
import { explainReading, fieldError } from '../../api/problem.ts'
import { triageQuery } from '../../api/queries.ts'
import { SelectField, TextArea, TextField } from '../../parts/field.tsx'
import { Skeleton } from '../../parts/states.tsx'
import { AskForm, type AskProps } from './ask-form.tsx'
import { withUnit } from './impact-value.ts'
import { numberOf } from './words.ts'

const UNITS: Readonly<Record<TriageView['measures'][number]['unit'], { readonly hint: string; readonly example: string }>> = {
  '%': { hint: 'In per cent.', example: '30 %' },
  ms: { hint: 'With its unit, ms or s.', example: '4.2 s' },
  number: { hint: 'A number.', example: '1200' },
}

export function RecordImpact(props: AskProps) {
  const { incident, reference } = props
  const triage = useQuery(triageQuery(reference))
  const measures = triage.data?.measures ?? []
  const [chosen, setChosen] = useState<string | null>(null)
  const [value, setValue] = useState('')
  const [reason, setReason] = useState('')
  const measure = measures.find((candidate) => candidate.measure === chosen) ?? measures[0]
  const before = measure === undefined ? undefined : incident.impact[measure.measure]
  const rows = triage.data?.rows.flatMap((row) =>
    row.thresholds.filter((threshold) => threshold.measure === measure?.measure).map((threshold) => `${row.severity} at ${threshold.text}`),
  )
  return (
    <AskForm
      {...props}
      title={`Impact of ${numberOf(incident)}`}
      description="The severity follows from it, unless a person has chosen one by hand: then the incident says what is measured asks for."
      submit="Record impact"
      done="Impact recorded"
      disabled={measure === undefined || value.trim() === ''}
      action={() => ({ type: 'impact', measure: measure?.measure ?? '', value: withUnit(value, measure?.unit ?? 'number'), reason })}
    >
      {(error) =>
        triage.data === undefined ? (
          triage.isError ? (
            <p className="text-late">{explainReading(triage.error)}</p>
          ) : (
            <Skeleton className="h-24" />
          )
        ) : measures.length === 0 ? (
          <p className="text-muted">The playbook of this incident measures nothing: no row of its matrix has thresholds.</p>
        ) : (
          <>
            <SelectField
              label="Measure"
              value={measure?.measure ?? ''}
              error={fieldError(error, 'measure')}
              onChange={(event) => setChosen(event.target.value)}
            >
              {measures.map((candidate) => (
                <option key={candidate.measure} value={candidate.measure}>
                  {candidate.title}
                </option>
              ))}
            </SelectField>
            <TextField
              label="Value"
              required
              autoFocus
              autoComplete="off"
              placeholder={measure === undefined ? '' : UNITS[measure.unit].example}
              hint={[
                measure === undefined ? '' : UNITS[measure.unit].hint,
                rows !== undefined && rows.length > 0 ? `${rows.join('; ')}.` : '',
                before === undefined ? '' : `Until now: ${before.text}.`,
              ]
                .filter((part) => part !== '')
                .join(' ')}
              value={value}
              error={fieldError(error, 'value')}
              onChange={(event) => setValue(event.target.value)}
            />
            <TextArea
              label="Where from"
              rows={2}
              value={reason}
              error={fieldError(error, 'reason')}
              onChange={(event) => setReason(event.target.value)}
            />
          </>
        )
      }
    </AskForm>
  )
}
