/** Named facts: two columns, on a phone one under the other. Facts without a value are left out. */
import type { ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'

export type Fact = readonly [name: string, value: ReactNode]

/** @param tight two columns on a phone too: for short values */
export function Facts({ facts, tight }: { readonly facts: readonly Fact[]; readonly tight?: boolean }) {
  return (
    <dl
      className={classNames(
        'grid gap-x-4 gap-y-1 min-[561px]:grid-cols-[max-content_minmax(0,1fr)]',
        tight === true ? 'grid-cols-[max-content_minmax(0,1fr)]' : 'grid-cols-1',
      )}
    >
      {facts
        .filter(([, value]) => value !== '' && value !== null)
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-s text-muted max-[560px]:mt-1 min-[561px]:max-w-52">{name}</dt>
            <dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
    </dl>
  )
}
