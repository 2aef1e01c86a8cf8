/** `GET /why`: where a signal, an alert or an incident went and why, and why somebody was not paged about it. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Why, WhyQuery } from '../../api/schema.ts'
import type { Viewer } from '../../core/access/can.ts'
import { asId, type PersonId } from '../../core/id.ts'
import type { Tx } from '../database/database.ts'
import { findAlert, showAlert } from '../http/alert-list-store.ts'
import { require } from '../http/authenticate.ts'
import { badField, ProblemError } from '../http/problem.ts'
import { answers } from '../http/route-kit.ts'
import { findSignal, parseSignalId } from '../http/signal-list.ts'
import { loadIncidentFor } from '../incident/find.ts'
import { findPerson, findPersonByEmail, type PersonRow } from '../person/person-store.ts'
import type { Ports } from '../ports.ts'
import { makeWhy, type Subject, type WhyParts } from './why.ts'

const Uuid = z.uuid()

export function whyRoutes(ports: Ports, parts: WhyParts): FastifyPluginAsyncZod {
  const why = makeWhy(ports, parts)
  return async (app) => {
    app.get(
      '/why',
      {
        schema: {
          tags: ['signals'],
          operationId: 'why',
          summary: 'Where it went and why; with a person: why they were paged about it, or were not',
          querystring: WhyQuery,
          response: answers({ 200: Why }),
        },
      },
      async (request) => {
        const viewer = require(request, 'signal.read')
        require(request, 'playbook.read')
        require(request, 'oncall.read')
        const { signal, alert, incident, person } = request.query
        return ports.database.inTransaction('main', async (tx) => {
          const subject: Subject =
            incident === undefined
              ? await findSubject(tx, viewer, { signal, alert })
              : { kind: 'incident', row: await loadIncidentFor(tx, request, incident, 'incident.read') }
          const asked = person === undefined ? null : await findAsked(tx, viewer, person)
          return why(tx, { viewer: viewer.personId, subject, person: asked })
        })
      },
    )
  }
}

async function findSubject(
  tx: Tx,
  viewer: Viewer,
  { signal, alert }: { readonly signal: string | undefined; readonly alert: string | undefined },
): Promise<Subject> {
  if (alert !== undefined) {
    const row = Uuid.safeParse(alert).success ? await findAlert(tx, viewer.personId, alert) : undefined
    if (row === undefined) throw new ProblemError('not-found', { detail: 'There is no such alert.' })
    return { kind: 'alert', alert: showAlert(row) }
  }
  const place = parseSignalId(signal ?? '')
  const found = place === null ? undefined : await findSignal(tx, viewer.personId, place)
  if (found === undefined) throw new ProblemError('not-found', { detail: 'There is no such signal.' })
  return { kind: 'signal', ...found }
}

async function findAsked(tx: Tx, viewer: Viewer, wanted: string): Promise<PersonRow> {
  const id = wanted === 'me' ? viewer.personId : wanted
  const found = Uuid.safeParse(id).success ? await findPerson(tx, asId<PersonId>(id)) : await findPersonByEmail(tx, id)
  if (found === undefined) throw badField('person', 'is nobody here: give an id, an e-mail address, or me')
  return found
}
