/** Shows what was told in the corner, above the phone's buttons; errors interrupt a screen reader, the rest waits its turn. */
import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { dismiss, useTold, type Told } from './toast-store.ts'

export function Toasts() {
  const told = useTold()
  return (
    <section
      aria-label="Messages"
      className="pointer-events-none fixed right-4 bottom-4 z-[60] flex w-[min(380px,calc(100vw-32px))] flex-col gap-2 max-[760px]:bottom-[calc(84px+env(safe-area-inset-bottom))]"
    >
      <div role="alert" className="contents">
        {told.filter((message) => message.kind === 'error').map(show)}
      </div>
      <div role="status" className="contents">
        {told.filter((message) => message.kind === 'done').map(show)}
      </div>
    </section>
  )
}

function show(message: Told) {
  const error = message.kind === 'error'
  const Icon = error ? CircleAlert : CircleCheck
  return (
    <div
      key={message.id}
      className={`pointer-events-auto flex items-start gap-2.5 rounded-card border bg-raised px-3.5 py-2.5 shadow-lg ${error ? 'border-late' : 'border-line-strong'}`}
    >
      <Icon size={16} aria-hidden className={`mt-0.5 flex-none ${error ? 'text-late' : 'text-ok'}`} />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <p className="font-[600]">{message.title}</p>
        {message.description !== '' && <p className="text-s text-muted">{message.description}</p>}
      </div>
      <button
        type="button"
        aria-label="Dismiss"
        onClick={() => dismiss(message.id)}
        className="-my-0.5 -mr-1.5 grid size-7 flex-none place-items-center rounded-[5px] text-muted hover:bg-accent-soft max-[760px]:size-11"
      >
        <X size={14} aria-hidden />
      </button>
    </div>
  )
}
