/** People: who there is, and making, changing and letting in those who are new. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { IdParams, listOf, ListQuery, Person, PersonBody, PersonPatch, SignInLink } from '../../api/schema.ts'
import type { Viewer } from '../../core/access/can.ts'
import { asId, type PersonId } from '../../core/id.ts'
import { toRfc3339 } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { act, actWithSecret } from '../http/act.ts'
import { require } from '../http/authenticate.ts'
import { readCursor, toList } from '../http/cursor.ts'
import { ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import type { Ports } from '../ports.ts'
import { changePerson, createPerson, findPerson, findPersonByEmail, listPeople, lockActiveOwners, type PersonRow } from './person-store.ts'
import { showPerson } from './present.ts'
import { recordAccess } from './record.ts'
import { createSignInLink, SIGN_IN_LINK_MS } from './sign-in.ts'
import { refuseUnknownZone } from './zone.ts'

const tags = ['people']
const headers = IdempotencyHeaders
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** @param onLeave what follows, in the same transaction, when somebody is disabled */
export function personRoutes(
  ports: Ports,
  onLeave: (tx: Tx, viewer: Viewer, person: PersonRow) => Promise<void> = async () => undefined,
): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/people',
      {
        schema: {
          tags,
          operationId: 'listPeople',
          summary: 'People, by name',
          querystring: ListQuery,
          response: answers({ 200: listOf(Person) }),
        },
      },
      async (request) => {
        const viewer = require(request, 'people.read')
        const { cursor, limit } = request.query
        const after = readCursor(cursor, 'uuid')
        const rows = await ports.database.inTransaction('main', (tx) =>
          listPeople(tx, { limit: limit + 1, after: after === null ? null : asId<PersonId>(after) }),
        )
        return toList(
          rows,
          limit,
          (row) => row.id,
          (row) => showPerson(row, viewer),
        )
      },
    )

    app.get(
      '/people/:id',
      {
        schema: {
          tags,
          operationId: 'getPerson',
          summary: 'One person, by id or e-mail address',
          params: IdParams,
          response: answers({ 200: Person }),
        },
      },
      async (request) => {
        const viewer = require(request, 'people.read')
        return ports.database.inTransaction('main', async (tx) => showPerson(await load(tx, request.params.id), viewer))
      },
    )

    app.post(
      '/people',
      {
        schema: {
          tags,
          operationId: 'createPerson',
          summary: 'Add a person',
          headers,
          body: PersonBody,
          response: answers({ 201: Person }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'people.manage')
          refuseOwnerBy(viewer.role, request.body.role)
          refuseUnknownZone(request.body.zone)
          if ((await findPersonByEmail(tx, request.body.email)) !== undefined) {
            throw new ProblemError('already-exists', { errors: [{ field: 'email', message: 'somebody has this address already' }] })
          }
          const person = await createPerson(tx, request.body)
          await recordAccess(tx, viewer, { act: 'person.created', subject: `person:${person.id}`, data: { role: person.role } })
          return { status: 201, body: showPerson(person, viewer) }
        }),
    )

    app.patch(
      '/people/:id',
      {
        schema: {
          tags,
          operationId: 'changePerson',
          summary: 'Change a person; disabling ends their sessions and keys at once',
          params: IdParams,
          body: PersonPatch,
          response: answers({ 200: Person }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const person = await load(tx, request.params.id)
          const viewer = require(request, 'people.manage', { kind: 'person', id: person.id, role: person.role })
          const { role, disabled } = request.body
          refuseOwnerBy(viewer.role, role)
          refuseUnknownZone(request.body.zone)
          if (person.role === 'owner' && (disabled === true || (role !== undefined && role !== 'owner')))
            await refuseLastOwner(tx, person.id)
          await changePerson(tx, person.id, request.body)
          await recordAccess(tx, viewer, {
            act: 'person.changed',
            subject: `person:${person.id}`,
            data: { ...(role === undefined ? {} : { role }), ...(disabled === undefined ? {} : { disabled }) },
          })
          if (disabled === true && person.disabledAt === null) await onLeave(tx, viewer, person)
          return showPerson(await load(tx, person.id), viewer)
        }),
    )

    app.post(
      '/people/:id/sign_in_link',
      {
        schema: {
          tags,
          operationId: 'createSignInLink',
          summary: 'A link that signs this person in once, within 15 minutes',
          params: IdParams,
          headers,
          response: answers({ 201: SignInLink }),
        },
      },
      async (request, reply) =>
        actWithSecret(ports, request, reply, async (tx) => {
          const person = await load(tx, request.params.id)
          const viewer = require(request, 'people.manage', { kind: 'person', id: person.id, role: person.role })
          if (person.disabledAt !== null) throw new ProblemError('not-found', { detail: 'This person is disabled.' })
          const token = await createSignInLink(tx, person.id)
          await recordAccess(tx, viewer, { act: 'person.sign-in-link-made', subject: `person:${person.id}` })
          return { status: 201, body: { url: `${ports.config.url}/sign-in/${token}`, expires_at: toRfc3339(tx.now + SIGN_IN_LINK_MS) } }
        }),
    )
  }
}

async function load(tx: Tx, idOrEmail: string): Promise<PersonRow> {
  const person = UUID.test(idOrEmail)
    ? await findPerson(tx, asId<PersonId>(idOrEmail.toLowerCase()))
    : await findPersonByEmail(tx, idOrEmail.replaceAll('\u0000', ''))
  if (person === undefined) throw new ProblemError('not-found', { detail: 'There is no such person.' })
  return person
}

/** An administrator cannot make owners. */
function refuseOwnerBy(own: string, wanted: string | undefined): void {
  if (wanted === 'owner' && own !== 'owner') throw new ProblemError('forbidden', { detail: 'Only an owner makes an owner.' })
}

/** The roster falls back to the owners when nobody holds a role: there is always one. */
async function refuseLastOwner(tx: Tx, leaving: PersonId): Promise<void> {
  const owners = await lockActiveOwners(tx)
  if (owners.every((id) => id === leaving)) throw new ProblemError('last-owner')
}
