/** Finds the incident a request is about, for whoever asks: one answer for absent, private and nonsense alike. */
import type { FastifyRequest } from 'fastify'
import type { Action } from '../../core/access/can.ts'
import type { Tx } from '../database/database.ts'
import { require } from '../http/authenticate.ts'
import { ProblemError } from '../http/problem.ts'
import { findVisibleIncident, type IncidentRow } from './list-store.ts'
import { findIncidentId } from './store.ts'

/** @throws 403 when the role does not allow the action, 404 when there is no such incident for this reader. */
export async function loadIncidentFor(tx: Tx, request: FastifyRequest, idOrNumber: string, action: Action): Promise<IncidentRow> {
  const viewer = require(request, action)
  const id = await findIncidentId(tx, idOrNumber)
  const row = id === undefined ? undefined : await findVisibleIncident(tx, viewer.personId, id)
  if (row === undefined) throw new ProblemError('not-found', { detail: 'There is no such incident.' })
  return row
}
