/** What waits to be sent, for pages: read again at each change, and tried again while something waits. */
import { useEffect, useState } from 'react'
import { serverNow } from '../now.ts'
import { listOutgoing, onOutgoing, sendOutgoing } from './outgoing.ts'
import type { Outgoing } from './outgoing-judge.ts'

const AGAIN_MS = 5_000

export function useOutgoing(onSent: () => void): readonly Outgoing[] {
  const [entries, setEntries] = useState<readonly Outgoing[]>([])
  const sent = entries.filter(({ state }) => state === 'sent').length
  const waits = entries.some(({ state }) => state === 'waiting')
  useEffect(() => {
    const read = (): void => void listOutgoing().then(setEntries, () => undefined)
    const send = (): void => void sendOutgoing(serverNow).then(read, () => undefined)
    const look = (): void => {
      if (document.visibilityState === 'visible') send()
    }
    send()
    const stop = onOutgoing(read)
    window.addEventListener('online', send)
    document.addEventListener('visibilitychange', look)
    const timer = waits ? setInterval(send, AGAIN_MS) : undefined
    return () => {
      stop()
      clearInterval(timer)
      window.removeEventListener('online', send)
      document.removeEventListener('visibilitychange', look)
    }
  }, [waits])
  useEffect(() => {
    if (sent > 0) onSent()
  }, [sent])
  return entries
}
