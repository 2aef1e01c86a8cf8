/** Observe mode: what would have happened, and one switch. */
import type { SourceDetail } from '../../../src/api/schema.ts'
import { toMs } from '../../lib/moment.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Age } from '../../parts/moment.tsx'
import { counted } from '../incident/words.ts'
import type { ChangeSource } from './change-source.ts'

interface ObserveProps {
  readonly source: SourceDetail
  readonly mayManage: boolean
  readonly change: ChangeSource
}

export function ObserveCard({ source, mayManage, change }: ObserveProps) {
  if (source.revoked_at !== null) return null
  if (source.observe_since === null) {
    return mayManage ? (
      <p className="flex flex-wrap items-center gap-3 rounded-card border border-line bg-surface px-3.5 py-2.5">
        <span className="min-w-0 flex-1 basis-60">Its signals open incidents and page people.</span>
        <Button size="s" busy={change.isPending} onClick={() => change.mutate({ observe: true })}>
          Observe only
        </Button>
      </p>
    ) : null
  }
  const { observe } = source
  return (
    <Card
      title="Observed only"
      aside={
        <>
          for <Age at={toMs(source.observe_since)} />
        </>
      }
    >
      <div className="space-y-3">
        {observe !== null && (
          <>
            <p className="text-l font-[600]">{observe.sentence}</p>
            <p className="text-muted">
              {counted(observe.alerts, 'alert')} held, {counted(observe.incidents, 'incident')} they would have opened
              {observe.cut && ', at least'}.
            </p>
            {observe.pages.length > 0 && (
              <ul className="space-y-0.5">
                {observe.pages.map((page) => (
                  <li key={`${page.role} ${page.severity}`}>
                    {page.count} × {page.role} <span className="text-muted">at {page.severity}</span>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
        {mayManage ? (
          <Button look="main" busy={change.isPending} onClick={() => change.mutate({ observe: false })}>
            Switch paging on
          </Button>
        ) : (
          <p className="text-s text-muted">An owner or an administrator can switch paging on.</p>
        )}
      </div>
    </Card>
  )
}
