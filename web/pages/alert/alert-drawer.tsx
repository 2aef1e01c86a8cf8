/** One alert: what it is, what holds it, what can be done from here: silence it, snooze it, ask why. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Alert, AlertSnooze } from '../../../src/api/schema.ts'
import { alertQuery } from '../../api/detection.ts'
import { keys } from '../../api/keys.ts'
import { explainError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { tell, tellError } from '../../app/toast-store.ts'
import { shortMoment, toMs } from '../../lib/moment.ts'
import { Button, buttonClass } from '../../parts/button.tsx'
import { Drawer } from '../../parts/drawer.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Ago, Moment } from '../../parts/moment.tsx'
import { Failed, Skeleton } from '../../parts/states.tsx'
import { AlertLinks } from '../incident/known-card.tsx'
import { Labels } from '../incident/labels.tsx'
import { counted } from '../incident/words.ts'
import { matchersOf } from '../silence/matchers.ts'
import { AlertState } from './alert-row.tsx'
import { SnoozeMenu } from './snooze-menu.tsx'

export function AlertDrawer({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const alert = useQuery(alertQuery(id))
  return (
    <Drawer title={alert.data?.title ?? 'Alert'} description={alert.data && <span dir="auto">{alert.data.source}</span>} onClose={onClose}>
      {alert.data === undefined && alert.isError && <Failed what="alert" error={alert.error} retry={() => void alert.refetch()} />}
      {alert.data === undefined && !alert.isError && <Skeleton className="h-24" />}
      {alert.data !== undefined && <Loaded alert={alert.data} />}
    </Drawer>
  )
}

function Loaded({ alert }: { readonly alert: Alert }) {
  const mayRespond = useQuery(meQuery).data?.can.includes('incident.respond') === true
  const { snooze, wake } = useSnooze(alert.id)
  return (
    <div className="space-y-4">
      <div className="space-y-3 rounded-card border border-line bg-surface px-3.5 py-3">
        <p>
          <AlertState alert={alert} />{' '}
          {alert.hold !== null && (
            <span className="[overflow-wrap:anywhere]" dir="auto">
              {alert.hold.reason}
            </span>
          )}
        </p>
        <Facts
          tight
          facts={[
            [
              'Alarm',
              <code key="a" className="text-xs" dir="auto">
                {alert.alarm}
              </code>,
            ],
            [
              'Key',
              alert.dedup_key === alert.alarm ? (
                ''
              ) : (
                <code key="k" className="text-xs">
                  {alert.dedup_key}
                </code>
              ),
            ],
            ['Began', <Ago key="b" at={toMs(alert.first_at)} />],
            ['Last signal', <Ago key="l" at={toMs(alert.last_at)} />],
            ['Silent since', alert.silent_since === null ? '' : <Ago key="s" at={toMs(alert.silent_since)} />],
            ['Ended', alert.resolved_at === null ? '' : <Ago key="e" at={toMs(alert.resolved_at)} />],
            ['Signals', counted(alert.count, 'signal')],
            ['Value', alert.value === null ? '' : String(alert.value)],
            ['Sender says', alert.severity_hint ?? ''],
            ['Held until', alert.hold?.until == null ? '' : <Moment key="h" at={toMs(alert.hold.until)} />],
            [
              'Incident',
              alert.incident_id === null ? (
                'none'
              ) : (
                <Link key="i" to="/incidents/$ref" params={{ ref: alert.incident_id }} className="text-accent hover:underline">
                  Open the incident
                </Link>
              ),
            ],
          ]}
        />
      </div>
      <div className="flex flex-wrap gap-2">
        {mayRespond && alert.state === 'firing' && (
          <Link to="/silences/new" search={{ match: matchersOf(alert.labels, alert.alarm) }} className={buttonClass('main')}>
            Silence alerts like this
          </Link>
        )}
        {mayRespond && alert.state === 'firing' && alert.hold?.by !== 'snooze' && (
          <SnoozeMenu busy={snooze.isPending} onChoose={(seconds) => snooze.mutate(seconds)} />
        )}
        {mayRespond && alert.hold?.by === 'snooze' && (
          <Button busy={wake.isPending} onClick={() => wake.mutate()}>
            Wake it up
          </Button>
        )}
        <Link to="/why" search={{ alert: alert.id }} className={buttonClass()}>
          Why?
        </Link>
      </div>
      {Object.keys(alert.labels).length > 0 && (
        <section aria-label="Labels" className="rounded-card border border-line bg-surface px-3.5 py-3">
          <Labels labels={alert.labels} shown={40} />
          <AlertLinks alert={alert} />
        </section>
      )}
    </div>
  )
}

export function useSnooze(alertId: string) {
  const client = useQueryClient()
  const stale = (): void => {
    void client.invalidateQueries({ queryKey: keys.alerts })
    void client.invalidateQueries({ queryKey: ['incident'] })
  }
  const path = `alerts/${encodeURIComponent(alertId)}/snooze`
  const snooze = useMutation({
    mutationFn: (seconds: number) => request<AlertSnooze>(path, { method: 'POST', body: { duration_seconds: seconds } }),
    onSuccess: ({ until, warnings }) => {
      tell(`Snoozed until ${shortMoment(toMs(until), Date.now())}`, warnings.join(' '))
    },
    onError: (error) => tellError('Not snoozed', explainError(error)),
    onSettled: stale,
  })
  const wake = useMutation({
    mutationFn: () => request(path, { method: 'DELETE' }),
    onSuccess: () => tell('Awake: it pages again'),
    onError: (error) => tellError('Not woken', explainError(error)),
    onSettled: stale,
  })
  return { snooze, wake }
}
