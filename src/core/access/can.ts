/**
 * Who may do what, in one function that denies by default. A private incident exists only for its members: everybody
 * else, the owner too, is answered as if there were none.
 */
import type { PersonId } from '../id.ts'

export type AccessRole = 'owner' | 'admin' | 'responder' | 'stakeholder' | 'auditor'

/** Whoever asks, as the edge has recognised them. */
export interface Viewer {
  readonly personId: PersonId
  readonly name: string
  readonly role: AccessRole
}

export const ACTIONS = [
  'incident.read',
  'incident.declare',
  /** Acknowledge, triage, change severity, mitigate, resolve, note, facts, roles, release. */
  'incident.respond',
  'signal.read',
  'playbook.read',
  /** Try a text of the playbook, and take it away as a patch. */
  'playbook.check',
  /** Put a new text into the folder. */
  'playbook.save',
  'oncall.read',
  'people.read',
  /** Create, change and disable people, make sign-in links for them, see their addresses. */
  'people.manage',
  'source.read',
  'source.manage',
  /** API keys that act as the viewer. */
  'key.own',
  /** See and revoke everybody's keys. */
  'key.manage',
  'audit.read',
  /** Make views anew. */
  'server.maintain',
] as const
export type Action = (typeof ACTIONS)[number]

/** What it is done to; null for actions on nothing in particular. */
export type Resource =
  | { readonly kind: 'incident'; readonly private: boolean; readonly member: boolean }
  | { readonly kind: 'person'; readonly id: PersonId; readonly role: AccessRole }
  | null

const READING: readonly Action[] = ['incident.read', 'playbook.read', 'oncall.read', 'people.read']
const RESPONDING: readonly Action[] = [
  ...READING,
  'playbook.check',
  'incident.declare',
  'incident.respond',
  'signal.read',
  'source.read',
  'key.own',
]
const GRANTED: Readonly<Record<AccessRole, readonly Action[]>> = {
  owner: ACTIONS,
  admin: ACTIONS,
  responder: RESPONDING,
  stakeholder: READING,
  auditor: [...READING, 'signal.read', 'source.read', 'audit.read'],
}

/** Whether that viewer may do that to it; false for whatever is not granted by name. */
export function can(viewer: Viewer, action: Action, resource: Resource = null): boolean {
  if (!GRANTED[viewer.role].includes(action)) return false
  if (resource === null) return true
  switch (resource.kind) {
    case 'incident':
      return !resource.private || resource.member
    case 'person':
      return action !== 'people.manage' || mayManage(viewer, resource)
  }
}

/** Only an owner touches an owner: an administrator cannot become one through a sign-in link or a new role. */
function mayManage(viewer: Viewer, person: { readonly role: AccessRole }): boolean {
  return viewer.role === 'owner' || person.role !== 'owner'
}

/** Everything the viewer may do to something; the console shows no button for the rest. */
export function actionsOf(viewer: Viewer): readonly Action[] {
  return ACTIONS.filter((action) => can(viewer, action))
}
