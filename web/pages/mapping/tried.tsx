/** What the mapping makes of the sample. */
import type { MappingTried } from '../../../src/api/schema.ts'
import { Card } from '../../parts/card.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Empty } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Labels } from '../incident/labels.tsx'
import { counted } from '../incident/words.ts'

export function Tried({ tried, error }: { readonly tried: MappingTried | undefined; readonly error: string | null }) {
  if (error !== null) return <p className="rounded-card bg-late-soft px-3.5 py-2.5 text-late">{error}</p>
  if (tried === undefined)
    return (
      <Empty title="Paste a message, then say where its alarm stands">
        What it becomes, and what the playbook would do, is shown here while you write.
      </Empty>
    )
  return (
    <Card title="What it becomes" aside={counted(tried.signals.length, 'signal')}>
      <div className="space-y-4">
        {tried.fault !== null && (
          <p className="rounded-[6px] bg-late-soft px-2.5 py-2 text-late [overflow-wrap:anywhere]">
            {tried.fault.field !== null && <strong>{tried.fault.field}: </strong>}
            {tried.fault.message} Such a message would be kept, and people told plainly.
          </p>
        )}
        {tried.signals.map((signal, place) => (
          // oxlint-disable-next-line react/no-array-index-key -- two signals of a message may be alike
          <div key={place} className="space-y-2 border-b border-line pb-3 last:border-b-0 last:pb-0">
            <p className="font-[600] [overflow-wrap:anywhere]" dir="auto">
              <Tag tone={signal.status === 'firing' ? 'late' : 'ok'}>{signal.status}</Tag> {signal.title}
            </p>
            <Facts
              tight
              facts={[
                [
                  'Alarm',
                  <code key="a" className="text-xs">
                    {signal.alarm}
                  </code>,
                ],
                ['Key', signal.dedup_key ?? ''],
                ['Severity', signal.severity_hint ?? ''],
                ['Value', signal.value === null ? '' : String(signal.value)],
                ['Summary', signal.summary ?? ''],
                ['Began', signal.starts_at ?? ''],
                ['Links', signal.links.map((link) => link.href).join(' ')],
              ]}
            />
            <Labels labels={signal.labels} shown={20} />
          </div>
        ))}
      </div>
    </Card>
  )
}
