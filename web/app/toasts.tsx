/**
 * Short messages that need no answer. Base UI's toasts and not sonner's: that one writes a style element when it loads,
 * which the page's content policy forbids.
 */
import { Toast } from '@base-ui/react/toast'
import { X } from 'lucide-react'

export const toasts = Toast.createToastManager()

export function tell(title: string, description?: string): void {
  toasts.add({ title, ...(description === undefined ? {} : { description }), timeout: 5_000 })
}

/** An error stays until it is closed: nobody reads fast at 03:00. */
export function tellError(title: string, description: string): void {
  toasts.add({ title, description, type: 'error', timeout: 0, priority: 'high' })
}

export function Toasts() {
  return (
    <Toast.Provider toastManager={toasts} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-[60] flex w-[min(380px,calc(100vw-32px))] flex-col gap-2 max-[760px]:bottom-[calc(84px+env(safe-area-inset-bottom))]">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function ToastList() {
  const { toasts: shown } = Toast.useToastManager()
  return shown.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="sheet flex items-start gap-2 rounded-card border border-line-strong bg-raised px-3.5 py-2.5 shadow-lg data-[type=error]:border-late"
    >
      <div className="min-w-0 flex-1">
        <Toast.Title className="font-[600] [overflow-wrap:anywhere]" />
        <Toast.Description className="text-s text-muted [overflow-wrap:anywhere]" />
      </div>
      <Toast.Close
        aria-label="Dismiss"
        className="grid size-6 flex-none place-items-center rounded-[5px] text-muted hover:bg-accent-soft max-[760px]:size-11"
      >
        <X size={14} aria-hidden />
      </Toast.Close>
    </Toast.Root>
  ))
}
