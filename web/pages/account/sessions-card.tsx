/** Where the reader is signed in; each but this one can be ended. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Session } from '../../../src/api/schema.ts'
import { keys } from '../../api/keys.ts'
import { explainError, explainReading } from '../../api/problem.ts'
import { sessionsQuery } from '../../api/queries.ts'
import { endSession } from '../../api/session.ts'
import { tellError } from '../../app/toast-store.ts'
import { toMs } from '../../lib/moment.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Ago, Moment } from '../../parts/moment.tsx'
import { Skeleton } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'

export function SessionsCard() {
  const sessions = useQuery(sessionsQuery)
  return (
    <Card title="Sessions" aside={sessions.data === undefined ? undefined : `${sessions.data.length}`}>
      {sessions.data === undefined && !sessions.isError && <Skeleton className="h-10" />}
      {sessions.isError && <p role="alert">{explainReading(sessions.error)}</p>}
      <ul className="divide-y divide-line">
        {sessions.data?.map((session) => (
          <Row key={session.id} session={session} />
        ))}
      </ul>
    </Card>
  )
}

function Row({ session }: { readonly session: Session }) {
  const client = useQueryClient()
  const end = useMutation({
    mutationFn: () => endSession(session.id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.sessions }),
    onError: (error) => tellError('The session was not ended', explainError(error)),
  })
  return (
    <li className="flex items-center gap-3 py-2 first:pt-0 last:pb-0">
      <span className="min-w-0 flex-1">
        Signed in <Ago at={toMs(session.created_at)} />
        <span className="block text-s text-muted">
          used <Ago at={toMs(session.last_seen_at)} /> · ends <Moment at={toMs(session.expires_at)} />
        </span>
      </span>
      {session.current ? (
        <Tag tone="ok">this one</Tag>
      ) : (
        <Button size="s" busy={end.isPending} onClick={() => end.mutate()}>
          End
        </Button>
      )}
    </li>
  )
}
