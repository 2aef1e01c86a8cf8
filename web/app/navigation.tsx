/** The way around: a column on wide screens, a bar with a menu on phones. Shows only what exists and the reader may see. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { Bell, Menu, Search } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import type { Me } from '../../src/api/schema.ts'
import { incidentsQuery, meQuery, oncallQuery, playbookQuery } from '../api/queries.ts'
import { Moment } from '../parts/moment.tsx'
import { toMs } from '../lib/moment.ts'

const MenuSheet = lazy(() => import('./menu-sheet.tsx').then((module) => ({ default: module.MenuSheet })))

export const PLACES = [
  { to: '/home', label: 'Home', needs: 'incident.read' },
  { to: '/incidents', label: 'Incidents', needs: 'incident.read' },
  { to: '/on-call', label: 'On call', needs: 'oncall.read' },
  { to: '/alerts', label: 'Alerts', needs: 'signal.read' },
  { to: '/signals', label: 'Signals', needs: 'signal.read' },
  { to: '/silences', label: 'Silences', needs: 'signal.read' },
  { to: '/heartbeats', label: 'Heartbeats', needs: 'signal.read' },
  { to: '/sources', label: 'Sources', needs: 'source.read' },
  { to: '/playbook', label: 'Playbook', needs: 'playbook.read' },
  { to: '/system', label: 'System', needs: 'incident.read' },
] as const

export function Navigation({ onPalette }: { readonly onPalette: () => void }) {
  const me = useQuery(meQuery).data
  const [menu, setMenu] = useState(false)
  return (
    <>
      <header className="sticky top-0 z-20 flex items-center gap-1 border-b border-line bg-bg px-3 pt-[env(safe-area-inset-top)] min-[761px]:hidden">
        <Link to="/home" className="flex min-h-12 items-center gap-2 text-l font-[650]">
          <Bell size={17} aria-hidden /> Tocsin
        </Link>
        <button
          type="button"
          aria-label="Search or command"
          className="ml-auto grid size-11 place-items-center text-muted"
          onClick={onPalette}
        >
          <Search size={18} aria-hidden />
        </button>
        <button
          type="button"
          aria-label="Menu"
          aria-haspopup="dialog"
          className="grid size-11 place-items-center text-muted"
          onClick={() => setMenu(true)}
        >
          <Menu size={20} aria-hidden />
        </button>
      </header>
      {menu && (
        <Suspense fallback={null}>
          <MenuSheet onClose={() => setMenu(false)} />
        </Suspense>
      )}
      <nav aria-label="Main" className="sticky top-0 flex h-dvh flex-col gap-0.5 border-r border-line px-3 py-4 max-[760px]:hidden">
        <Link to="/home" className="flex items-center gap-2 px-2 pb-4 text-l font-[650] tracking-[-.01em]">
          <Bell size={17} aria-hidden /> Tocsin
        </Link>
        <Places me={me} />
        <div className="mt-auto space-y-2">{me !== undefined && <MyCard me={me} />}</div>
      </nav>
    </>
  )
}

/** The list of places; `onGo` lets the phone's menu close itself. */
export function Places({ me, onGo }: { readonly me: Me | undefined; readonly onGo?: () => void }) {
  const path = useLocation({ select: (location) => location.pathname })
  return PLACES.filter((place) => me === undefined || me.can.includes(place.needs)).map((place) => (
    <Link
      key={place.to}
      to={place.to}
      {...(onGo === undefined ? {} : { onClick: onGo })}
      aria-current={path.startsWith(place.to) || (place.to === '/silences' && path.startsWith('/maintenance')) ? 'page' : undefined}
      className="flex items-center justify-between rounded-chip px-2 py-1.5 text-muted hover:text-text aria-[current=page]:bg-accent-soft aria-[current=page]:font-[550] aria-[current=page]:text-text max-[760px]:min-h-11 max-[760px]:text-l"
    >
      {place.label}
      <PlaceFact to={place.to} />
    </Link>
  ))
}

function PlaceFact({ to }: { readonly to: string }) {
  const open = useInfiniteQuery({ ...incidentsQuery({ open: 'true' }), enabled: to === '/incidents' })
  const playbook = useQuery({ ...playbookQuery, enabled: to === '/playbook' })
  const text =
    to === '/incidents' ? openCount(open.data?.pages) : to === '/playbook' && playbook.data !== undefined ? `v${playbook.data.version}` : ''
  return text === '' ? null : <span className="text-s font-normal text-muted">{text}</span>
}

function openCount(pages: readonly { readonly items: readonly unknown[]; readonly next: string | null }[] | undefined): string {
  if (pages === undefined) return ''
  const count = pages.reduce((sum, page) => sum + page.items.length, 0)
  return count === 0 ? '' : `${count}${pages.at(-1)?.next === null ? '' : '+'} open`
}

function onCallText(roles: readonly string[]): string {
  return roles.length > 2 ? `On call for ${roles.length} roles` : `On call: ${roles.join(', ')}`
}

/** Who is signed in and until when they are on call; opens the account. */
export function MyCard({ me, onGo }: { readonly me: Me; readonly onGo?: () => void }) {
  const oncall = useQuery(oncallQuery(null)).data
  const mine = oncall?.filter((item) => item.kind === 'duty' && item.person?.id === me.id) ?? []
  const until = mine.map((item) => toMs(item.until)).filter((at) => at !== null)
  const next = mine.find((item) => item.next !== null)?.next
  return (
    <Link
      to="/account"
      {...(onGo === undefined ? {} : { onClick: onGo })}
      className="block rounded-card border border-line bg-surface p-2.5 text-s text-muted hover:border-line-strong"
    >
      <strong className="block truncate text-left font-[620] text-text" dir="auto">
        {mine.length > 0 ? onCallText(mine.map((item) => item.role)) : me.name}
      </strong>
      <span className="block truncate">
        {mine.length === 0 && 'not on call now'}
        {mine.length > 0 && until.length > 0 && (
          <>
            until <Moment at={Math.min(...until)} />
          </>
        )}
        {mine.length > 0 && until.length === 0 && 'until further notice'}
        {next !== undefined && next !== null && ` · then ${next.name}`}
      </span>
      {mine.length > 0 && (
        <span className="block truncate" dir="auto">
          {me.name}
        </span>
      )}
    </Link>
  )
}
