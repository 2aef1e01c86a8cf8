/** What stands where content is missing: not yet, nothing, not allowed, failed. */
import { CircleAlert, Lock, SearchX } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { ApiError, explainReading, isPassing } from '../api/problem.ts'
import { classNames } from '../lib/class-names.ts'
import { Button } from './button.tsx'

export function Skeleton({ className }: { readonly className?: string }) {
  return <div aria-hidden className={classNames('skeleton h-4', className)} />
}

/** Only for the first load: content that was there stays. */
export function SkeletonRows({ rows = 4 }: { readonly rows?: number }) {
  return (
    <div aria-busy="true">
      <span className="sr-only" role="status">
        Loading
      </span>
      <div aria-hidden className="divide-y divide-line rounded-card border border-line bg-surface">
        {Array.from({ length: rows }, (_, place) => (
          <div key={place} className="flex items-center gap-4 px-3.5 py-3.5">
            <Skeleton className="w-16" />
            <div className="grow space-y-2">
              <Skeleton className={place % 2 === 0 ? 'w-3/5' : 'w-2/5'} />
              <Skeleton className="h-3 w-1/4" />
            </div>
            <Skeleton className="w-20" />
          </div>
        ))}
      </div>
    </div>
  )
}

interface EmptyProps {
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
  readonly icon?: ReactNode
}

export function Empty({ title, children, action, icon }: EmptyProps) {
  return (
    <div className="rounded-card border border-dashed border-line-strong px-4 py-10 text-center">
      {icon !== undefined && <div className="mb-2 flex justify-center text-faint">{icon}</div>}
      <p className="font-[600]">{title}</p>
      {children !== undefined && <div className="mx-auto mt-1 max-w-[52ch] text-muted">{children}</div>}
      {action !== undefined && <div className="mt-4 flex justify-center gap-2">{action}</div>}
    </div>
  )
}

/** The whole place failed to load. What is not found may be private: the same words for both. */
export function Failed({ error, retry, what }: { readonly error: unknown; readonly retry?: () => void; readonly what: string }) {
  const status = error instanceof ApiError ? error.status : 0
  const again = isPassing(error) && retry !== undefined
  useRetry(again ? retry : undefined)
  if (status === 404) {
    return (
      <Empty icon={<SearchX size={22} />} title={`There is no such ${what}, or it is private and you are not a member`}>
        Check the address, or ask whoever sent it to add you.
      </Empty>
    )
  }
  if (status === 403) {
    return (
      <Empty icon={<Lock size={22} />} title="You may not see this">
        Your account lacks the right. An owner can change that.
      </Empty>
    )
  }
  return (
    <div role="alert">
      <Empty
        icon={<CircleAlert size={22} />}
        title={`Could not load the ${what}`}
        action={retry === undefined ? undefined : <Button onClick={retry}>Try again</Button>}
      >
        {explainReading(error)} {again && 'Asking again every few seconds. '}Paging does not depend on this page.
      </Empty>
    </div>
  )
}

const RETRY_MS = 5_000

function useRetry(retry: (() => void) | undefined): void {
  const latest = useRef(retry)
  latest.current = retry
  const wanted = retry !== undefined
  useEffect(() => {
    if (!wanted) return
    const timer = setInterval(() => latest.current?.(), RETRY_MS)
    return () => clearInterval(timer)
  }, [wanted])
}
