/** Brings the row that the address names into view and marks it, also when the document comes later than the page. */
import { useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { anchorsOf } from './anchor.ts'

/** @param ready true once the document is on the page */
export function useAnchor(ready: boolean): void {
  const hash = useLocation({ select: (location) => location.hash })
  useEffect(() => {
    if (!ready || hash === '') return undefined
    const element = anchorsOf(decodeURIComponent(hash))
      .map((id) => document.getElementById(id))
      .find((found) => found !== null)
    if (element === undefined) return undefined
    element.dataset['pointed'] = 'true'
    // After the router's own restoring of the scroll.
    const timer = setTimeout(() => element.scrollIntoView({ block: 'center' }), 60)
    return () => {
      clearTimeout(timer)
      delete element.dataset['pointed']
    }
  }, [ready, hash])
}
