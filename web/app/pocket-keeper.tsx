/** Keeps the pocket copy of this device fresh, where the person wants one, while the console is looked at. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Me } from '../../src/api/schema.ts'
import { canKeepPocket, isPocketWanted } from '../lib/offline/pocket.ts'

const AGAIN_MS = 10 * 60_000
/** The page itself first. */
const FIRST_MS = 3_000

export function PocketKeeper({ me }: { readonly me: Me | undefined }) {
  const client = useQueryClient()
  const meId = me?.id
  useEffect(() => {
    if (meId === undefined || !canKeepPocket()) return
    const make = async (): Promise<void> => {
      if (!isPocketWanted() || document.visibilityState !== 'visible') return
      const { makePocket } = await import('../lib/offline/pocket-maker.ts')
      await makePocket(client)
    }
    const look = (): void => void make().catch(() => undefined) // the copy of before stays, and says how old it is
    const first = setTimeout(look, FIRST_MS)
    const timer = setInterval(look, AGAIN_MS)
    return () => {
      clearTimeout(first)
      clearInterval(timer)
    }
  }, [client, meId])
  return null
}
