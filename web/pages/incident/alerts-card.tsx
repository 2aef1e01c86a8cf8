/** The alerts behind the incident, firing ones first, each with its labels. */
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { Alert, Incident, List } from '../../../src/api/schema.ts'
import { toMs } from '../../lib/moment.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Age, Ago } from '../../parts/moment.tsx'
import { AlertState } from '../alert/alert-row.tsx'
import { Grouping } from './grouping-part.tsx'
import { AlertLinks } from './known-card.tsx'
import { Labels } from './labels.tsx'
import { counted } from './words.ts'

const SHOWN_FIRST = 8

interface AlertsCardProps {
  readonly reference: string
  readonly incident: Incident
  readonly query: UseQueryResult<List<Alert>>
}

export function AlertsCard({ reference, incident, query }: AlertsCardProps) {
  const [all, setAll] = useState(false)
  const alerts = (query.data?.items ?? []).toSorted(
    (a, b) => Number(b.state === 'firing') - Number(a.state === 'firing') || Date.parse(b.last_at) - Date.parse(a.last_at),
  )
  const shown = all ? alerts : alerts.slice(0, SHOWN_FIRST)
  const signals = alerts.reduce((sum, alert) => sum + alert.count, 0)
  if (incident.alerts_total === 0) return null
  return (
    <Card title="Alerts" aside={`${incident.alerts_firing} firing${signals > 0 ? `, ${counted(signals, 'signal')}` : ''}`}>
      <Grouping reference={reference} incident={incident} />
      <ul className="divide-y divide-line">
        {shown.map((alert) => (
          <AlertItem key={alert.id} alert={alert} incidentSource={incident.source} />
        ))}
      </ul>
      {alerts.length > shown.length && (
        <Button size="s" className="mt-2" onClick={() => setAll(true)}>
          Show {alerts.length - shown.length} more
        </Button>
      )}
      {incident.alerts_total > alerts.length && query.data !== undefined && (
        <p className="mt-2 text-s text-muted">
          {counted(incident.alerts_total, 'alert')} in all; the first {alerts.length} are here.
        </p>
      )}
    </Card>
  )
}

function AlertItem({ alert, incidentSource }: { readonly alert: Alert; readonly incidentSource: string | null }) {
  return (
    <li className="py-2 first:pt-0 last:pb-0">
      <details className="group">
        <summary className="cursor-pointer list-none rounded-chip [&::-webkit-details-marker]:hidden">
          <span className="flex items-start gap-2">
            <code className="min-w-0 text-s [overflow-wrap:anywhere]" dir="auto">
              {alert.alarm}
            </code>
            <AlertState alert={alert} />
            <ChevronRight size={14} aria-hidden className="mt-1 ml-auto flex-none text-faint transition-transform group-open:rotate-90" />
          </span>
          {alert.title !== alert.alarm && (
            <span className="line-clamp-2 text-s [overflow-wrap:anywhere]" dir="auto">
              {alert.title}
            </span>
          )}
          <small className="block text-s text-muted">
            {alert.source !== incidentSource && `${alert.source} · `}
            {alert.state === 'firing' ? (
              <>
                for <Age at={toMs(alert.first_at)} />
              </>
            ) : (
              <>
                cleared <Ago at={toMs(alert.resolved_at ?? alert.last_at)} />
              </>
            )}{' '}
            · {counted(alert.count, 'signal')}, last <Ago at={toMs(alert.last_at)} />
          </small>
        </summary>
        <div className="mt-2">
          <Labels labels={alert.labels} shown={40} />
          <AlertLinks alert={alert} />
          <p className="mt-2 flex gap-4 text-s">
            <Link to="/alerts" search={{ state: 'all', alert: alert.id }} className="text-accent hover:underline">
              Silence or snooze it
            </Link>
            <Link to="/why" search={{ alert: alert.id }} className="text-accent hover:underline">
              Why?
            </Link>
          </p>
        </div>
      </details>
    </li>
  )
}
