/**
 * Sentry, asked for issues. Its API lists issues, not which of them have alarmed: so only those open something that a search
 * of yours calls bad, by default the fatal ones of the last day; all unresolved ones are what still goes on.
 * Source: https://docs.sentry.io/api/events/list-an-organizations-issues/ and /api/pagination/ (read 2026-11-24).
 */
import { isObject } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import type { AskConnection, Asked, AskSource } from '../../integration.ts'
import { getJson } from '../../integration-asked.ts'
import { readIssue } from './issue.ts'

const PAGES_MAX = 10
const PAGE_SIZE = 100
const DEFAULT_SEARCH = 'is:unresolved level:fatal lastSeen:-24h'

export const askSentry: AskSource = {
  kind: 'sentry',
  title: 'Sentry issues',
  doors: ['sentry'],
  settings: {
    organization: 'Slug of the organization.',
    search: `Search for issues that open an incident here where they are not known. Left out: ${DEFAULT_SEARCH}`,
    project: 'Id of the one project to look at. Left out: all.',
  },
  ask,
}

async function ask(connection: AskConnection, signal: AbortSignal): Promise<Asked> {
  if (connection.settings['organization'] === undefined) return { kind: 'failed', reason: 'its settings name no organization' }
  const bad = await list(connection, connection.settings['search'] ?? DEFAULT_SEARCH, signal)
  if (bad.kind === 'failed') return bad
  const open = await list(connection, 'is:unresolved', signal)
  if (open.kind === 'failed') return open
  // Metric alerts have keys of their own and are not issues: nothing can be said of them.
  const note = `${open.complete ? '' : `More than ${PAGES_MAX * PAGE_SIZE} issues are unresolved; the rest was not asked for. `}Metric alerts cannot be asked for.`
  return { kind: 'answered', signals: bad.signals, quiet: open.signals, complete: false, note }
}

type Listed =
  | { readonly kind: 'listed'; readonly signals: Signal[]; readonly complete: boolean }
  | { readonly kind: 'failed'; readonly reason: string }

async function list(connection: AskConnection, search: string, signal: AbortSignal): Promise<Listed> {
  const { organization = '', project } = connection.settings
  const signals: Signal[] = []
  let cursor: string | null = ''
  for (let page = 0; page < PAGES_MAX && cursor !== null; page += 1) {
    if (signal.aborted) return { kind: 'failed', reason: 'it took too long' }
    const query = new URLSearchParams({
      query: search,
      limit: String(PAGE_SIZE),
      ...(project === undefined ? {} : { project }),
      ...(cursor === '' ? {} : { cursor }),
    })
    const answer = await getJson(
      connection,
      `/api/0/organizations/${encodeURIComponent(organization)}/issues/?${query}`,
      headersOf(connection),
    )
    if (answer.kind === 'failed') return answer
    if (!Array.isArray(answer.value)) return { kind: 'failed', reason: 'its answer is no list of issues' }
    signals.push(...(answer.value as readonly unknown[]).flatMap((issue) => (isObject(issue) ? (readIssue(issue) ?? []) : [])))
    cursor = nextCursor(answer.headers['link'] ?? '')
  }
  return { kind: 'listed', signals, complete: cursor === null }
}

function headersOf({ secret }: AskConnection): Record<string, string> {
  return secret === null ? {} : { authorization: `Bearer ${secret}` }
}

/** `<…>; rel="next"; results="true"; cursor="0:100:0"`. */
function nextCursor(link: string): string | null {
  return /rel="next";\s*results="true";\s*cursor="([^"]{1,100})"/.exec(link)?.[1] ?? null
}
