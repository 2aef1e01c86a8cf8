/** SQL of one person's ways to be reached, for a test page. */
import type { PersonId } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'

export interface PersonContacts {
  readonly name: string
  readonly zone: string
  readonly email: string
  /** In the person's order. */
  readonly contacts: readonly { readonly channel: string; readonly address: string }[]
}

export async function findPersonContacts(tx: Tx, personId: PersonId): Promise<PersonContacts | undefined> {
  const { rows } = await tx.query<PersonContacts>(
    `select person.name, person.zone, person.email,
       coalesce((select json_agg(json_build_object('channel', channel, 'address', address) order by place)
                 from contact where contact.person_id = person.id), '[]'::json) as contacts
     from person where id = $1 and disabled_at is null`,
    [personId],
  )
  return rows[0]
}
