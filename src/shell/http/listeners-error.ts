/** A listener cannot be had as it was set up; the message names the variable to change and is told without a stack. */
export class ListenerError extends Error {
  override readonly name = 'ListenerError'
}
