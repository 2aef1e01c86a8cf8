/** Snoozing one alert, and waking it before its time. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AlertSnooze, IdParams, SnoozeBody } from '../../api/schema.ts'
import type { PersonId } from '../../core/id.ts'
import { matcherOf } from '../../core/playbook/match.ts'
import { toRfc3339 } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'
import { act } from '../http/act.ts'
import { actorFrom, require } from '../http/authenticate.ts'
import { badField, ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import type { Ports } from '../ports.ts'
import { showActor, readEnd } from './present.ts'
import { findSnoozable, type Snoozable } from './snoozable-store.ts'
import { type SnoozeAct, snoozeAlert, wakeAlert } from './snooze-act.ts'
import type { SnoozeRow } from './snooze-store.ts'

const tags = ['silences']
const Uuid = z.uuid()

export function snoozeRoutes(ports: Ports): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/alerts/:id/snooze',
      {
        schema: {
          tags,
          operationId: 'snoozeAlert',
          summary: 'Keep one alert from paging until a time; if it fires still then, it pages',
          params: IdParams,
          headers: IdempotencyHeaders,
          body: SnoozeBody,
          response: answers({ 201: AlertSnooze }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'incident.respond')
          const alert = await load(tx, viewer.personId, request.params.id)
          const { until, duration_seconds, reason } = request.body
          const result = await snoozeAlert(ports, tx, {
            alertId: alert.id,
            fingerprint: alert.fingerprint,
            severity: severityOf(ports, alert),
            until: readEnd({ ends_at: until, duration_seconds }, tx.now, 'until'),
            reason,
            by: actorFrom(viewer),
          })
          return { status: 201, body: show(done(result), alert) }
        }),
    )

    app.delete(
      '/alerts/:id/snooze',
      {
        schema: {
          tags,
          operationId: 'wakeAlert',
          summary: 'End the snooze of an alert now: if it fires, it pages',
          params: IdParams,
          response: answers({ 200: AlertSnooze }),
        },
      },
      async (request) =>
        ports.database.inTransaction('main', async (tx) => {
          const viewer = require(request, 'incident.respond')
          const alert = await load(tx, viewer.personId, request.params.id)
          return show(done(await wakeAlert(ports, tx, alert.fingerprint, actorFrom(viewer))), alert)
        }),
    )
  }
}

async function load(tx: Tx, viewer: PersonId, id: string): Promise<Snoozable> {
  const alert = Uuid.safeParse(id).success ? await findSnoozable(tx, viewer, id) : undefined
  if (alert === undefined) throw new ProblemError('not-found', { detail: 'There is no such alert.' })
  return alert
}

/** By its incident where it has one, else by the rule that it would match. */
function severityOf(ports: Ports, alert: Snoozable): string {
  const playbook = ports.playbooks.current()
  const match = matcherOf(playbook).match(alert.signal, alert.sourceKind)
  return alert.incidentSeverity ?? (match.kind === 'type' ? match.severity : playbook.defaultSeverity)
}

function done(result: SnoozeAct): SnoozeRow {
  if (result.kind === 'done') return result.snooze
  if (result.kind === 'unknown') throw new ProblemError('not-found', { detail: 'This alert is not snoozed.' })
  const { code, message } = result
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
  if (code === 'reason-required') throw new ProblemError('reason-required', { detail: sentence, errors: [{ field: 'reason', message }] })
  if (code === 'too-many') throw new ProblemError('too-many-silences', { detail: sentence })
  throw badField('until', message)
}

function show(snooze: SnoozeRow, alert: Snoozable): AlertSnooze {
  const open = alert.incidentOpen
    ? [`Incident ${alert.incidentNumber ?? ''} is open and goes on paging: snooze the incident as well, if it is to be quiet.`]
    : []
  return {
    id: snooze.id,
    alert_id: alert.id,
    until: toRfc3339(snooze.until),
    reason: snooze.reason,
    author: showActor(snooze.author),
    created_at: toRfc3339(snooze.startsAt),
    ended_at: null,
    warnings: open,
  }
}
