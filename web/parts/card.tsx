/** A titled box. The title is a heading of level 2, so that screen readers can jump from one to the next. */
import { useId, type ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'

interface CardProps {
  readonly title: ReactNode
  /** A fact or control at the right of the title. */
  readonly aside?: ReactNode
  readonly className?: string
  readonly flush?: boolean
  readonly children: ReactNode
}

export function Card({ title, aside, className, flush, children }: CardProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className={classNames('rounded-card border border-line bg-surface', className)}>
      <div className="flex min-h-[41px] flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-3.5 py-2">
        <h2 id={id} className="text-s font-[620]">
          {title}
        </h2>
        {aside !== undefined && <div className="ml-auto text-s text-muted">{aside}</div>}
      </div>
      <div className={flush === true ? '' : 'px-3.5 py-3'}>{children}</div>
    </section>
  )
}
