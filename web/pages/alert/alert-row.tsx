/** An alert in one line: its state in a word, what it is, since when, how often. */
import type { Alert } from '../../../src/api/schema.ts'
import { toMs } from '../../lib/moment.ts'
import { Age, Ago } from '../../parts/moment.tsx'
import { Tag } from '../../parts/tag.tsx'
import { counted } from '../incident/words.ts'

const HELD_BY: Readonly<Record<NonNullable<Alert['hold']>['by'], string>> = {
  silence: 'silenced',
  maintenance: 'maintenance',
  inhibition: 'inhibited',
  snooze: 'snoozed',
  observe: 'observed',
}

export function AlertState({ alert }: { readonly alert: Pick<Alert, 'state' | 'hold' | 'silent_since'> }) {
  if (alert.hold !== null && alert.hold !== undefined) return <Tag tone="warn">{HELD_BY[alert.hold.by]}</Tag>
  if (alert.state === 'firing' && alert.silent_since !== null) {
    return (
      <Tag tone="warn" title={`Its source should have repeated it at ${alert.silent_since} and has not: silence is not health.`}>
        silent
      </Tag>
    )
  }
  return <Tag tone={alert.state === 'firing' ? 'late' : 'ok'}>{alert.state === 'firing' ? 'firing' : 'clear'}</Tag>
}

export function AlertRow({ alert, isOpen, onOpen }: { readonly alert: Alert; readonly isOpen: boolean; readonly onOpen: () => void }) {
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      data-pointed={isOpen || undefined}
      onClick={onOpen}
      className="grid w-full grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3.5 gap-y-0.5 px-3.5 py-2 text-left hover:bg-accent-soft/40 focus-visible:-outline-offset-2 min-[761px]:grid-cols-[92px_minmax(0,1fr)_150px_96px]"
    >
      <span className="truncate max-[760px]:col-start-1 max-[760px]:row-start-1">
        <AlertState alert={alert} />
      </span>
      <span className="min-w-0 max-[760px]:col-span-3 max-[760px]:row-start-2">
        <span className="block truncate font-[590]" dir="auto">
          {alert.title}
        </span>
        <span className="block truncate text-s text-muted" dir="auto">
          {alert.hold === null ? <LabelLine alert={alert} /> : alert.hold.reason}
        </span>
      </span>
      <span className="min-w-0 truncate text-s text-muted max-[760px]:col-start-2 max-[760px]:row-start-1">
        <span dir="auto">{alert.source}</span>
        {alert.count > 1 && ` · ${counted(alert.count, 'signal')}`}
      </span>
      <span className="text-right text-s text-muted max-[760px]:col-start-3 max-[760px]:row-start-1">
        {alert.state === 'firing' ? (
          <>
            for <Age at={toMs(alert.first_at)} />
          </>
        ) : (
          <Ago at={toMs(alert.resolved_at ?? alert.last_at)} />
        )}
      </span>
    </button>
  )
}

const LABELS_IN_LINE = 4

function LabelLine({ alert }: { readonly alert: Alert }) {
  const labels = Object.entries(alert.labels).filter(([name, value]) => name !== 'alertname' && value !== '')
  const text = labels
    .slice(0, LABELS_IN_LINE)
    .map(([name, value]) => `${name}=${value}`)
    .join('  ')
  return alert.alarm === alert.title ? text : [alert.alarm, text].filter((part) => part !== '').join('  ')
}
