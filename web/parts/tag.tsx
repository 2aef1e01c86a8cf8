/** A small state: word and colour. Red is late or failing, amber soon, green met or seen; nothing else is coloured. */
import type { ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'

export type Tone = 'plain' | 'ok' | 'warn' | 'late'

const TONES: Readonly<Record<Tone, string>> = {
  plain: 'border-line bg-bg text-muted',
  ok: 'border-transparent bg-ok-soft text-ok',
  warn: 'border-transparent bg-warn-soft text-warn',
  late: 'border-transparent bg-late-soft text-late',
}

export function Tag({
  tone = 'plain',
  title,
  children,
}: {
  readonly tone?: Tone
  readonly title?: string | undefined
  readonly children: ReactNode
}) {
  return (
    <span title={title} className={classNames('inline-block max-w-full rounded-[10px] border px-[7px] py-px text-xs', TONES[tone])}>
      {children}
    </span>
  )
}
