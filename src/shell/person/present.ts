/** People, sessions and keys as the API shows them. */
import type { ApiKey, Person, Session } from '../../api/schema.ts'
import { can, type Viewer } from '../../core/access/can.ts'
import type { ApiKeyRow } from './api-key-store.ts'
import type { PersonRow } from './person-store.ts'
import type { SessionRow } from './session-store.ts'

/** Addresses are shown to the person and to those who manage people. */
export function showPerson(row: PersonRow, viewer: Viewer): Person {
  const shown = row.id === viewer.personId || can(viewer, 'people.manage')
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    zone: row.zone,
    role: row.role,
    contacts: [...row.contacts, CONSOLE].map((contact) => ({
      channel: contact.channel,
      address: shown ? contact.address : null,
      verified_at: contact.verifiedAt === null ? null : new Date(contact.verifiedAt).toISOString(),
    })),
    disabled_at: row.disabledAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
  }
}

/** Everybody can be paged in the console. */
const CONSOLE = { channel: 'console', address: null, verifiedAt: null }

export function showSession(row: SessionRow, currentId: string | null): Session {
  return {
    id: row.id,
    created_at: row.createdAt.toISOString(),
    last_seen_at: row.lastSeenAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    current: row.id === currentId,
  }
}

export function showApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    person: { id: row.personId, name: row.personName, email: row.personEmail },
    created_at: row.createdAt.toISOString(),
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    expires_at: row.expiresAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
  }
}
