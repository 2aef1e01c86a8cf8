/** The reader's devices that take push messages, as the server has them. */
import { queryOptions } from '@tanstack/react-query'
import type { PushBody, PushDevice, PushState, PushTested } from '../../src/api/schema.ts'
import { request } from './request.ts'

export const pushQuery = queryOptions({ queryKey: ['push'], queryFn: ({ signal }) => request<PushState>('me/push', { signal }) })

export function subscribePush(body: PushBody): Promise<PushDevice> {
  return request<PushDevice>('me/push', { method: 'POST', body })
}

export function removePush(id: string): Promise<unknown> {
  return request(`me/push/${encodeURIComponent(id)}`, { method: 'DELETE' })
}

export function testPush(id: string): Promise<PushTested> {
  return request<PushTested>(`me/push/${encodeURIComponent(id)}/test`, { method: 'POST' })
}

export function tellPushShown(id: string): Promise<unknown> {
  return request(`me/push/${encodeURIComponent(id)}/shown`, { method: 'POST' })
}
