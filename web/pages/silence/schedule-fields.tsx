/** When a window runs: once, on days of the week, or on a day of the month. */
import { Choices } from '../../parts/choices.tsx'
import { SelectField, TextField } from '../../parts/field.tsx'
import { WEEKDAYS, type ScheduleDraft } from './schedule.ts'

const KINDS = [
  { value: 'once', label: 'Once' },
  { value: 'weekly', label: 'Every week' },
  { value: 'monthly', label: 'Every month' },
] as const

interface FieldsProps {
  readonly draft: ScheduleDraft
  readonly set: (change: Partial<ScheduleDraft>) => void
}

export function ScheduleFields({ draft, set }: FieldsProps) {
  return (
    <div className="space-y-3">
      <Choices legend="How often" name="schedule-kind" wide value={draft.kind} choices={KINDS} onChange={(kind) => set({ kind })} />
      {draft.kind === 'once' && (
        <div className="grid gap-3 min-[561px]:grid-cols-2">
          <TextField
            label="From"
            type="datetime-local"
            required
            value={draft.from}
            onChange={(event) => set({ from: event.target.value })}
          />
          <TextField label="To" type="datetime-local" required value={draft.to} onChange={(event) => set({ to: event.target.value })} />
        </div>
      )}
      {draft.kind === 'weekly' && <Days draft={draft} set={set} />}
      {draft.kind === 'monthly' && (
        <SelectField label="On" value={draft.day} onChange={(event) => set({ day: event.target.value })}>
          {Array.from({ length: 28 }, (_, place) => String(place + 1)).map((day) => (
            <option key={day} value={day}>
              day {day} of the month
            </option>
          ))}
          <option value="-1">the last day of the month</option>
        </SelectField>
      )}
      {draft.kind !== 'once' && (
        <div className="grid grid-cols-2 gap-3">
          <TextField label="At" type="time" required value={draft.at} onChange={(event) => set({ at: event.target.value })} />
          <TextField
            label="For how many minutes"
            inputMode="numeric"
            required
            value={draft.minutes}
            onChange={(event) => set({ minutes: event.target.value.replaceAll(/\D/g, '') })}
          />
        </div>
      )}
    </div>
  )
}

function Days({ draft, set }: FieldsProps) {
  return (
    <fieldset>
      <legend className="mb-1 text-s font-[560]">On</legend>
      <div className="flex flex-wrap gap-1.5">
        {WEEKDAYS.map(([id, label]) => (
          <label
            key={id}
            className="flex cursor-pointer items-center rounded-[6px] border border-line-strong bg-surface px-2.5 py-1 text-muted has-checked:border-accent has-checked:bg-accent-soft has-checked:font-[550] has-checked:text-text has-focus-visible:outline-2 has-focus-visible:outline-accent max-[760px]:min-h-11"
          >
            <input
              type="checkbox"
              className="sr-only"
              checked={draft.days.includes(id)}
              onChange={(event) => set({ days: event.target.checked ? [...draft.days, id] : draft.days.filter((day) => day !== id) })}
            />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
