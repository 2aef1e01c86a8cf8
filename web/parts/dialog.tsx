/** A dialog in the middle of the screen, on phones a sheet at the bottom where the thumb is. */
import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '../lib/class-names.ts'

interface DialogProps {
  readonly title: string
  readonly description?: ReactNode
  readonly wide?: boolean
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Open for as long as it is mounted. */
export function Dialog({ title, description, wide, onClose, children }: DialogProps) {
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop z-40" />
        <Base.Popup
          className={classNames(
            'sheet fixed z-50 flex max-h-[92dvh] flex-col overflow-hidden border border-line bg-surface shadow-2xl',
            'max-[760px]:inset-x-0 max-[760px]:bottom-0 max-[760px]:rounded-t-[14px]',
            'min-[761px]:top-[12vh] min-[761px]:left-1/2 min-[761px]:max-h-[80vh] min-[761px]:-translate-x-1/2 min-[761px]:rounded-[10px]',
            wide === true ? 'min-[761px]:w-[720px]' : 'min-[761px]:w-[480px]',
          )}
        >
          <div className="flex items-start gap-3 border-b border-line px-4 py-3">
            <div className="min-w-0">
              <Base.Title className="text-l font-[620]">{title}</Base.Title>
              {description !== undefined && <Base.Description className="mt-0.5 text-s text-muted">{description}</Base.Description>}
            </div>
            <Base.Close
              aria-label="Close dialog"
              className="-mt-1 -mr-2 ml-auto grid size-8 flex-none place-items-center rounded-[6px] text-muted hover:bg-accent-soft max-[760px]:size-11"
            >
              <X size={16} aria-hidden />
            </Base.Close>
          </div>
          <div className="overflow-y-auto px-4 py-4">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** The row of buttons under a form; on phones the main one is as wide as the thumb likes. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return (
    <div className="flex flex-row-reverse gap-2 pt-1 max-[760px]:flex-col max-[760px]:pb-[env(safe-area-inset-bottom)]">{children}</div>
  )
}
