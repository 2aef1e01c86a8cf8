/** The report that `tocsin doctor` and the console show, and test pages for anybody who may be paged. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { DoctorQuery, DoctorReport, RebuildBody, Rebuilt, TestPageBody } from '../../api/doctor.ts'
import { TestPage } from '../../api/schema.ts'
import { require } from '../http/authenticate.ts'
import { ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import { rebuildViews } from '../incident/rebuild.ts'
import { findPersonNamed } from '../person/person-store.ts'
import type { Ports } from '../ports.ts'
import type { DoctorParts } from './check.ts'
import { examine } from './examine.ts'
import { testPager } from './test-page.ts'

export function doctorRoutes(ports: Ports, parts: DoctorParts): FastifyPluginAsyncZod {
  let running: Promise<DoctorReport> | null = null
  /** Whoever asks while one runs gets the same: it logs in to the mail server, which must not become a flood. */
  const examineOnce = async () => {
    running ??= examine({ ports, parts, wallClock: Date.now }).finally(() => {
      running = null
    })
    return running
  }
  const sendTestPage = testPager(ports, parts.channels)
  return async (app) => {
    app.post(
      '/test_pages',
      {
        schema: {
          tags: ['server'],
          operationId: 'pageForTest',
          summary: 'Page somebody for a test: one message on each of their channels',
          headers: IdempotencyHeaders,
          body: TestPageBody,
          response: answers({ 200: TestPage }),
        },
      },
      async (request) => {
        require(request, 'incident.declare')
        const named = request.body.person
        const person = await ports.database.inTransaction('main', (tx) => findPersonNamed(tx, named))
        if (person === undefined) throw new ProblemError('person-unknown', { errors: [{ field: 'person', message: 'names nobody' }] })
        return sendTestPage(person.id)
      },
    )

    app.post(
      '/views/rebuild',
      {
        schema: {
          tags: ['server'],
          operationId: 'rebuildViews',
          summary: 'Compare the views of incidents with their events, and make anew those that differ where asked to',
          headers: IdempotencyHeaders,
          body: RebuildBody,
          response: answers({ 200: Rebuilt }),
        },
      },
      async (request) => {
        require(request, 'server.maintain')
        const { write } = request.body
        const { incidents, differing } = await rebuildViews(ports, { write })
        return { incidents, differing: differing.map((one) => ({ number: one.number, parts: [...one.parts] })), written: write }
      },
    )

    app.get(
      '/doctor',
      {
        schema: {
          tags: ['server'],
          operationId: 'getDoctorReport',
          summary: 'Whether paging works, failures first',
          querystring: DoctorQuery,
          response: answers({ 200: DoctorReport }),
        },
      },
      async (request) => {
        // Whoever may see the sources may see this: people who respond, and auditors.
        require(request, 'source.read')
        const { part } = request.query
        return part === undefined ? examineOnce() : examine({ ports, parts, wallClock: Date.now }, part)
      },
    )
  }
}
