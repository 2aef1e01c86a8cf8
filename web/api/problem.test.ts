import { expect, test } from 'vitest'
import { REFUSAL_CODES } from '../../src/core/incident/command.ts'
import { ApiError, explainError, explainReading, fieldError, isPassing } from './problem.ts'

const error = (status: number, code = 'x', message = 'Something') => new ApiError({ status, code, message })

test('every refusal that a person can meet is explained in words of its own', () => {
  const met = REFUSAL_CODES.filter((code) => !['incident-not-opened', 'incident-already-opened'].includes(code))
  for (const code of met) expect(explainError(error(409, code, 'plain')), code).not.toBe('plain.')
})

test('what was not done is told apart from what may have been done', () => {
  expect(explainError(error(0, 'unreachable'))).toContain('nothing was changed')
  expect(explainError(error(0, 'timeout'))).toContain('may have happened')
  expect(explainError(error(500))).toContain('may not have happened')
})

test('a page that cannot be read says nothing about changes', () => {
  for (const status of [0, 500, 502, 503])
    expect(explainReading(error(status, status === 0 ? 'unreachable' : 'x'))).not.toMatch(/changed|happened/u)
})

test('asking again is worth it when the server was away, not when it said no', () => {
  expect([0, 429, 500, 503].map((status) => isPassing(error(status)))).toEqual([true, true, true, true])
  expect([400, 403, 404, 409].map((status) => isPassing(error(status)))).toEqual([false, false, false, false])
})

test('the message of a field is found by its name or by a path that ends in it', () => {
  const refused = new ApiError({
    status: 400,
    code: 'invalid-request',
    message: '',
    fields: [{ field: 'body.title', message: 'too long' }],
  })
  expect(fieldError(refused, 'title')).toBe('too long')
  expect(fieldError(refused, 'summary')).toBeUndefined()
})
