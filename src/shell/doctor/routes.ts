/** `GET /api/v1/doctor`: the report that `tocsin doctor` and the console show. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { DoctorReport } from '../../api/doctor.ts'
import { require } from '../http/authenticate.ts'
import { answers } from '../http/route-kit.ts'
import type { Ports } from '../ports.ts'
import type { DoctorParts } from './check.ts'
import { examine } from './examine.ts'

export function doctorRoutes(ports: Ports, parts: DoctorParts): FastifyPluginAsyncZod {
  let running: Promise<DoctorReport> | null = null
  /** Whoever asks while one runs gets the same: it logs in to the mail server, which must not become a flood. */
  const examineOnce = async () => {
    running ??= examine({ ports, parts, wallClock: Date.now }).finally(() => {
      running = null
    })
    return running
  }
  return async (app) => {
    app.get(
      '/doctor',
      {
        schema: {
          tags: ['server'],
          operationId: 'getDoctorReport',
          summary: 'Whether paging works, failures first',
          response: answers({ 200: DoctorReport }),
        },
      },
      async (request) => {
        // Whoever may see the sources may see this: people who respond, and auditors.
        require(request, 'source.read')
        return examineOnce()
      },
    )
  }
}
