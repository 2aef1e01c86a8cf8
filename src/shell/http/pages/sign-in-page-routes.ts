/** `/sign-in/<token>`: shows a button, so that a mail scanner uses up nothing; pressing it signs in, once. */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { createSession } from '../../person/session-store.ts'
import { findSignInLink, type SignInLinkState, useSignInLink } from '../../person/sign-in.ts'
import type { Ports } from '../../ports.ts'
import { refuseCrossSite } from '../cross-site.ts'
import { setSessionCookie } from '../session-cookie.ts'
import { acceptForm } from './form.ts'
import { html } from './html.ts'
import { type PageParts, sendPage } from './layout.ts'
import { handlePageError } from './plain-pages.ts'

interface TokenRoute {
  Params: { token: string }
}

export function signInPageRoutes(ports: Ports): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    acceptForm(app)
    app.setErrorHandler(handlePageError)
    const schema = { hide: true }

    app.get<TokenRoute>('/sign-in/:token', { schema }, async (request, reply) => {
      const state = await ports.database.inTransaction('main', (tx) => findSignInLink(tx, request.params.token))
      return sendPage(reply, STATUS[state.kind], pageOf(state))
    })

    app.post<TokenRoute>('/sign-in/:token', { schema }, async (request, reply) => {
      refuseCrossSite(request, ports.config.url, false)
      const { state, session } = await ports.database.inTransaction('main', async (tx) => {
        const used = await useSignInLink(tx, request.params.token)
        return { state: used, session: used.kind === 'usable' ? await createSession(tx, used.personId) : null }
      })
      if (session === null) return sendPage(reply, STATUS[state.kind], pageOf(state))
      setSessionCookie(request, reply, session)
      return reply.redirect('/incidents', 303)
    })
  }
}

const STATUS = { usable: 200, used: 410, expired: 410, unknown: 404 } as const

function pageOf(state: SignInLinkState): PageParts {
  if (state.kind === 'usable') {
    return {
      title: 'Sign in to Tocsin',
      body: html`<h1>Sign in as ${state.name}</h1><p class="sub">This link works once. Set a password in the console under your account to sign in without one.</p>`,
      form: html`<form method="post"><button class="main">Sign in</button></form>`,
    }
  }
  return {
    title: 'Sign-in link',
    body: html`<h1>${HEADINGS[state.kind]}</h1><p class="sub">Ask an administrator for a new link, or make one on the server with <b>npx tocsin user link</b>.</p>`,
    form: html`<div class="bar"><a class="go" href="/sign-in">Sign in with a password</a></div>`,
  }
}

const HEADINGS = {
  used: 'This link has been used',
  expired: 'This link has expired',
  unknown: 'This link is not known',
} as const
