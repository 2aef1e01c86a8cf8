/** What the thread that checks texts refuses, as the edge answers it. */
import { ProblemError } from '../http/problem.ts'
import { CheckerBusy, CheckFailed } from './checker.ts'

const RETRY_SECONDS = 2

/** @throws {ProblemError} where it is busy, or gave up */
export async function overThread<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof CheckerBusy) throw new ProblemError('too-many-requests', { retryAfterSeconds: RETRY_SECONDS })
    if (error instanceof CheckFailed)
      throw new ProblemError('playbook-unchecked', { detail: `The text could not be checked: ${error.message}.` })
    throw error
  }
}
