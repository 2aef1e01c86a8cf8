/** Binding and closing one server, with errors that name the variable to change. */
import type { Server } from 'node:http'
import { ListenerError } from './listeners-error.ts'

export interface Place {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** The variable that set the port; its twin with HOST set the host. */
  readonly variable: string
}

/** Resolves with the port taken. @throws {ListenerError} when the address cannot be had. */
export async function listen(server: Server, place: Place): Promise<{ port: number }> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(new ListenerError(whyNot(error, place), { cause: error }))
    server.once('error', fail)
    server.listen(place.port, place.host, () => {
      server.off('error', fail)
      resolve()
    })
  })
  const address = server.address()
  return { port: typeof address === 'object' && address !== null ? address.port : place.port }
}

/** Takes no new connection, lets requests under way end, and cuts what is left after `graceMs`. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), graceMs)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
  clearTimeout(cut)
}

/** A host as it stands in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function whyNot(error: NodeJS.ErrnoException, place: Place): string {
  const at = `${hostInUrl(place.host)}:${place.port}`
  const hostVariable = place.variable.replace('PORT', 'HOST')
  if (error.code === 'EADDRINUSE') return `${place.variable}: ${at} is already in use by another process`
  if (error.code === 'EACCES') return `${place.variable}: this user may not listen on ${at}; ports below 1024 need CAP_NET_BIND_SERVICE`
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') return `${hostVariable}: ${place.host} is no address of this machine`
  return `${place.variable}: cannot listen on ${at}: ${error.message}`
}
