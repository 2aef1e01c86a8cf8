/** Routes that change incidents: each is one command to the core, in one transaction, answered with the incident after it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  AssignBody,
  DeclareBody,
  FactBody,
  IdParams,
  ImpactBody,
  Incident,
  MoveBody,
  NoteBody,
  ReasonBody,
  ReleaseBody,
  ServiceBody,
  SnoozeBody,
  SeverityBody,
  SummonBody,
  TriageBody,
} from '../../api/schema.ts'
import { asId, type PlaybookDigest } from '../../core/id.ts'
import type { IncidentCommand } from '../../core/incident/command.ts'
import type { Actor, Via } from '../../core/incident/event.ts'
import { measuresOf } from '../../core/playbook/impact.ts'
import { dutyRolesOf } from '../../core/playbook/playbook.ts'
import { parseQuantity, type Quantity } from '../../core/playbook/quantity.ts'
import type { Tx } from '../database/database.ts'
import { act } from '../http/act.ts'
import { actorFrom, require, requesterOf } from '../http/authenticate.ts'
import { findPlaybookVersion } from '../http/playbook-store.ts'
import { badField, ProblemError, refusal, unknownPerson } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import { findPersonNamed } from '../person/person-store.ts'
import type { Ports } from '../ports.ts'
import { readEnd } from '../silence/present.ts'
import { changeInTransaction, openIncident } from './change.ts'
import { loadIncidentFor } from './find.ts'
import type { IncidentRow } from './list-store.ts'
import { findVisibleIncident } from './list-store.ts'
import { observeAcknowledgement } from './observe.ts'
import { addMembers } from './page-store.ts'
import { shower } from './routes.ts'

const tags = ['incidents']
const headers = IdempotencyHeaders
/** For changes whose reason is welcome but not owed by whoever calls from a script. */
const NO_REASON = 'No reason given.'

type Request = FastifyRequest & { readonly params: { readonly id: string } }
type MakeCommand = (by: Actor, context: { tx: Tx; row: IncidentRow; request: FastifyRequest }) => IncidentCommand | Promise<IncidentCommand>

