/** Everything under `/api/v1`: JSON only, nobody unknown, described by OpenAPI. */
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { askRoutes } from '../ask/routes.ts'
import type { DoctorParts } from '../doctor/check.ts'
import { doctorRoutes } from '../doctor/routes.ts'
import { testPager } from '../doctor/test-page.ts'
import { heartbeatRoutes } from '../heartbeat/routes.ts'
import { incidentActRoutes } from '../incident/routes-act.ts'
import { incidentBeneathRoutes } from '../incident/routes-beneath.ts'
import { incidentBetweenRoutes } from '../incident/routes-between.ts'
import { incidentRoutes } from '../incident/routes.ts'
import { mappingRoutes } from '../mapping/routes.ts'
import { keyRoutes } from '../person/key-routes.ts'
import { meRoutes } from '../person/me-routes.ts'
import { personRoutes } from '../person/routes.ts'
import { feedRoutes } from '../oncall/feed-routes.ts'
import { askForLeaver } from '../oncall/leaving.ts'
import { oncallRequestRoutes } from '../oncall/request-routes.ts'
import { oncallRoutes } from '../oncall/routes.ts'
import { signInRoutes } from '../person/sign-in-routes.ts'
import type { ConnectionService } from '../playbook/connections.ts'
import { documentRoutes } from '../playbook/document-routes.ts'
import { explainRoutes } from '../playbook/explain-routes.ts'
import { type PlaybookParts, playbookVersionRoutes } from '../playbook/routes.ts'
import { playbookSaveRoutes } from '../playbook/save-routes.ts'
import type { Ports } from '../ports.ts'
import { pushParts } from '../push/push-parts.ts'
import { pushRoutes } from '../push/routes.ts'
import { whyRoutes } from '../why/routes.ts'
import { alertListRoutes } from './alert-list-routes.ts'
import { maintenanceRoutes } from '../silence/maintenance-routes.ts'
import { silenceRoutes } from '../silence/routes.ts'
import { snoozeRoutes } from '../silence/snooze-routes.ts'
import { sourceTrustRoutes } from '../source/confirm-routes.ts'
import { sourceKeyRoutes } from '../source/key-routes.ts'
import { sourceKindRoutes } from '../source/kind-routes.ts'
import { sourceRoutes } from '../source/routes.ts'
import { sourceTestRoutes } from '../source/test-routes.ts'
import { authenticator } from './authenticate.ts'
import { acceptJson } from './body.ts'
import { openFeed } from './feed.ts'
import type { OncallParts } from './oncall-view.ts'
import { describeApi } from './openapi.ts'
import { playbookRoutes } from './playbook-routes.ts'
import { playbookSchemaRoutes } from './playbook-schema-routes.ts'
import { serviceRoutes } from './service-routes.ts'
import { signalReplayRoutes } from './signal-replay-routes.ts'
import { signalRoutes } from './signal-routes.ts'
import { streamRoutes } from './stream.ts'

export const API_PREFIX = '/api/v1'

export interface ApiParts {
  readonly oncall: OncallParts
  readonly doctor: DoctorParts
  readonly playbook: PlaybookParts
  /** Connections through which sources are asked; none where it is left out. */
  readonly connections?: Pick<ConnectionService, 'asked'>
}

const NO_CONNECTIONS: Pick<ConnectionService, 'asked'> = { asked: () => [] }

export function apiRoutes(ports: Ports, parts: ApiParts): FastifyPluginAsync {
  const oncall = { ports, onCall: parts.oncall.onCall, forget: parts.oncall.forget ?? (() => undefined) }
  return async (app) => {
    acceptJson(app)
    await describeApi(app)
    await app.register(signInRoutes(ports))
    await app.register(playbookSchemaRoutes())
    await app.register(async (inside: FastifyInstance) => {
      const authenticate = authenticator(ports)
      inside.addHook('onRequest', authenticate)
      // A POST that says nothing says `{}`.
      inside.addHook('preValidation', async (request: FastifyRequest) => {
        request.body ??= {}
      })
      for (const routes of [
        incidentRoutes(ports),
        heartbeatRoutes(ports),
        serviceRoutes(ports),
        incidentBeneathRoutes(ports),
        incidentActRoutes(ports),
        incidentBetweenRoutes(ports),
        silenceRoutes(ports),
        maintenanceRoutes(ports),
        snoozeRoutes(ports),
        signalRoutes(ports),
        signalReplayRoutes(ports, parts.playbook),
        alertListRoutes(ports),
        whyRoutes(ports, parts),
        sourceRoutes(ports),
        sourceKeyRoutes(ports),
        sourceKindRoutes(ports),
        sourceTrustRoutes(ports),
        sourceTestRoutes(ports, parts.playbook),
        playbookRoutes(ports, parts.oncall),
        oncallRoutes(oncall),
        oncallRequestRoutes(oncall),
        feedRoutes(oncall),
        playbookVersionRoutes(ports, parts.playbook),
        playbookSaveRoutes(ports, parts.playbook),
        explainRoutes(ports, parts.playbook),
        mappingRoutes(ports, parts.playbook),
        askRoutes(ports, parts.connections ?? NO_CONNECTIONS),
        documentRoutes(ports),
        personRoutes(ports, (tx, viewer, person) => askForLeaver(oncall, tx, viewer, person)),
        meRoutes(ports, testPager(ports, parts.doctor.channels)),
        pushRoutes(ports, pushParts(ports, parts.doctor.channels)),
        keyRoutes(ports),
        doctorRoutes(ports, parts.doctor),
        streamRoutes(ports, openFeed(ports), authenticate),
      ]) {
        await inside.register(routes)
      }
    })
  }
}
