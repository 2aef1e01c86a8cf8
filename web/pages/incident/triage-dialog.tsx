/** Triage: which type it is, and the matrix with what is known beside each row. */
import { useQuery } from '@tanstack/react-query'
import { Check, Minus, X } from 'lucide-react'
import { useState } from 'react'
import type { TriageView } from '../../../src/api/schema.ts'
import { explainReading, fieldError } from '../../api/problem.ts'
import { triageQuery } from '../../api/queries.ts'
import { formatLimit } from '../../lib/duration.ts'
import { toMs } from '../../lib/moment.ts'
import { SelectField, TextArea } from '../../parts/field.tsx'
import { Ago } from '../../parts/moment.tsx'
import { SeverityWord } from '../../parts/severity.tsx'
import { SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { AskForm, type AskProps } from './ask-form.tsx'
import { counted, numberOf } from './words.ts'

export function Triage(props: AskProps) {
  const { incident, reference } = props
  const triage = useQuery(triageQuery(reference))
  const [type, setType] = useState(incident.type ?? '')
  const [severity, setSeverity] = useState(incident.severity)
  const [reason, setReason] = useState('')
  // A type brings its own severity unless the reader has chosen one.
  const chooseType = (id: string): void => {
    setType(id)
    const own = triage.data?.types.find((candidate) => candidate.id === id)?.severity
    if (own !== undefined) setSeverity(own)
  }
  return (
    <AskForm
      {...props}
      wide
      title={`Triage ${numberOf(incident)}`}
      description="Say what kind of incident it is and how bad. Beside each row stands what is known."
      submit={severity === incident.severity ? 'Triage' : `Triage as ${severity}`}
      done={`${numberOf(incident)} is triaged`}
      action={() => ({
        type: 'triage',
        incidentType: type === '' ? null : type,
        severity: severity === incident.severity ? null : severity,
        reason,
      })}
    >
      {(error) => (
        <>
          <SelectField
            label="Type"
            autoFocus
            value={type}
            error={fieldError(error, 'type')}
            onChange={(event) => chooseType(event.target.value)}
          >
            <option value="">None of the playbook’s</option>
            {incident.type !== null && triage.data === undefined && (
              <option value={incident.type}>{incident.type_title ?? incident.type}</option>
            )}
            {triage.data?.types.map((row) => (
              <option key={row.id} value={row.id}>
                {row.title} ({row.severity})
              </option>
            ))}
          </SelectField>
          {triage.data === undefined ? (
            triage.isError ? (
              <p className="text-s text-late">The matrix could not be loaded: {explainReading(triage.error)}</p>
            ) : (
              <SkeletonRows rows={3} />
            )
          ) : (
            <>
              <Matrix triage={triage.data} value={severity} onChange={setSeverity} />
              <Evidence triage={triage.data} />
            </>
          )}
          <TextArea
            label="Why"
            required={severity !== incident.severity}
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

interface MatrixProps {
  readonly triage: TriageView
  readonly value: string
  readonly onChange: (severity: string) => void
}

function Matrix({ triage, value, onChange }: MatrixProps) {
  return (
    <fieldset>
      <legend className="mb-1 text-s font-[560]">Severity</legend>
      <div className="divide-y divide-line overflow-hidden rounded-[6px] border border-line">
        {triage.rows.map((row) => (
          <label
            key={row.severity}
            className="grid cursor-pointer grid-cols-[auto_minmax(0,1fr)] gap-x-2.5 px-3 py-2 has-checked:bg-bg has-checked:shadow-[inset_3px_0_0_var(--accent)] min-[561px]:grid-cols-[auto_minmax(0,1fr)_minmax(0,1fr)]"
          >
            <input
              type="radio"
              name="severity"
              value={row.severity}
              checked={value === row.severity}
              onChange={() => onChange(row.severity)}
              className="mt-1 accent-accent"
            />
            <span className="min-w-0">
              <span className="flex flex-wrap items-center gap-1.5">
                <SeverityWord rank={row.severity_rank} name={row.severity} />
                {row.current && <Tag>now</Tag>}
                {row.of_type && <Tag>the type’s</Tag>}
                {triage.proposed?.severity === row.severity && <Tag tone="warn">measured says so</Tag>}
              </span>
              <span className="block text-s text-muted">
                {row.definition}. {row.roles.length === 0 ? 'Pages nobody' : `Pages ${row.roles.join(', ')}`} within{' '}
                {formatLimit(row.response_seconds * 1_000)}.
              </span>
            </span>
            <span className="min-w-0 space-y-0.5 text-s max-[560px]:col-start-2 max-[560px]:mt-1">
              {row.thresholds.length === 0 && (
                <span className="block text-muted">{row.example === '' ? '' : `Such as: ${row.example}`}</span>
              )}
              {row.thresholds.map((threshold) => (
                <Threshold key={threshold.clause} threshold={threshold} />
              ))}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function Threshold({ threshold }: { readonly threshold: TriageView['rows'][number]['thresholds'][number] }) {
  const { met, measured, within } = threshold
  return (
    <span className="flex gap-1.5">
      {met === true && <Check size={13} aria-label="met:" className="mt-[3px] flex-none text-ok" />}
      {met === false && <X size={13} aria-label="not met:" className="mt-[3px] flex-none text-faint" />}
      {met === null && <Minus size={13} aria-label="not measured:" className="mt-[3px] flex-none text-faint" />}
      <span className="min-w-0">
        {threshold.title} {threshold.text}
        <span className="block text-muted">
          {measured === null ? 'not measured' : `is ${measured.text}`}
          {measured !== null && (
            <>
              , <Ago at={toMs(measured.at)} />
            </>
          )}
          {met === false && within === true && ', not for long enough yet'}
        </span>
      </span>
    </span>
  )
}

const ALERTS_SHOWN = 4

function Evidence({ triage }: { readonly triage: TriageView }) {
  const { firing, total, items } = triage.alerts
  if (total === 0) return <p className="text-s text-muted">No alert belongs to it: a person declared it.</p>
  return (
    <section aria-label="Alerts" className="text-s">
      <p className="text-muted">
        {firing === 0 ? `All ${counted(total, 'alert')} are clear` : `${firing} of ${counted(total, 'alert')} firing`}
      </p>
      <ul className="mt-0.5">
        {items.slice(0, ALERTS_SHOWN).map((alert) => (
          <li key={alert.id} className="flex gap-2">
            <span className="min-w-0 truncate" dir="auto">
              {alert.title}
            </span>
            {alert.value !== null && <span className="flex-none">= {alert.value}</span>}
            {alert.severity_hint !== null && <Tag>{alert.severity_hint}</Tag>}
            <span className="ml-auto flex-none text-muted">
              <Ago at={toMs(alert.first_at)} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
