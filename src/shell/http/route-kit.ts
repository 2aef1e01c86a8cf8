/** What the routes' descriptions share: how answers and problems stand in OpenAPI. */
import { z } from 'zod'
import { Problem } from '../../api/schema.ts'

const problem = (description: string) => ({ description, content: { 'application/problem+json': { schema: Problem } } })

/** Problems that any route may answer, told once. */
const PROBLEMS = {
  400: problem('The request is not understood; `errors` names the fields.'),
  401: problem('No session, and no API key that is known.'),
  403: problem('The role does not allow it.'),
  404: problem('There is no such thing, or not for you.'),
  409: problem('It is not possible in the present state; `code` says why.'),
  413: problem('The body is too large.'),
  415: problem('The body is not application/json.'),
  422: problem('A field names something that is not there, or lacks something.'),
  429: problem('Too many attempts.'),
  500: problem('Something is wrong in Tocsin.'),
  503: problem('The database cannot be reached.'),
} as const

/** The good answers of a route together with the problems it may answer. */
export function answers<Good extends Record<number, z.ZodType>>(good: Good): Good & typeof PROBLEMS {
  return { ...PROBLEMS, ...good }
}

/** An empty answer. */
export const Nothing = z.undefined().describe('Done; the answer is empty.')

/** Every POST may carry it. */
export const IdempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .max(255)
    .optional()
    .describe('Repeat a request with the same key and it is done once; the answer of the first time is given again for a day.'),
})
