/** The pocket copy of this device: whether there is one, how old it is, and what is in it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { explainError } from '../../api/problem.ts'
import { tellError } from '../../app/toast-store.ts'
import { canKeepPocket, isPocketWanted, openPocket, setPocketWanted } from '../../lib/offline/pocket.ts'
import { makePocket } from '../../lib/offline/pocket-maker.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { Ago } from '../../parts/moment.tsx'

const pocketQuery = {
  queryKey: ['pocket'],
  queryFn: async () => ({ wanted: isPocketWanted(), at: (await openPocket())?.at ?? null }),
  refetchInterval: 5_000,
}

export function PocketCard() {
  const client = useQueryClient()
  const can = canKeepPocket()
  const pocket = useQuery({ ...pocketQuery, enabled: can }).data
  const change = useMutation({
    mutationFn: async (wanted: boolean) => {
      await setPocketWanted(wanted)
      if (wanted) await makePocket(client)
    },
    onSettled: () => client.invalidateQueries({ queryKey: pocketQuery.queryKey }),
    onError: (error) => tellError('There is no pocket copy yet', explainError(error)),
  })
  return (
    <Card title="Pocket copy on this device">
      {!can && <p className="text-muted">Browsers keep it for pages that come by https alone.</p>}
      {can && (
        <div className="space-y-2">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            {pocket?.wanted === true ? (
              <>
                <span className="min-w-0 flex-1" role="status">
                  {pocket.at === null ? (
                    'Being made.'
                  ) : (
                    <>
                      Made <Ago at={pocket.at} />.
                    </>
                  )}
                </span>
                <Button size="s" busy={change.isPending} onClick={() => change.mutate(true)}>
                  Make anew
                </Button>
                <Button size="s" disabled={change.isPending} onClick={() => change.mutate(false)}>
                  Remove
                </Button>
              </>
            ) : (
              <Button busy={change.isPending} onClick={() => change.mutate(true)}>
                Keep a pocket copy
              </Button>
            )}
          </div>
          <p className="text-s text-muted">
            Who is on call, with the numbers that you may see, the playbook, and what is open: it opens when Tocsin itself is down.
            Encrypted in this browser, made anew every 10 minutes while Tocsin is open, and wiped when you sign out.
          </p>
        </div>
      )}
    </Card>
  )
}
