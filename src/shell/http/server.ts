/**
 * The HTTP server: ingest doors first, then API, pages, console. Wires what the other files of this folder do; binds
 * no address (see listeners.ts).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import cookie from '@fastify/cookie'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import type { Carriers } from '../../integration.ts'
import { callbackRoutes } from '../carrier/callback-routes.ts'
import { reportRoutes } from '../form/routes.ts'
import { heartbeatHookRoutes } from '../heartbeat/hook-routes.ts'
import { httpRequestSeconds, registry } from '../metrics/metrics.ts'
import type { Ports } from '../ports.ts'
import { alertmanagerRoutes } from '../alertmanager-api/routes.ts'
import { API_PREFIX, type ApiParts, apiRoutes } from './api-routes.ts'
import { BODY_BYTES_MAX } from './body.ts'
import { consoleFiles } from './console-files.ts'
import { handleError } from './error-handler.ts'
import { type Checks, healthRoutes } from './health-routes.ts'
import type { DoorHandler, RequestHandler } from './listeners-public.ts'
import { acknowledgeRoutes } from './pages/acknowledge-routes.ts'
import { signInPageRoutes } from './pages/sign-in-page-routes.ts'
import { statusRoutes } from './pages/status-routes.ts'
import { opsgenieRoutes } from '../opsgenie/routes.ts'
import { pushActRoutes } from '../push/act-routes.ts'
import { icalRoutes } from '../oncall/feed-routes.ts'
import { redactUrl } from './redact.ts'
import { setSecurityHeaders } from './security-headers.ts'
import { serializer } from './serializer.ts'

export interface ServerParts extends ApiParts {
  /** Sees every request first; true when it took it. */
  readonly doors: DoorHandler
  /** Beside the database's own: outbox, auditor, intake. */
  readonly checks: Checks
  /** Connections whose vendors call back; none where it is left out. */
  readonly carriers?: Carriers
  /** Folder of the built console; null or missing: a plain page says so. */
  readonly consoleDir: string | null
}

const PARAM_CHARS_MAX = 512

/** Call `ready()` before use; `close()` ends open feeds. */
export function buildServer(ports: Ports, parts: ServerParts): FastifyInstance {
  const { trustedProxies, testing } = ports.config
  const log: FastifyBaseLogger = ports.log
  const app = Fastify({
    serverFactory: (handler) => createServer(doorsFirst(parts.doors, handler)),
    loggerInstance: log,
    childLoggerFactory: (parent, bindings, options) => parent.child(bindings, { ...options, serializers: { req: () => undefined } }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: PARAM_CHARS_MAX, ignoreTrailingSlash: true },
    requestIdHeader: false,
    frameworkErrors: (error, request, reply) => void handleError(error, request, reply),
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializer(ports.log, testing))
  app.setErrorHandler(handleError)
  app.decorateRequest('requester', null)
  app.addHook('onRequest', async (request, reply) => setSecurityHeaders(request, reply))
  watch(app)
  void app.register(cookie)
  void app.register(healthRoutes(ports, parts.checks, registry))
  void app.register(apiRoutes(ports, parts), { prefix: API_PREFIX })
  void app.register(opsgenieRoutes(ports))
  void app.register(heartbeatHookRoutes(ports))
  void app.register(alertmanagerRoutes(ports))
  void app.register(acknowledgeRoutes(ports))
  void app.register(pushActRoutes(ports))
  if (parts.carriers !== undefined) void app.register(callbackRoutes(ports, parts.carriers))
  void app.register(signInPageRoutes(ports))
  void app.register(icalRoutes(ports, parts.oncall.onCall))
  void app.register(statusRoutes(ports))
  void app.register(reportRoutes(ports))
  void app.register(consoleFiles(parts.consoleDir))
  return app
}

/** The handler for listeners that bind elsewhere; `app` must be ready. */
export function handlerOf(app: FastifyInstance, doors: DoorHandler): RequestHandler {
  return doorsFirst(doors, (request, response) => app.routing(request, response))
}

function doorsFirst(doors: DoorHandler, handler: RequestHandler): RequestHandler {
  return (request: IncomingMessage, response: ServerResponse) => {
    if (!doors(request, response)) handler(request, response)
  }
}

/** One line and one observation a request; addresses lose their tokens, and a feed that stays open is not a slow answer. */
function watch(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    const status = `${Math.floor(reply.statusCode / 100)}xx`
    httpRequestSeconds.observe({ route, method: request.method, status }, reply.elapsedTime / 1_000)
    request.log.debug(
      { method: request.method, path: redactUrl(request.url), status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    )
  })
}