export function incidentActRoutes(ports: Ports): FastifyPluginAsyncZod {
  const command = (request: Request, reply: FastifyReply, make: MakeCommand) =>
    act(ports, request, reply, async (tx) => {
      const row = await loadIncidentFor(tx, request, request.params.id, 'incident.respond')
      const { viewer } = requesterOf(request)
      const asked = await make(actorFrom(viewer), { tx, row, request })
      const result = await changeInTransaction(ports, tx, row.id, asked)
      if (result.kind === 'absent') throw new ProblemError('not-found', { detail: 'There is no such incident.' })
      if (result.kind === 'refused')
        throw refusal(
          result.code,
          await known(ports, tx, result.code, asked.type === 'move-playbook' ? asked.playbook : row.playbook_digest),
        )
      tx.afterCommit(() => observeAcknowledgement(result))
      return { status: 200, body: await read(ports, tx, request, row) }
    })
  return async (app) => {
    app.post(
      '/incidents',
      {
        schema: {
          tags,
          operationId: 'declareIncident',
          summary: 'Declare an incident: its roles are paged at once',
          headers,
          body: DeclareBody,
          response: answers({ 201: Incident }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'incident.declare')
          const { title, summary, severity, type, service, reason } = request.body
          refuseUnknown(ports, { severity, type, service })
          const { id } = await openIncident(ports, tx, {
            by: actorFrom(viewer),
            title,
            summary,
            incidentType: type,
            service,
            severity,
            severityReason: reason === '' ? `Declared by ${viewer.name}.` : reason,
            private: request.body.private,
            sourceId: null,
            groupKey: null,
          })
          const row = await findVisibleIncident(tx, viewer.personId, id)
          if (row === undefined) throw new Error('an incident just declared cannot be seen by who declared it')
          return { status: 201, body: (await shower(ports, tx, [row]))(row) }
        }),
    )

    app.post(
      '/incidents/:id/acknowledge',
      { schema: { ...schema('acknowledge', 'Take it: ends your page, meets the response clock'), body: ReasonBody } },
      (request, reply) =>
        command(request, reply, (by) => ({
          type: 'acknowledge',
          by,
          personId: requesterOf(request).viewer.personId,
          via: viaOf(request),
        })),
    )
    app.post(
      '/incidents/:id/snooze',
      {
        schema: {
          tags,
          operationId: 'snoozeIncident',
          summary: 'You have it, and are paged anew at a time unless it is resolved by then',
          params: IdParams,
          headers,
          body: SnoozeBody,
          response: answers({ 200: Incident }),
        },
      },
      async (request, reply) =>
        command(request, reply, (by, { tx }) => {
          const { until, duration_seconds, reason } = request.body
          const { viewer } = requesterOf(request)
          const end = readEnd({ ends_at: until, duration_seconds }, tx.now, 'until')
          return { type: 'snooze', by, personId: viewer.personId, via: viaOf(request), until: end, reason }
        }),
    )

    app.delete(
      '/incidents/:id/snooze',
      {
        schema: {
          tags,
          operationId: 'wakeIncident',
          summary: 'End a snooze now: whoever snoozed it is paged',
          params: IdParams,
          response: answers({ 200: Incident }),
        },
      },
      async (request, reply) => command(request, reply, (by) => ({ type: 'wake-up', by })),
    )

    app.post(
      '/incidents/:id/decline',
      { schema: { ...schema('decline', 'Say that you cannot: the next person is paged now'), body: ReasonBody } },
      (request, reply) => command(request, reply, (by) => ({ type: 'decline', by, personId: requesterOf(request).viewer.personId })),
    )
    app.post(
      '/incidents/:id/page',
      { schema: { ...schema('callIn', 'Call somebody in: a duty role, or one person, paged until they acknowledge'), body: SummonBody } },
      (request, reply) =>
        command(request, reply, async (by, { tx, row }) => {
          const { who, reason } = request.body
          const playbook = await ports.playbooks.load(tx, asId<PlaybookDigest>(row.playbook_digest))
          const role = dutyRolesOf(playbook).find((name) => name.toLowerCase() === who.toLowerCase())
          if (role !== undefined) return { type: 'summon', by, wanted: { kind: 'role', role }, reason }
          const person = await findPersonNamed(tx, who)
          if (person === undefined) throw unknownPerson('who')
          // Whoever is paged must be able to read the incident.
          if (row.private) await addMembers(tx, row.id, [person.id])
          return { type: 'summon', by, wanted: { kind: 'person', personId: person.id, personName: person.name }, reason }
        }),
    )
    app.post(
      '/incidents/:id/release',
      { schema: { ...schema('release', 'Stop paging a role, or all of them'), body: ReleaseBody } },
      (request, reply) => command(request, reply, (by) => ({ type: 'release', by, role: request.body.role, reason: request.body.reason })),
    )
    app.post(
      '/incidents/:id/triage',
      { schema: { ...schema('triage', 'Say what type it is, and so how severe'), body: TriageBody } },
      (request, reply) =>
        command(request, reply, (by) => ({
          type: 'triage',
          by,
          incidentType: request.body.type,
          severity: request.body.severity,
          reason: request.body.reason,
        })),
    )
    app.post(
      '/incidents/:id/severity',
      { schema: { ...schema('changeSeverity', 'Raise or lower the severity'), body: SeverityBody } },
      (request, reply) =>
        command(request, reply, (by) => ({
          type: 'change-severity',
          by,
          severity: request.body.severity,
          reason: request.body.reason || NO_REASON,
        })),
    )
    app.post(
      '/incidents/:id/impact',
      {
        schema: {
          ...schema('recordImpact', 'Say how bad it is, measured: sets the severity unless a person has chosen it by hand'),
          body: ImpactBody,
        },
      },
      (request, reply) =>
        command(request, reply, (by) => ({
          type: 'record-impact',
          by,
          measure: request.body.measure,
          ...readValue(request.body.value),
          reason: request.body.reason,
        })),
    )
    app.post(
      '/incidents/:id/service',
      { schema: { ...schema('nameService', 'Say what is hit: where it is of another team, its people are paged'), body: ServiceBody } },
      (request, reply) =>
        command(request, reply, (by) => ({ type: 'name-service', by, service: request.body.service, reason: request.body.reason })),
    )
    app.post(
      '/incidents/:id/mitigate',
      { schema: { ...schema('mitigate', 'Say that mitigation has begun'), body: ReasonBody } },
      (request, reply) => command(request, reply, (by) => ({ type: 'mitigate', by })),
    )
    app.post(
      '/incidents/:id/resolve',
      { schema: { ...schema('resolve', 'Resolve it, also while alerts still fire; say why'), body: ReasonBody } },
      (request, reply) =>
        command(request, reply, (by, { row }) => ({ type: 'resolve', by, reason: request.body.reason, firing: Number(row.alerts_firing) })),
    )
    app.post(
      '/incidents/:id/keep-open',
      {
        schema: {
          ...schema('keepOpen', 'Decline its resolution: it stays open, and is not proposed again until an alert fires; say why'),
          body: ReasonBody,
        },
      },
      (request, reply) => command(request, reply, (by) => ({ type: 'decline-resolution', by, reason: request.body.reason })),
    )
    app.post(
      '/incidents/:id/back',
      { schema: { ...schema('goBack', 'Go back from mitigating to triaged: what was tried was no mitigation'), body: ReasonBody } },
      (request, reply) => command(request, reply, (by) => ({ type: 'go-back', by, reason: request.body.reason || NO_REASON })),
    )
    app.post(
      '/incidents/:id/reopen',
      { schema: { ...schema('reopen', 'Open it again: its roles are paged again'), body: ReasonBody } },
      (request, reply) => command(request, reply, (by) => ({ type: 'reopen', by, reason: request.body.reason || NO_REASON })),
    )
    app.post(
      '/incidents/:id/playbook',
      { schema: { ...schema('movePlaybook', 'Go on by a newer version of the playbook'), body: MoveBody } },
      (request, reply) =>
        command(request, reply, async (by, { tx, row }) => ({
          type: 'move-playbook',
          by,
          playbook: await newerVersion(ports, tx, row, request.body.digest),
          reason: request.body.reason,
        })),
    )
    app.post('/incidents/:id/close', { schema: { ...schema('close', 'Close a resolved incident'), body: ReasonBody } }, (request, reply) =>
      command(request, reply, (by) => ({ type: 'close', by, reason: request.body.reason })),
    )
    app.post('/incidents/:id/note', { schema: { ...schema('addNote', 'Add a note to the timeline'), body: NoteBody } }, (request, reply) =>
      command(request, reply, (by) => ({ type: 'note', by, text: request.body.text })),
    )
    app.post(
      '/incidents/:id/facts',
      { schema: { ...schema('recordFact', 'Record a fact that starts clocks, and since when it holds'), body: FactBody } },
      (request, reply) =>
        command(request, reply, (by) => ({
          type: 'record-fact',
          by,
          fact: request.body.fact,
          factAt: Date.parse(request.body.at),
          reason: request.body.reason,
        })),
    )
    app.post(
      '/incidents/:id/roles',
      { schema: { ...schema('assignRole', 'Take an incident role, or give it to somebody'), body: AssignBody } },
      (request, reply) =>
        command(request, reply, async (by, { tx, row }) => {
          const named = request.body.person ?? requesterOf(request).viewer.personId
          const person = await findPersonNamed(tx, named)
          if (person === undefined) throw unknownPerson('person')
          // Whoever holds a role must be able to read the incident.
          if (row.private) await addMembers(tx, row.id, [person.id])
          return { type: 'assign-role', by, role: request.body.role, personId: person.id, personName: person.name }
        }),
    )
  }
}

