/**
 * `/report/ticket` and `/report/security`: open where the playbook opens them, for anybody, without a session. A report is
 * a receipt first, as every signal is; only then the reporter gets a reference.
 */
import type { FastifyError, FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { readForm, type Report, toReference } from '../../core/form/report-form.ts'
import { findReportForm, type ReportKind, type ReportWay } from '../../core/playbook/report.ts'
import { receiveAgain } from '../alert/door-table.ts'
import { findIntake } from '../alert/intake.ts'
import { refuseCrossSite } from '../http/cross-site.ts'
import { createLimiter } from '../http/limiter.ts'
import { sendPage } from '../http/pages/layout.ts'
import { ProblemError } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { digestOf, makeToken, readToken } from './form-token.ts'
import { busyPage, closedPage, formPage, NO_VALUES, refusedPage, takenPage, TRAP_FIELD } from './report-page.ts'
import { ensureReportSource } from './report-source.ts'

const FORM_BYTES_MAX = 65_536
const WINDOW_MS = 600_000
/** Reports of one address, and of all together, within the window. */
const REPORTS_PER_ADDRESS_MAX = 5
const REPORTS_MAX = 60
const EVERYBODY = 'everybody'

interface FormRoute {
  Params: { kind: string }
  Body: URLSearchParams | undefined
}

function show(reply: FastifyReply, status: number, kind: ReportKind, state: Partial<Parameters<typeof formPage>[1]>): FastifyReply {
  const token = makeToken(Date.now())
  return sendPage(reply, status, formPage(kind, { token, values: NO_VALUES, faults: {}, notice: null, ...state }))
}

export function reportRoutes(ports: Ports): FastifyPluginAsync {
  const perAddress = createLimiter({ failuresMax: REPORTS_PER_ADDRESS_MAX, windowMs: WINDOW_MS })
  const together = createLimiter({ failuresMax: REPORTS_MAX, windowMs: WINDOW_MS })

  const take = async (request: FastifyRequest<FormRoute>, reply: FastifyReply, kind: ReportKind, way: ReportWay) => {
    const body = request.body ?? new URLSearchParams()
    const reading = readForm(kind, (name) => body.get(name) ?? '')
    const { values } = reading
    if (body.get(TRAP_FIELD))
      return show(reply, 400, kind, { values, notice: 'Please leave the field “Leave this empty” empty, and send again.' })
    if (reading.kind === 'incomplete') return show(reply, 400, kind, { values, faults: reading.faults, notice: 'Nothing was sent yet.' })
    const token = readToken(body.get('token') ?? '', Date.now())
    if (token.kind !== 'good')
      return show(reply, 400, kind, { values, notice: 'Nothing was sent yet: please look it over and send it once more.' })
    const waitSeconds = Math.max(perAddress.waitSeconds(request.ip), together.waitSeconds(EVERYBODY))
    if (waitSeconds > 0) return sendPage(reply.header('retry-after', String(waitSeconds)), 429, busyPage())
    const reference = toReference(kind, digestOf(token.nonce))
    const kept = await keep(ports, { kind, reference, alarm: way.alarm, ...values })
    if (!kept)
      return show(reply.header('retry-after', '5'), 503, kind, {
        values,
        notice: 'It could not be kept just now: please send it once more.',
      })
    perAddress.fail(request.ip)
    together.fail(EVERYBODY)
    return sendPage(reply, 200, takenPage(kind, reference))
  }

  return async (app: FastifyInstance) => {
    app.removeAllContentTypeParsers()
    const options = { parseAs: 'string', bodyLimit: FORM_BYTES_MAX } as const
    app.addContentTypeParser('application/x-www-form-urlencoded', options, (_request, body: string, done) =>
      done(null, new URLSearchParams(body)),
    )
    app.setErrorHandler(handleReportError)
    const schema = { hide: true }
    app.get<FormRoute>('/report/:kind', { schema }, async (request, reply) => {
      const open = findOpen(ports, request.params.kind)
      return open === undefined ? sendPage(reply, 404, closedPage()) : show(reply, 200, open.kind, {})
    })
    app.post<FormRoute>('/report/:kind', { schema }, async (request, reply) => {
      refuseCrossSite(request, ports.config.url, false)
      const open = findOpen(ports, request.params.kind)
      return open === undefined ? sendPage(reply, 404, closedPage()) : take(request, reply, open.kind, open)
    })
  }
}

function handleReportError(error: FastifyError | ProblemError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const given = error instanceof ProblemError ? error.status : error.statusCode
  const status = given !== undefined && given >= 400 && given < 500 ? given : 500
  if (status === 500) request.log.error({ err: error }, 'a report form failed for a reason that is ours')
  return sendPage(reply, status, refusedPage(status))
}

function findOpen(ports: Ports, kind: string): ReportWay | undefined {
  return kind === 'ticket' || kind === 'security' ? findReportForm(ports.playbooks.current(), kind) : undefined
}

/** False when it may not be on disk. */
async function keep(ports: Ports, report: Report): Promise<boolean> {
  const intake = findIntake(ports)
  if (intake === undefined || intake.isFull()) return false
  try {
    const source = await ensureReportSource(ports, report.kind, 'form')
    const body = Buffer.from(JSON.stringify(report))
    return await intake.accept({
      source,
      door: 'form',
      path: `/report/${report.kind}`,
      body,
      read: (message) => receiveAgain('form', message),
    })
  } catch (error) {
    ports.log.warn({ err: error }, 'a report could not be kept; its writer is told to send it again')
    return false
  }
}
