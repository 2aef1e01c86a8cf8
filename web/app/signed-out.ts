/** Nobody is signed in any more: everything cached must go, the pocket copy with it, so the page is left for the sign-in and comes back. */
import { wipePocketInTime } from '../lib/offline/leave.ts'

export function leaveToSignIn(): void {
  if (location.pathname === '/sign-in') return
  void wipePocketInTime().then(goToSignIn)
}

function goToSignIn(): void {
  const here = location.pathname + location.search
  const next = here === '/' ? '' : `?next=${encodeURIComponent(here)}`
  location.assign(`/sign-in${next}`)
}

/** Only addresses of the console itself: a link must not send somebody elsewhere after the sign-in. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/incidents'
}
