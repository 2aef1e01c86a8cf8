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
let passesLeft = 0

/** Called once, by `main.ts`. The setting is a point's name, or `name@3` to die at the third pass. */
export function armFailpoint(config: Pick<Config, 'failpoint' | 'testing'>): void {
  const [name = '', pass = '1'] = (config.testing ? config.failpoint : null)?.split('@') ?? []
  armed = name === '' ? null : name
  passesLeft = Number(pass) - 1
}

/** Ends the process at once and without a word when this point is the armed one. */
export function failpoint(name: Failpoint): void {
  if (name !== armed) return
  if (passesLeft <= 0) process.kill(process.pid, 'SIGKILL')
  passesLeft -= 1
}
