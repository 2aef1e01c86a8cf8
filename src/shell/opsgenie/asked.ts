/** What a request says: parameters of its address, and a body that may be missing. */
import type { FastifyRequest } from 'fastify'
import { isObject, type JsonObject, parseJson } from '../../core/alert/json.ts'
import { OpsgenieRefusal } from './answer.ts'

/** One text; several parameters of a name are joined by commas, as Opsgenie's clients write lists. */
export function textOf(object: unknown, name: string): string | null {
  if (!isObject(object) || !Object.hasOwn(object, name)) return null
  const value: unknown = object[name]
  return typeof value === 'string' ? value : Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(',') : null
}

/** `{}` where there is none. @throws 400 for what is no JSON, 422 for what is no object */
export function bodyOf(request: FastifyRequest): JsonObject {
  const body = rawOf(request)
  const json = parseJson(body.length === 0 ? Buffer.from('{}') : body)
  if (json.kind === 'value' && json.value === null) return {}
  if (json.kind === 'value' && isObject(json.value)) return json.value
  throw new OpsgenieRefusal(json.kind === 'fault' ? 400 : 422, 'Request body is not a valid JSON')
}

export function rawOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
}
