/**
 * The console's files from the build's folder, and its one page for every address of the console. Hashed files are
 * kept by browsers for ever; compressed siblings (`.br`, `.gz`) are served where the build made them.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { handleError, sendProblem } from './error-handler.ts'
import { html } from './pages/html.ts'
import { sendPage } from './pages/layout.ts'
import { ProblemError } from './problem.ts'
import { CONSOLE_POLICY } from './security-headers.ts'

/** Paths that are never the console's: an unknown one among them is unknown, not a page. */
const NOT_CONSOLE = /^\/(api|a|hooks|v2|generic|alertmanager|jsm|callbacks|assets|status|metrics|healthz|readyz)(\/|$)/

/** Also answers what no route takes. @param folder of the build; null or not there: a plain page says so */
export function consoleFiles(folder: string | null): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    if (folder !== null) {
      // Looked up at each request: the console may still be built when the server starts.
      await app.register(fastifyStatic, {
        root: folder,
        index: false,
        // A folder is no file; the plugin fails over one when it looks for compressed siblings.
        allowedPath: (path) => !path.endsWith('/'),
        preCompressed: true,
        cacheControl: false,
        setHeaders: (reply, path) => {
          reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
          reply.header('content-security-policy', CONSOLE_POLICY)
        },
      })
    }
    const showConsole = async (request: FastifyRequest, reply: FastifyReply) => {
      const path = request.url.split('?', 1)[0] ?? ''
      if (!['GET', 'HEAD'].includes(request.method) || NOT_CONSOLE.test(path) || !wantsPage(request)) {
        return sendProblem(reply, new ProblemError('not-found', { detail: 'Nothing is at this address.' }))
      }
      if (folder === null || !existsSync(join(folder, 'index.html'))) return sendPage(reply, 503, NOT_BUILT)
      reply.headers({ 'content-security-policy': CONSOLE_POLICY, 'cache-control': 'no-cache' })
      return reply.type('text/html; charset=utf-8').send(titled(await readFile(join(folder, 'index.html'), 'utf8'), path))
    }
    app.get('/', { schema: { hide: true } }, showConsole)
    app.setNotFoundHandler(showConsole)
    app.setErrorHandler(handleError)
  }
}

function wantsPage(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? '*/*'
  return accept.includes('text/html') || accept.includes('*/*')
}

/** What a pasted link unfurls to: whoever fetches it is not known, so it names the number and nothing else. */
function titled(page: string, path: string): string {
  const number = /^\/incidents\/(\d{1,12})$/.exec(path)?.[1]
  if (number === undefined) return page
  const title = `Incident ${number}`
  const tags = html`<meta property="og:title" content="${title}"><meta property="og:site_name" content="Tocsin"><meta property="og:description" content="Sign in to read it.">`
  return page.replace('</head>', `${tags.text}</head>`)
}

const NOT_BUILT = {
  title: 'Tocsin',
  body: html`<h1>The console is being built</h1><p class="sub">Reload in a few seconds. Paging, acknowledge links and the API work meanwhile. If this stays, run <b>npm run build</b> on the server.</p>`,
}