/** The version in force counts as newer whatever its number: a file that was put back has the number of before. */
async function newerVersion(ports: Ports, tx: Tx, row: IncidentRow, digest: string | null): Promise<PlaybookDigest> {
  const current = ports.playbooks.current().digest
  const wanted = digest === null ? current : asId<PlaybookDigest>(digest)
  const found = await findPlaybookVersion(tx, wanted)
  if (found === undefined)
    throw new ProblemError('playbook-unknown', { errors: [{ field: 'digest', message: 'no version has this digest' }] })
  if (wanted !== current && found.number < row.playbook_version) throw new ProblemError('playbook-older')
  return wanted
}

/** A bare number is of what is counted; the core refuses it for a share or a time. */
function readValue(value: string | number): Quantity {
  const reading = parseQuantity(String(value))
  if (reading.kind === 'unclear') throw badField('value', `${reading.message} ${reading.fix}`)
  return reading.quantity
}

function schema(operationId: string, summary: string) {
  return { tags, operationId, summary, params: IdParams, headers, response: answers({ 200: Incident }) }
}

/** Looked up before the core is asked: an opening with an unknown name throws there. */
function refuseUnknown(
  ports: Ports,
  { severity, type, service }: { readonly severity: string | null; readonly type: string | null; readonly service: string | null },
): void {
  const playbook = ports.playbooks.current()
  const severities = playbook.severities.map((row) => row.id)
  const types = playbook.incidentTypes.map((candidate) => candidate.id)
  if (severity !== null && !severities.includes(severity)) throw refusal('severity-unknown', severities)
  if (type !== null && !types.includes(type)) throw refusal('type-unknown', types)
  const services = playbook.services.map((candidate) => candidate.name)
  if (service !== null && !services.includes(service)) throw refusal('service-unknown', services)
}

async function known(ports: Ports, tx: Tx, code: string, digest: PlaybookDigest): Promise<string[]> {
  const playbook = await ports.playbooks.load(tx, digest)
  if (code === 'severity-unknown') return playbook.severities.map((severity) => severity.id)
  if (code === 'type-unknown') return playbook.incidentTypes.map((type) => type.id)
  if (code === 'service-unknown') return playbook.services.map((service) => service.name)
  if (code === 'measure-unknown') return [...measuresOf(playbook)]
  return code === 'role-unknown' ? playbook.roles.map((role) => role.id) : []
}

async function read(ports: Ports, tx: Tx, request: FastifyRequest, before: IncidentRow): Promise<Incident> {
  const row = await findVisibleIncident(tx, requesterOf(request).viewer.personId, before.id)
  if (row === undefined) throw new Error('an incident that was changed is gone')
  return (await shower(ports, tx, [row]))(row)
}

/** The CLI says who it is; anything else with a key is the API. */
function viaOf(request: FastifyRequest): Via {
  if (requesterOf(request).by === 'session') return 'console'
  return request.headers['user-agent']?.startsWith('tocsin-cli') === true ? 'cli' : 'api'
}
