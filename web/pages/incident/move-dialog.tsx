/** Moves the incident to the playbook in force, after saying what that changes. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { playbookDiffQuery } from '../../api/playbook.ts'
import { explainReading, fieldError } from '../../api/problem.ts'
import { playbookQuery } from '../../api/queries.ts'
import { TextArea } from '../../parts/field.tsx'
import { Skeleton } from '../../parts/states.tsx'
import { ChangeList } from '../playbook/change-list.tsx'
import { AskForm, type AskProps } from './ask-form.tsx'
import { numberOf } from './words.ts'

export function MovePlaybook(props: AskProps) {
  const { incident } = props
  const current = useQuery(playbookQuery).data
  const to = current?.digest ?? ''
  const diff = useQuery({ ...playbookDiffQuery(incident.playbook_digest, to), enabled: to !== '' })
  const [reason, setReason] = useState('')
  return (
    <AskForm
      {...props}
      wide
      title={`Move ${numberOf(incident)} to version ${current?.version ?? ''}`}
      description={`It runs by version ${incident.playbook_version}. Pages, clocks and what is owed are planned anew by the version in force.`}
      submit={`Move to version ${current?.version ?? ''}`}
      done={`${numberOf(incident)} runs by version ${current?.version ?? ''}`}
      disabled={to === ''}
      action={() => ({ type: 'move', digest: to, reason })}
    >
      {(error) => (
        <>
          <section aria-label="What changes" className="overflow-hidden rounded-[6px] border border-line">
            {diff.data === undefined ? (
              <div className="px-3.5 py-3">
                {diff.isError ? <p className="text-late">{explainReading(diff.error)}</p> : <Skeleton className="h-16" />}
              </div>
            ) : diff.data.changes.length === 0 ? (
              <p className="px-3.5 py-3 text-muted">Both versions do the same.</p>
            ) : (
              // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard
              <div className="max-h-[38vh] overflow-y-auto" tabIndex={0} role="region" aria-label="Changes">
                <ChangeList changes={diff.data.changes} />
              </div>
            )}
          </section>
          <TextArea
            label="Why"
            required
            rows={2}
            value={reason}
            error={fieldError(error, 'reason')}
            onChange={(event) => setReason(event.target.value)}
          />
        </>
      )}
    </AskForm>
  )
}
