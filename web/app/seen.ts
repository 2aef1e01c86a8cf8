/** Tells the server that a page was really shown: the banner is there and the tab is the one being looked at. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { Me } from '../../src/api/schema.ts'
import { pagesQuery } from '../api/queries.ts'
import { request } from '../api/request.ts'

/** A glance shorter than this is not seeing. */
const LOOKED_AT_MS = 1_000

export function useReportSeen(incidentIds: readonly string[], me: Me | undefined): void {
  const client = useQueryClient()
  const reported = useRef(new Set<string>())
  const meId = me?.id
  const shown = incidentIds.join(' ')
  useEffect(() => {
    if (shown === '' || meId === undefined) return
    const report = async (): Promise<void> => {
      for (const incidentId of shown.split(' ')) {
        const pages = await client.fetchQuery(pagesQuery(incidentId))
        const mine = pages.filter((page) => page.person.id === meId && page.state === 'paging' && !reported.current.has(page.id))
        for (const page of mine) {
          reported.current.add(page.id)
          await request(`pages/${encodeURIComponent(page.id)}/seen`, { method: 'POST' }).catch(() => reported.current.delete(page.id))
        }
      }
    }
    let timer: number | undefined
    const look = (): void => {
      clearTimeout(timer)
      if (document.visibilityState === 'visible') timer = window.setTimeout(() => void report().catch(() => undefined), LOOKED_AT_MS)
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [client, meId, shown])
}
