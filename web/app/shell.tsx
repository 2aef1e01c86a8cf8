/** What every page stands in: navigation, the banner of a page, the palette, messages. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { meQuery } from '../api/queries.ts'
import { armSound } from '../lib/ring.ts'
import { Failed } from '../parts/states.tsx'
import { ApiError, isUnreachable } from '../api/problem.ts'
import { commandFor, singleKeysOn, useCommands, useRegisteredCommands } from './commands.ts'
import { LiveProvider } from './live.tsx'
import { Navigation, PLACES } from './navigation.tsx'
import { OutgoingStrip } from './outgoing-strip.tsx'
import { PagedBanner } from './paged-banner.tsx'
import { PocketKeeper } from './pocket-keeper.tsx'
import { leaveToSignIn } from './signed-out.ts'
import { Toasts } from './toasts.tsx'

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })))
const PocketPage = lazy(() => import('../pages/home/pocket-page.tsx').then((module) => ({ default: module.PocketPage })))
const DeclareDialog = lazy(() => import('../pages/incident/declare-dialog.tsx').then((module) => ({ default: module.DeclareDialog })))

export function Shell() {
  const me = useQuery(meQuery)
  const trouble = useTrouble(me)
  const [open, setOpen] = useState<'palette' | 'declare' | null>(null)
  useEffect(armSound, [])
  useKeys(() => setOpen('palette'))
  useShellCommands({ can: me.data?.can ?? [], declare: () => setOpen('declare') })
  return (
    <LiveProvider onSignedOut={leaveToSignIn}>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-[6px] focus:bg-accent focus:px-3 focus:py-2 focus:text-accent-text"
      >
        Skip to content
      </a>
      <div className="min-h-dvh min-[761px]:grid min-[761px]:grid-cols-[208px_minmax(0,1fr)]">
        <Navigation onPalette={() => setOpen('palette')} />
        <div className="min-w-0">
          <PagedBanner />
          <OutgoingStrip />
          <main id="main" tabIndex={-1} className="mx-auto max-w-[1280px] px-3 pt-3 pb-10 outline-none min-[761px]:px-6 min-[761px]:pt-4">
            {trouble !== null ? <WithoutServer error={trouble} retry={() => void me.refetch()} /> : <Outlet />}
          </main>
        </div>
      </div>
      <Toasts />
      <PocketKeeper me={me.data} />
      <Suspense fallback={null}>
        {open === 'palette' && <Palette onClose={() => setOpen(null)} />}
        {open === 'declare' && <DeclareDialog onClose={() => setOpen(null)} />}
      </Suspense>
    </LiveProvider>
  )
}

/** Why nobody is known to read this; null: somebody is, or it is still being asked. Stays while it is asked again. */
function useTrouble({ data, error, failureReason }: Pick<UseQueryResult, 'data' | 'error' | 'failureReason'>): unknown {
  const [kept, setKept] = useState<unknown>(null)
  // Whoever needs the pocket copy must not wait until all tries have failed.
  const latest = error ?? (isUnreachable(failureReason) ? failureReason : null)
  useEffect(() => {
    if (data !== undefined) setKept(null)
    else if (latest !== null) setKept(latest)
  }, [data, latest])
  const trouble = data === undefined ? (latest ?? kept) : null
  return isSignedOut(trouble) ? null : trouble
}

/** Nothing can be asked: what the pocket copy has is shown, or that there is none. */
function WithoutServer({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  const failed = <Failed what="console" error={error} retry={retry} />
  if (!isUnreachable(error)) return failed
  return (
    <Suspense fallback={null}>
      <PocketPage retry={retry}>{failed}</PocketPage>
    </Suspense>
  )
}

/** Ctrl or Cmd and K open the palette anywhere; single keys run what the page offers. */
function useKeys(openPalette: () => void): void {
  const commands = useRegisteredCommands()
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        openPalette()
        return
      }
      if (!singleKeysOn()) return
      const command = commandFor(event, commands)
      if (command === undefined) return
      event.preventDefault()
      command.run()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })
}

/** Words to find a place by, beside its name. */
const PLACE_WORDS: Readonly<Record<(typeof PLACES)[number]['to'], string>> = {
  '/home': 'phone me today mine',
  '/incidents': 'list',
  '/on-call': 'schedule rota who',
  '/alerts': 'firing held clear',
  '/signals': 'raw received messages',
  '/silences': 'mute maintenance window quiet',
  '/heartbeats': 'dead man switch watchdog cron',
  '/playbook': 'severity matrix roles',
  '/sources': 'keys integration prometheus alertmanager pagerduty',
  '/system': 'health outbox auditor ready',
}

/** Not in the column: found by typing. */
const MORE_PLACES = [
  { to: '/why', label: 'Why? Where a signal went, why I was not paged', needs: 'signal.read', words: 'not paged explain reason missed' },
  { to: '/silences/new', label: 'New silence', needs: 'incident.respond', words: 'mute quiet' },
  { to: '/maintenance/new', label: 'New maintenance window', needs: 'incident.respond', words: 'plan calendar mute' },
  {
    to: '/sources/connect',
    label: 'Connect a source',
    needs: 'source.manage',
    words: 'integration key prometheus cloudwatch sentry datadog grafana',
  },
] as const

const PLAYBOOK_PLACES = [
  { to: '/playbook/try', label: 'Try a signal', needs: 'playbook.read', words: 'explain simulate what would happen' },
  { to: '/playbook/edit', label: 'Edit the playbook', needs: 'playbook.check', words: 'change yaml' },
  { to: '/playbook/versions', label: 'Versions of the playbook', needs: 'playbook.read', words: 'history diff compare' },
] as const

function useShellCommands({ can, declare }: { readonly can: readonly string[]; readonly declare: () => void }): void {
  const navigate = useNavigate()
  const path = useLocation({ select: (location) => location.pathname })
  const places = PLACES.filter((place) => can.includes(place.needs)).map(({ to, label }) => ({
    id: `go ${to}`,
    label,
    group: 'Go to',
    words: PLACE_WORDS[to],
    run: () => void navigate({ to }),
  }))
  const playbookPlaces = PLAYBOOK_PLACES.filter(({ needs }) => path !== '/playbook' && can.includes(needs)).map(({ to, label, words }) => ({
    id: `go ${to}`,
    label,
    group: 'Go to',
    words,
    run: () => void navigate({ to }),
  }))
  const morePlaces = MORE_PLACES.filter(({ needs }) => can.includes(needs)).map(({ to, label, words }) => ({
    id: `go ${to}`,
    label,
    group: 'Go to',
    words,
    run: () => void navigate({ to, search: {} }),
  }))
  useCommands([
    ...(can.includes('incident.declare')
      ? [{ id: 'declare', label: 'Declare an incident', group: 'Do', shortcut: 'C', words: 'new open create', run: declare }]
      : []),
    ...places,
    ...morePlaces,
    // Its own page offers them with keys.
    ...playbookPlaces,
    {
      id: 'go /account',
      label: 'Your account',
      group: 'Go to',
      words: 'password sessions page me now test sign out theme sound',
      run: () => void navigate({ to: '/account' }),
    },
  ])
}

function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401
}
