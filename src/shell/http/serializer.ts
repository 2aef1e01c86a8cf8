/**
 * Writes answers by their schema: what the schema does not name is left out. An answer that does not fit is a defect of
 * ours; in tests it fails the request, else it is logged and sent as it is, because a reader at 03:00 needs it more
 * than its exactness.
 */
import type { FastifySerializerCompiler } from 'fastify/types/schema.js'
import type { Logger } from 'pino'
import { type z } from 'zod'
import { ZodType } from 'zod'

export function serializer(log: Logger, strict: boolean): FastifySerializerCompiler<z.ZodType> {
  return ({ schema, method, url }) => {
    if (!(schema instanceof ZodType)) return (data) => JSON.stringify(data)
    return (data) => {
      const checked = schema.safeEncode(data)
      if (checked.success) return JSON.stringify(checked.data)
      if (strict) throw new Error(`the answer of ${method} ${url} does not fit its schema`, { cause: checked.error })
      log.error({ route: `${method} ${url}`, issues: checked.error.issues.slice(0, 5) }, 'an answer does not fit its schema')
      return JSON.stringify(data)
    }
  }
}
