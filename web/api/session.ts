/** Signing in and out, and what a person changes about themselves. */
import type { PasswordBody, SignInBody, TestPage } from '../../src/api/schema.ts'
import { request } from './request.ts'

export function signIn(body: SignInBody): Promise<unknown> {
  return request('sign-in', { method: 'POST', body })
}

export function signOut(): Promise<unknown> {
  return request('sign-out', { method: 'POST' })
}

export function setPassword(body: PasswordBody): Promise<unknown> {
  return request('me/password', { method: 'POST', body })
}

export function endSession(id: string): Promise<unknown> {
  return request(`me/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' })
}

/** Sends a test page to every channel of the reader. */
export function pageMe(): Promise<TestPage> {
  return request<TestPage>('me/page', { method: 'POST' })
}
