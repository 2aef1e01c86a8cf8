/** A person's initials in a circle; a dashed one for nobody. */
import { initialsOf } from '../lib/initials.ts'

export function Avatar({ name }: { readonly name: string | null }) {
  if (name === null) {
    return (
      <span
        aria-hidden
        className="grid size-6 flex-none place-items-center rounded-full border-[1.5px] border-dashed border-line-strong text-xs text-faint"
      >
        ?
      </span>
    )
  }
  return (
    <span aria-hidden className="grid size-6 flex-none place-items-center rounded-full bg-accent-soft text-[10.5px] font-[650] text-accent">
      {initialsOf(name)}
    </span>
  )
}
