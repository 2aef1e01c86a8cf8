/** When it ends: one of a few spans, or a time. */
import { TextField } from '../../parts/field.tsx'
import { Choices } from '../../parts/choices.tsx'

export const SPANS = [
  { value: '3600', label: '1 h' },
  { value: '7200', label: '2 h' },
  { value: '14400', label: '4 h' },
  { value: '28800', label: '8 h' },
  { value: '86400', label: '1 d' },
  { value: '604800', label: '7 d' },
  { value: 'at', label: 'Until' },
] as const
export type SpanChoice = (typeof SPANS)[number]['value']

interface UntilProps {
  readonly span: SpanChoice
  /** Of a field for date and time, in the reader's zone. */
  readonly at: string
  readonly onSpan: (span: SpanChoice) => void
  readonly onAt: (at: string) => void
  readonly error?: string | undefined
}

export function Until({ span, at, onSpan, onAt, error }: UntilProps) {
  return (
    <div className="space-y-2">
      <div>
        <p className="mb-1 text-s font-[560]" aria-hidden>
          For how long
        </p>
        <Choices legend="For how long" name="span" wide value={span} choices={SPANS} onChange={onSpan} />
      </div>
      {span === 'at' && (
        <TextField label="Until" type="datetime-local" required value={at} error={error} onChange={(event) => onAt(event.target.value)} />
      )}
    </div>
  )
}

/** As the API takes it; null where the time is not written yet. */
export function endOf(span: SpanChoice, at: string): { duration_seconds: number } | { ends_at: string } | null {
  if (span !== 'at') return { duration_seconds: Number(span) }
  const instant = new Date(at).getTime()
  return Number.isNaN(instant) ? null : { ends_at: new Date(instant).toISOString() }
}
