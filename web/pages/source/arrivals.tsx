/** What arrives from a source, live, while it is being set up. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { sourceQuery } from '../../api/detection.ts'
import { toMs } from '../../lib/moment.ts'
import { Card } from '../../parts/card.tsx'
import { Ago } from '../../parts/moment.tsx'
import { Tag } from '../../parts/tag.tsx'
import { outcomeWord } from '../alert/outcome.ts'

const LOOK_MS = 2_000

export function Arrivals({ sourceId }: { readonly sourceId: string }) {
  const source = useQuery({ ...sourceQuery(sourceId), refetchInterval: LOOK_MS })
  const messages = source.data?.last_messages ?? []
  return (
    <Card title="What has arrived" aside={source.isError ? 'not live' : 'live'} flush>
      <ul aria-label="Messages" aria-live="polite" className="divide-y divide-line">
        {messages.length === 0 && <li className="px-3.5 py-3 text-muted">Nothing yet. It appears here within seconds.</li>}
        {messages.map((message) => {
          const word = outcomeWord(message.outcome_kind)
          return (
            <li key={message.signal_id}>
              <Link
                to="/signals"
                search={{ signal: message.signal_id }}
                className="block px-3.5 py-2 hover:bg-accent-soft/40 focus-visible:-outline-offset-2"
              >
                <span className="flex items-baseline gap-2">
                  <Tag tone={word.tone}>{word.label}</Tag>
                  <span className="min-w-0 flex-1 truncate" dir="auto">
                    {message.title}
                  </span>
                  <span className="flex-none text-s text-muted">
                    <Ago at={toMs(message.at)} />
                  </span>
                </span>
                <span className="block truncate text-s text-muted" dir="auto">
                  {message.outcome}
                </span>
              </Link>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
