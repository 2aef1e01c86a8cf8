/**
 * Points at which a test lets this process die as if the power had gone. Inert unless the configuration names one,
 * which it can under NODE_ENV=test only.
 */
import type { Config } from '../config.ts'

export const FAILPOINTS = [
  'after-receipt-commit',
  'before-2xx',
  'inside-apply',
  'after-apply-commit',
  'after-claim',
  'after-attempt',
  'mid-send',
  'after-vendor-2xx',
  'before-outcome-commit',
] as const
export type Failpoint = (typeof FAILPOINTS)[number]

let armed: string | null = null

/** Called once, by `main.ts`. */
export function armFailpoint(config: Pick<Config, 'failpoint' | 'testing'>): void {
  armed = config.testing ? config.failpoint : null
}

/** Ends the process at once and without a word when this point is the armed one. */
export function failpoint(name: Failpoint): void {
  if (name === armed) process.kill(process.pid, 'SIGKILL')
}
