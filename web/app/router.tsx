/** The addresses of the console. Each page is its own chunk; filters live in the address and are read back here. */
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import type { QueryClient } from '@tanstack/react-query'
import { incidentQuery, incidentsQuery, meQuery } from '../api/queries.ts'
import { readAlertSearch, readSignalSearch, type AlertSearch, type SignalSearch } from '../pages/alert/search.ts'
import { readListSearch, toIncidentFilter } from '../pages/incident/list-search.ts'
import { readExplainSearch, type ExplainSearch } from '../pages/explain/search.ts'
import { readMatchers, type MatcherRow } from '../pages/silence/matchers.ts'
import { readWhySearch, type WhySearch } from '../pages/why/search.ts'
import { NotFoundPage } from './not-found.tsx'

interface RouterContext {
  readonly client: QueryClient
}

const rootRoute = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: NotFoundPage })

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search): { next?: string; reason?: string } => ({
    ...(typeof search['next'] === 'string' ? { next: search['next'] } : {}),
    ...(typeof search['reason'] === 'string' ? { reason: search['reason'] } : {}),
  }),
  component: lazyRouteComponent(() => import('../pages/sign-in/sign-in-page.tsx'), 'SignInPage'),
})

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: lazyRouteComponent(() => import('./shell.tsx'), 'Shell'),
  loader: ({ context }) => {
    void context.client.prefetchQuery(meQuery)
  },
})

const rootPageRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/incidents', replace: true })
  },
})

const homeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/home',
  component: lazyRouteComponent(() => import('../pages/home/home-page.tsx'), 'HomePage'),
})

const incidentsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/incidents',
  validateSearch: readListSearch,
  loaderDeps: ({ search }) => search,
  // Started, not awaited: the page shows at once, with skeletons only where nothing was there before.
  loader: ({ context, deps }) => {
    void context.client.prefetchInfiniteQuery(incidentsQuery(toIncidentFilter(deps)))
  },
  component: lazyRouteComponent(() => import('../pages/incident/list-page.tsx'), 'IncidentListPage'),
})

const incidentRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/incidents/$ref',
  loader: ({ context, params }) => {
    void context.client.prefetchQuery(incidentQuery(params.ref))
  },
  component: lazyRouteComponent(() => import('../pages/incident/incident-page.tsx'), 'IncidentPage'),
})

const oncallRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/on-call',
  validateSearch: (search): { at?: string; view?: 'week' | 'month'; day?: string } => ({
    ...(typeof search['at'] === 'string' ? { at: search['at'] } : {}),
    ...(search['view'] === 'week' || search['view'] === 'month' ? { view: search['view'] } : {}),
    ...(typeof search['day'] === 'string' ? { day: search['day'] } : {}),
  }),
  component: lazyRouteComponent(() => import('../pages/oncall/oncall-page.tsx'), 'OncallPage'),
})

const alertsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/alerts',
  validateSearch: (search): AlertSearch => readAlertSearch(search),
  component: lazyRouteComponent(() => import('../pages/alert/alerts-page.tsx'), 'AlertsPage'),
})

const signalsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/signals',
  validateSearch: (search): SignalSearch => readSignalSearch(search),
  component: lazyRouteComponent(() => import('../pages/alert/signals-page.tsx'), 'SignalsPage'),
})

const whyRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/why',
  validateSearch: (search): WhySearch => readWhySearch(search),
  component: lazyRouteComponent(() => import('../pages/why/why-page.tsx'), 'WhyPage'),
})

const silencesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/silences',
  validateSearch: (search): { tab?: 'maintenance' } => (search['tab'] === 'maintenance' ? { tab: 'maintenance' } : {}),
  component: lazyRouteComponent(() => import('../pages/silence/silences-page.tsx'), 'SilencesPage'),
})

const newSilenceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/silences/new',
  validateSearch: (search): { match?: MatcherRow[] } => (search['match'] === undefined ? {} : { match: readMatchers(search['match']) }),
  component: lazyRouteComponent(() => import('../pages/silence/new-silence-page.tsx'), 'NewSilencePage'),
})

const newMaintenanceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/maintenance/new',
  component: lazyRouteComponent(() => import('../pages/silence/new-maintenance-page.tsx'), 'NewMaintenancePage'),
})

const heartbeatsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/heartbeats',
  component: lazyRouteComponent(() => import('../pages/heartbeat/heartbeats-page.tsx'), 'HeartbeatsPage'),
})

const sourcesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/sources',
  component: lazyRouteComponent(() => import('../pages/source/sources-page.tsx'), 'SourcesPage'),
})

const connectRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/sources/connect',
  validateSearch: (search): { kind?: string } => (typeof search['kind'] === 'string' ? { kind: search['kind'] } : {}),
  component: lazyRouteComponent(() => import('../pages/source/connect-page.tsx'), 'ConnectPage'),
})

const sourceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/sources/$id',
  component: lazyRouteComponent(() => import('../pages/source/source-page.tsx'), 'SourcePage'),
})

const mappingRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/sources/$id/mapping',
  component: lazyRouteComponent(() => import('../pages/mapping/mapping-page.tsx'), 'MappingPage'),
})

const playbookRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/playbook',
  component: lazyRouteComponent(() => import('../pages/playbook/playbook-page.tsx'), 'PlaybookPage'),
})

const playbookVersionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/playbook/versions',
  component: lazyRouteComponent(() => import('../pages/playbook/versions-page.tsx'), 'VersionsPage'),
})

const playbookVersionRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/playbook/versions/$digest',
  component: lazyRouteComponent(() => import('../pages/playbook/version-page.tsx'), 'VersionPage'),
})

const playbookCompareRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/playbook/compare',
  validateSearch: (search): { from: string; to: string } => ({ from: textOf(search['from']), to: textOf(search['to']) }),
  component: lazyRouteComponent(() => import('../pages/playbook/compare-page.tsx'), 'ComparePage'),
})

const playbookEditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/playbook/edit',
  component: lazyRouteComponent(() => import('../pages/playbook/editor/editor-page.tsx'), 'EditorPage'),
})

const explainRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/playbook/try',
  validateSearch: (search): ExplainSearch => readExplainSearch(search),
  component: lazyRouteComponent(() => import('../pages/explain/explain-page.tsx'), 'ExplainPage'),
})

const accountRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('../pages/account/account-page.tsx'), 'AccountPage'),
})

const systemRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/system',
  component: lazyRouteComponent(() => import('../pages/system/system-page.tsx'), 'SystemPage'),
})

const routeTree = rootRoute.addChildren([
  signInRoute,
  shellRoute.addChildren([
    rootPageRoute,
    homeRoute,
    incidentsRoute,
    incidentRoute,
    oncallRoute,
    alertsRoute,
    signalsRoute,
    whyRoute,
    silencesRoute,
    newSilenceRoute,
    newMaintenanceRoute,
    heartbeatsRoute,
    sourcesRoute,
    connectRoute,
    sourceRoute,
    mappingRoute,
    playbookRoute,
    playbookVersionsRoute,
    playbookVersionRoute,
    playbookCompareRoute,
    playbookEditRoute,
    explainRoute,
    accountRoute,
    systemRoute,
  ]),
])

/** A digest in an address is a number to the router when it has only digits. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

export function createConsoleRouter(client: QueryClient) {
  return createRouter({ routeTree, context: { client }, defaultPreload: 'intent', scrollRestoration: true, defaultPreloadStaleTime: 0 })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>
  }
}
