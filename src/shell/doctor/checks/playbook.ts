/** The playbook in force, its review, and who may raise an alarm. */
import type { DoctorCheck } from '../../../api/doctor.ts'
import type { PlaybookMetadata } from '../../../core/playbook/playbook.ts'
import { daysInWords, reviewOf } from '../../../core/playbook/review.ts'
import { type Examination, fail, ok, warn } from '../check.ts'

export async function checkPlaybook({ ports, parts, wallClock }: Examination): Promise<readonly DoctorCheck[]> {
  const { metadata } = ports.playbooks.current()
  return [checkLoaded(parts.playbookFault(), metadata.id), checkReview(metadata, wallClock())]
}

const LOADED = 'Playbook'

function checkLoaded(fault: string | null, id: string): DoctorCheck {
  if (fault === null) return ok('playbook', LOADED, `${id} is in force as it stands in the folder`)
  return fail('playbook', LOADED, {
    found: `the files do not load, an earlier version is in force: ${fault}`,
    meaning: 'what was changed last (who is on call, who is paged) does not count',
    remedy: 'run `tocsin lint` in the folder, correct what it says; it is read again by itself',
  })
}

const REVIEW = 'Playbook review'

function checkReview(metadata: PlaybookMetadata, now: number): DoctorCheck {
  const { state, due, days } = reviewOf(metadata, now)
  if (state !== 'overdue') return ok('review', REVIEW, `due ${due}`)
  return warn('review', REVIEW, {
    found: `was due ${due}, ${daysInWords(days)}`,
    meaning: 'people, numbers and steps may be those of another year',
    remedy: `let ${metadata.maintainer.name} review it and set the new dates in playbook.yaml`,
  })
}
