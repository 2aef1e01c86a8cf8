/** What a silence or a window would hold: of now, and of the last seven days. */
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { MutePreview } from '../../../src/api/schema.ts'
import { explainError } from '../../api/problem.ts'
import { toMs } from '../../lib/moment.ts'
import { Card } from '../../parts/card.tsx'
import { Ago } from '../../parts/moment.tsx'
import { Skeleton } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { counted } from '../incident/words.ts'

const SHOWN = 12

export function PreviewCard({ query, idle }: { readonly query: UseQueryResult<MutePreview>; readonly idle: string }) {
  const preview = query.data
  return (
    <Card
      title="What it would hold"
      aside={preview === undefined ? '' : `${preview.current_total} now, ${preview.last_week_total} in 7 days`}
    >
      <div aria-live="polite" aria-busy={query.isFetching} className="space-y-3">
        {preview === undefined &&
          !query.isError &&
          (query.isFetching ? <Skeleton className="h-16" /> : <p className="text-muted">{idle}</p>)}
        {query.isError && <p className="text-late">{explainError(query.error)}</p>}
        {preview !== undefined && !query.isError && <Found preview={preview} />}
      </div>
    </Card>
  )
}

function Found({ preview }: { readonly preview: MutePreview }) {
  const { severities, open_incidents: open, warnings, current, last_week: week } = preview
  const nothing = preview.current_total + preview.last_week_total === 0
  return (
    <>
      {nothing && <p>Nothing of now or of the last seven days fits. That may be right before a change; check the spelling of labels.</p>}
      {severities.length > 0 && (
        <p className="flex flex-wrap gap-1.5">
          {severities.map(({ severity, count }) => (
            <Tag key={severity}>
              {count} at {severity}
            </Tag>
          ))}
        </p>
      )}
      {warnings.length > 0 && (
        <ul className="space-y-1 rounded-[6px] bg-warn-soft px-2.5 py-2 text-warn">
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      {open.length > 0 && (
        <p className="text-s">
          Stays open, and pages as it did:{' '}
          {open.map((incident) => (
            <Link
              key={incident.id}
              to="/incidents/$ref"
              params={{ ref: String(incident.number) }}
              className="mr-2 text-accent underline"
              title={incident.title}
            >
              INC-{incident.number} ({incident.severity})
            </Link>
          ))}
        </p>
      )}
      <Alerts title="Firing now" alerts={current} total={preview.current_total} />
      <Alerts title="Of the last seven days, over" alerts={week} total={preview.last_week_total} />
      {preview.cut && <p className="text-s text-muted">There were more alerts than were looked at.</p>}
    </>
  )
}

function Alerts({ title, alerts, total }: { readonly title: string; readonly alerts: MutePreview['current']; readonly total: number }) {
  if (total === 0) return null
  return (
    <div>
      <h3 className="text-s font-[600] text-muted">{title}</h3>
      <ul className="divide-y divide-line">
        {alerts.slice(0, SHOWN).map((alert) => (
          <li key={alert.id} className="py-1.5">
            <p className="flex items-baseline gap-2">
              <span className="min-w-0 flex-1 truncate" dir="auto">
                {alert.title}
              </span>
              <span className="flex-none text-s text-muted">
                {alert.severity}, <Ago at={toMs(alert.last_at)} />
              </span>
            </p>
            {!alert.would_hold && alert.incident_id === null && <p className="text-s text-warn">{alert.why}</p>}
          </li>
        ))}
      </ul>
      {total > SHOWN && <p className="text-s text-muted">and {counted(total - SHOWN, 'alert')} more</p>}
    </div>
  )
}
