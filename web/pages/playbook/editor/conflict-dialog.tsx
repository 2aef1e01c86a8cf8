/** Somebody saved another version meanwhile: both texts, line by line, and a choice. Nothing is lost by either. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { exportPatch, playbookSourceQuery, refetchPlaybook } from '../../../api/playbook.ts'
import { playbookQuery } from '../../../api/queries.ts'
import { Button } from '../../../parts/button.tsx'
import { Dialog, DialogActions } from '../../../parts/dialog.tsx'
import { Failed, SkeletonRows } from '../../../parts/states.tsx'
import { TextDiffView } from '../text-diff-view.tsx'
import { useEffect } from 'react'
import type { PlaybookSource } from '../../../../src/api/schema.ts'

interface ConflictProps {
  readonly mine: string
  readonly onClose: () => void
  /** Goes on with one's own text, now against theirs. */
  readonly onKeepMine: (theirs: PlaybookSource) => void
  readonly onTakeTheirs: (theirs: PlaybookSource) => void
}

export function ConflictDialog({ mine, onClose, onKeepMine, onTakeTheirs }: ConflictProps) {
  const client = useQueryClient()
  useEffect(() => void refetchPlaybook(client), [client])
  const theirs = useQuery(playbookSourceQuery)
  const current = useQuery(playbookQuery).data
  const digest = theirs.data?.digest ?? ''
  const lines = useQuery({
    queryKey: ['playbook-part', 'conflict', digest, mine],
    queryFn: () => exportPatch(mine),
    enabled: digest !== '' && !theirs.isFetching,
  })
  return (
    <Dialog
      wide
      title="Somebody saved meanwhile"
      description={
        current === undefined
          ? undefined
          : `Version ${current.version} is in force${current.author === null ? '' : `, by ${current.author.name}`}${current.reason === '' ? '' : `: “${current.reason}”`}. Yours is not saved.`
      }
      onClose={onClose}
    >
      <div className="space-y-3.5">
        <section aria-label="Their text and yours" className="overflow-hidden rounded-[6px] border border-line">
          <p className="border-b border-line bg-bg px-3.5 py-2 text-s text-muted">
            <span className="text-late">− theirs</span> · <span className="text-ok">+ yours</span>
          </p>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard */}
          <div className="max-h-[44vh] overflow-y-auto" tabIndex={0} role="region" aria-label="Differences">
            {lines.data === undefined ? (
              lines.isError ? (
                <Failed what="comparison" error={lines.error} retry={() => void lines.refetch()} />
              ) : (
                <SkeletonRows rows={2} />
              )
            ) : (
              <TextDiffView patch={lines.data.patch} narrow />
            )}
          </div>
        </section>
        <DialogActions>
          <Button
            look="main"
            disabled={theirs.data === undefined || theirs.isFetching}
            onClick={() => theirs.data !== undefined && onKeepMine(theirs.data)}
          >
            Go on with mine
          </Button>
          <Button
            disabled={theirs.data === undefined || theirs.isFetching}
            onClick={() => theirs.data !== undefined && onTakeTheirs(theirs.data)}
          >
            Take theirs, can be undone
          </Button>
          <Button look="quiet" onClick={onClose}>
            Decide later
          </Button>
        </DialogActions>
        <p className="text-s text-muted">
          Going on with yours saves nothing yet: merge what you want to keep of theirs, look at what changes, save again.
        </p>
      </div>
    </Dialog>
  )
}
