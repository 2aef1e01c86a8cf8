/** What a person can do to an incident, as one mutation; acknowledging and taking a role show at once. */
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import type { Incident, Me } from '../../src/api/schema.ts'
import { serverNow } from '../lib/now.ts'
import { acknowledgePath, queueOutgoing } from '../lib/offline/outgoing.ts'
import { keys } from './keys.ts'
import { isUnreachable } from './problem.ts'
import { freshKey, request } from './request.ts'

export type IncidentAction =
  | { readonly type: 'acknowledge' }
  | { readonly type: 'mitigate' }
  | { readonly type: 'decline' }
  | { readonly type: 'resolve' | 'keep-open' | 'reopen' | 'close'; readonly reason: string }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'severity'; readonly severity: string; readonly reason: string }
  | { readonly type: 'triage'; readonly incidentType: string | null; readonly severity: string | null; readonly reason: string }
  | { readonly type: 'release'; readonly role: string | null; readonly reason: string }
  | { readonly type: 'call'; readonly who: string; readonly reason: string }
  | { readonly type: 'impact'; readonly measure: string; readonly value: string; readonly reason: string }
  | { readonly type: 'merge'; readonly into: string; readonly reason: string }
  | { readonly type: 'unmerge'; readonly reason: string }
  | { readonly type: 'link' | 'unlink'; readonly to: string; readonly reason: string }
  | { readonly type: 'snooze'; readonly seconds: number; readonly reason: string }
  | { readonly type: 'wake' }
  | { readonly type: 'move'; readonly digest: string; readonly reason: string }
  | { readonly type: 'assign'; readonly role: string; readonly personId: string | null }

/** Path below the incident and body of that action. */
function toRequest(action: IncidentAction): { readonly path: string; readonly body: Record<string, unknown>; readonly method?: 'DELETE' } {
  switch (action.type) {
    case 'acknowledge':
    case 'mitigate':
    case 'decline':
      return { path: action.type, body: {} }
    case 'resolve':
    case 'keep-open':
    case 'reopen':
    case 'close':
      return { path: action.type, body: { reason: action.reason } }
    case 'note':
      return { path: 'note', body: { text: action.text } }
    case 'severity':
      return { path: 'severity', body: { severity: action.severity, reason: action.reason } }
    case 'triage':
      return { path: 'triage', body: { type: action.incidentType, severity: action.severity, reason: action.reason } }
    case 'release':
      return { path: 'release', body: { role: action.role, reason: action.reason } }
    case 'call':
      return { path: 'page', body: { who: action.who, reason: action.reason } }
    case 'impact':
      return { path: 'impact', body: { measure: action.measure, value: action.value, reason: action.reason } }
    case 'merge':
      return { path: 'merge', body: { into: action.into, reason: action.reason } }
    case 'unmerge':
      return { path: 'unmerge', body: { reason: action.reason } }
    case 'link':
    case 'unlink':
      return { path: action.type, body: { to: action.to, reason: action.reason } }
    case 'snooze':
      return { path: 'snooze', body: { duration_seconds: action.seconds, reason: action.reason } }
    case 'wake':
      return { path: 'snooze', body: {}, method: 'DELETE' }
    case 'move':
      return { path: 'playbook', body: { digest: action.digest, reason: action.reason } }
    case 'assign':
      return { path: 'roles', body: { role: action.role, ...(action.personId === null ? {} : { person: action.personId }) } }
  }
}

/** `ref` is the incident's number or id as the page's address has it. */
export function useIncidentAction(ref: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (action: IncidentAction) => {
      const { path, body, method = 'POST' } = toRequest(action)
      if (action.type === 'acknowledge') return acknowledge(client, ref)
      return request<unknown>(`incidents/${encodeURIComponent(ref)}/${path}`, method === 'POST' ? { method, body } : { method })
    },
    onMutate: async (action) => {
      await client.cancelQueries({ queryKey: keys.incident(ref), exact: true })
      const before = client.getQueryData<Incident>(keys.incident(ref))
      if (before !== undefined) client.setQueryData(keys.incident(ref), showAtOnce(before, action, client))
      return { before }
    },
    onSuccess: (answer, _action, context) => {
      // It only waits to be sent: the incident is not acknowledged yet, and is not shown as such.
      if (answer === QUEUED && context?.before !== undefined) client.setQueryData(keys.incident(ref), context.before)
    },
    onError: (_error, _action, context) => {
      if (context?.before !== undefined) client.setQueryData(keys.incident(ref), context.before)
    },
    // Not awaited: the action is done when the server said so, whatever is fetched after it.
    onSettled: () => void refetchIncident(client, ref),
  })
}

const QUEUED = Symbol('queued')

/** Where no server answers it is kept, and sent when one does: who was woken must not have to press until it gets through. */
async function acknowledge(client: QueryClient, ref: string): Promise<unknown> {
  const idempotencyKey = freshKey()
  try {
    return await request<unknown>(`incidents/${encodeURIComponent(ref)}/acknowledge`, { method: 'POST', body: {}, idempotencyKey })
  } catch (error) {
    const me = client.getQueryData<Me>(keys.me)
    if (me === undefined || !isUnreachable(error)) throw error
    const number = client.getQueryData<Incident>(keys.incident(ref))?.number ?? (/^\d+$/.test(ref) ? Number(ref) : null)
    const entry = { id: idempotencyKey, personId: me.id, path: acknowledgePath(ref), number }
    await queueOutgoing(entry, serverNow()).catch(() => {
      throw error
    })
    return QUEUED
  }
}

async function refetchIncident(client: QueryClient, ref: string): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: keys.incident(ref) }),
    client.invalidateQueries({ queryKey: keys.incidents }),
    client.invalidateQueries({ queryKey: keys.me }),
  ])
}

function showAtOnce(incident: Incident, action: IncidentAction, client: QueryClient): Incident {
  const me = client.getQueryData<Me>(keys.me)
  const at = new Date(serverNow()).toISOString()
  if (action.type === 'acknowledge') return { ...incident, acknowledged_at: incident.acknowledged_at ?? at, paging_you: false }
  if (action.type === 'assign' && action.personId === null && me !== undefined) {
    const person = { id: me.id, name: me.name, email: me.email }
    return { ...incident, roles: incident.roles.map((role) => (role.role === action.role ? { ...role, person, since: at } : role)) }
  }
  return incident
}
