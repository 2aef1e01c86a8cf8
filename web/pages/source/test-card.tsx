/** Sends the kind's sample through the source's own door, and shows what the playbook would do with it. Nothing is opened. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { SourceKind, SourceTested } from '../../../src/api/schema.ts'
import { keys } from '../../api/keys.ts'
import { explainError } from '../../api/problem.ts'
import { request } from '../../api/request.ts'
import { ownZone } from '../../lib/wall-time.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError, TextArea } from '../../parts/field.tsx'
import { SkeletonRows } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'

const Answered = lazy(() => import('../explain/answered.tsx').then((module) => ({ default: module.Answered })))

export function TestCard({ sourceId, kind }: { readonly sourceId: string; readonly kind: SourceKind | undefined }) {
  const client = useQueryClient()
  const [body, setBody] = useState<string | null>(null)
  const test = useMutation({
    mutationFn: () =>
      request<SourceTested>(`sources/${encodeURIComponent(sourceId)}/test`, { method: 'POST', body: body === null ? {} : { body } }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.sources })
      void client.invalidateQueries({ queryKey: keys.signals })
    },
  })
  return (
    <Card title="Send a test">
      <div className="space-y-3">
        <p className="text-s text-muted">
          A message as the vendor sends it goes through this source’s door. It is kept as a test, opens nothing and pages nobody.
        </p>
        {body !== null && (
          <TextArea
            label="The message"
            rows={8}
            className="font-mono text-xs"
            value={body}
            onChange={(event) => setBody(event.target.value)}
          />
        )}
        <div className="flex flex-wrap gap-2">
          <Button look="main" busy={test.isPending} onClick={() => test.mutate()}>
            Send a test
          </Button>
          {body === null && kind?.setup != null && (
            <Button onClick={() => setBody(kind.setup?.sample.body ?? '')}>Change the message</Button>
          )}
        </div>
        {test.isError && <FormError>{explainError(test.error)}</FormError>}
        {test.data !== undefined && <Tested tested={test.data} />}
      </div>
    </Card>
  )
}

function Tested({ tested }: { readonly tested: SourceTested }) {
  const good = tested.status < 300
  return (
    <section aria-label="The test" aria-live="polite" className="space-y-3">
      <p className="flex flex-wrap items-center gap-2">
        <Tag tone={good ? 'ok' : 'late'}>{good ? 'arrived' : 'refused'}</Tag>
        <span>
          The vendor would have been answered {tested.status}.{' '}
          <Link to="/signals" search={{ signal: tested.signal_id }} className="text-accent underline">
            See the message
          </Link>
        </span>
      </p>
      {tested.but.length > 0 && (
        <ul className="space-y-1 rounded-[6px] bg-warn-soft px-2.5 py-2 text-warn">
          {tested.but.map((but) => (
            <li key={but}>{but}</li>
          ))}
        </ul>
      )}
      <p className="text-s text-muted">What the playbook would do with it, were it real:</p>
      <Suspense fallback={<SkeletonRows rows={2} />}>
        <Answered explained={tested.explained} zone={ownZone()} />
      </Suspense>
    </section>
  )
}
