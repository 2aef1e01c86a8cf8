/** Named facts: two columns, on a phone one under the other. Facts without a value are left out. */
import type { ReactNode } from 'react'

export type Fact = readonly [name: string, value: ReactNode]

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-1 gap-x-4 gap-y-1 min-[561px]:grid-cols-[max-content_minmax(0,1fr)]">
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
