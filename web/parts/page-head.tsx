/** The first line of a page: what it is, a sentence about it, and its main action. */
import type { ReactNode } from 'react'

interface PageHeadProps {
  readonly title: string
  readonly about?: ReactNode
  readonly children?: ReactNode
}

export function PageHead({ title, about, children }: PageHeadProps) {
  return (
    <div className="mb-4 flex flex-wrap items-start gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-64">
        <h1 className="text-xl font-[620] tracking-[-.015em]">{title}</h1>
        {about !== undefined && <p className="max-w-[75ch] text-muted">{about}</p>}
      </div>
      {children}
    </div>
  )
}
