/** "Take the pager now": what it does, in one sentence, and one tap. */
import type { OncallItem } from '../../../src/api/schema.ts'
import { useOncallAct } from '../../api/oncall.ts'
import { explainError } from '../../api/problem.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/field.tsx'
import { dayAndTime, namesOf } from './words.ts'

const HOUR_MS = 3_600_000
/** As the server has it: a shift that runs longer is taken for half a day. */
const SHIFT_MS_MAX = 8 * 24 * HOUR_MS
const TAKE_MS = 12 * HOUR_MS

export function TakeDialog({ item, onClose }: { readonly item: OncallItem; readonly onClose: () => void }) {
  const act = useOncallAct(onClose)
  const now = Date.now()
  const long = item.until === null || Date.parse(item.until) - now > SHIFT_MS_MAX
  const until = long ? new Date(now + TAKE_MS).toISOString() : (item.until ?? '')
  const take = (): void =>
    act.mutate({
      path: 'oncall/take',
      body: { schedule: item.schedule ?? '', until },
      done: `You hold ${item.role} until ${dayAndTime(until)}`,
    })
  return (
    <Dialog title={`Take the pager of ${item.role}?`} onClose={onClose}>
      <div className="space-y-3.5">
        <p>
          From now to <strong className="font-[590]">{dayAndTime(until)}</strong> you are paged for {item.role}
          {item.people.length === 0 ? '' : ` instead of ${namesOf(item.people)}`}. You can give it back at any time; after that the schedule
          holds as before.
        </p>
        {act.isError && <FormError>{explainError(act.error)}</FormError>}
        <DialogActions>
          <Button look="main" busy={act.isPending} onClick={take}>
            Take the pager
          </Button>
          <Button onClick={onClose}>Leave it</Button>
        </DialogActions>
      </div>
    </Dialog>
  )
}
