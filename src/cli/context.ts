/** What a command may use of the world, as arguments: the entry gives the real ones, tests and the documentation their own. */
import type { Api } from './client.ts'

export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Writes one block of text and a newline to standard output. */
  readonly print: (text: string) => void
  /** Writes bytes to standard output as they are: documents. */
  readonly write: (bytes: Uint8Array) => void
  /** The same to standard error: what a script that reads the output should not see. */
  readonly warn: (text: string) => void
  /** True where colours help: a terminal, and NO_COLOR unset (https://no-color.org). */
  readonly colour: boolean
  /** Zone of the reader, for times. */
  readonly zone: string
  /** The server's API. @throws {UsageError} when TOCSIN_API_KEY or TOCSIN_URL is missing or not usable. */
  readonly api: () => Api
  /** Tells the exit code where it is not the good one. */
  readonly finish: (code: ExitCode) => void
  /** What was told by `finish`, else good. */
  readonly outcome: () => ExitCode
}

export const EXIT_GOOD = 0
/** Something was found, or the server refused or could not be reached. */
export const EXIT_FINDINGS = 1
export const EXIT_USAGE = 2
export type ExitCode = typeof EXIT_GOOD | typeof EXIT_FINDINGS | typeof EXIT_USAGE

/** The command cannot be run as it was given; the message says what to give. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The server refused, or cannot be reached; the message is for people, `problem` for scripts. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  readonly problem: Readonly<Record<string, unknown>>

  constructor(message: string, problem: Readonly<Record<string, unknown>>) {
    super(message)
    this.problem = problem
  }
}

/** Every command takes it, so that scripts read the API's own JSON. */
export interface JsonOption {
  readonly json?: boolean
}
