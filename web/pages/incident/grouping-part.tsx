/** Why these alerts are one incident: how many, in which labels they differ, and which have gone silent. */
import { useQuery } from '@tanstack/react-query'
import type { Incident } from '../../../src/api/schema.ts'
import { groupingQuery } from '../../api/queries.ts'
import { counted } from './words.ts'

const SHOWN = 5

export function Grouping({ reference, incident }: { readonly reference: string; readonly incident: Incident }) {
  const grouping = useQuery({ ...groupingQuery(reference), enabled: incident.alerts_total > 0 }).data
  if (grouping === undefined || (grouping.total < 2 && grouping.silent === 0)) return null
  return (
    <div className="mb-2 space-y-1.5 border-b border-line pb-2.5 text-s">
      {grouping.silent > 0 && (
        <p className="rounded-[6px] bg-warn-soft px-2.5 py-1.5 text-warn">
          {counted(grouping.silent, 'alert')} went silent: {grouping.silent === 1 ? 'its source has' : 'their sources have'} not repeated{' '}
          {grouping.silent === 1 ? 'it' : 'them'} in time. Silence is not health.
        </p>
      )}
      {grouping.total > 1 && (
        <details>
          <summary className="cursor-pointer [overflow-wrap:anywhere]">{grouping.text}</summary>
          <dl className="mt-1.5 space-y-1">
            {grouping.varying.slice(0, SHOWN).map((label) => (
              <div key={label.label}>
                <dt className="font-mono text-xs text-muted" dir="auto">
                  {label.label}: {counted(label.values, 'value')}
                </dt>
                <dd className="[overflow-wrap:anywhere]" dir="auto">
                  {label.sample.map(({ value, count }) => `${value === '' ? '""' : value} (${count})`).join(', ')}
                  {label.values > label.sample.length && ', …'}
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  )
}
