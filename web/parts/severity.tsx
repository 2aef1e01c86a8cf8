/** Severity as a chip (on the incident) and as a word with its shape (in lists). */
import { classNames } from '../lib/class-names.ts'
import { severityMark, type SeverityShape } from '../lib/severity.ts'

interface SeverityProps {
  readonly rank: number
  readonly name: string
}

export function SeverityChip({ rank, name }: SeverityProps) {
  return (
    <span
      className="inline-flex max-w-40 flex-none items-center gap-1.5 rounded-chip px-2 py-0.5 text-s font-[640] whitespace-nowrap text-sev-text"
      style={{ background: severityMark(rank).colour }}
    >
      <Shape shape={severityMark(rank).shape} />
      <span className="truncate">{name}</span>
    </span>
  )
}

export function SeverityWord({ rank, name, over }: SeverityProps & { readonly over?: boolean }) {
  return (
    <span
      className={classNames('inline-flex min-w-0 items-center gap-1.5 text-s font-[660] whitespace-nowrap', over === true && 'text-muted')}
      style={over === true ? undefined : { color: severityMark(rank).colour }}
    >
      <Shape shape={severityMark(rank).shape} />
      <span className="truncate">{name}</span>
    </span>
  )
}

const PATHS: Readonly<Record<SeverityShape, string>> = {
  triangle: 'M6 1.2 11.4 10.8H.6Z',
  diamond: 'M6 .6 11.4 6 6 11.4.6 6Z',
  circle: 'M6 1.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6Z',
  square: 'M1.6 1.6h8.8v8.8H1.6Z',
}

export function Shape({ shape }: { readonly shape: SeverityShape }) {
  return (
    <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden className="flex-none">
      <path d={PATHS[shape]} fill="currentColor" />
    </svg>
  )
}
