/** A panel at the side that leaves the list where it is; on phones a sheet that fills the screen. */
import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'

interface DrawerProps {
  readonly title: string
  readonly description?: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Open for as long as it is mounted. */
export function Drawer({ title, description, onClose, children }: DrawerProps) {
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop z-40" />
        <Base.Popup className="sheet fixed inset-y-0 right-0 z-50 flex w-full flex-col border-l border-line bg-bg shadow-2xl min-[761px]:w-[min(720px,60vw)] min-[761px]:min-w-[480px]">
          <div className="flex items-start gap-3 border-b border-line bg-surface px-4 py-3 pt-[calc(12px+env(safe-area-inset-top))]">
            <div className="min-w-0">
              <Base.Title className="line-clamp-3 text-left text-l font-[620] [overflow-wrap:anywhere]" dir="auto">
                {title}
              </Base.Title>
              {description !== undefined && <Base.Description className="mt-0.5 text-s text-muted">{description}</Base.Description>}
            </div>
            <Base.Close
              aria-label="Close"
              className="-mt-1 -mr-2 ml-auto grid size-8 flex-none place-items-center rounded-[6px] text-muted hover:bg-accent-soft max-[760px]:size-11"
            >
              <X size={16} aria-hidden />
            </Base.Close>
          </div>
          <div className="overflow-y-auto px-4 py-4 pb-[calc(16px+env(safe-area-inset-bottom))]">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
