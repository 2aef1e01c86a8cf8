/** Reads the text of a `text/event-stream`, as the HTML standard (section 9.2.6) says, from chunks cut anywhere. */

export interface SseMessage {
  readonly id: string
  readonly event: string
  readonly data: string
}

/** A line longer than this is not ours: the connection is given up. */
const LINE_CHARS_MAX = 1_000_000

/** Give it chunks; it answers with the messages completed by them. Comments complete nothing but prove life. */
export function createSseParser(): (chunk: string) => SseMessage[] {
  let rest = ''
  let id = ''
  let event = ''
  let data: string[] = []
  return (chunk) => {
    const messages: SseMessage[] = []
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    if (rest.length > LINE_CHARS_MAX) throw new Error('the live feed sent a line without end')
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) messages.push({ id, event: event === '' ? 'message' : event, data: data.join('\n') })
        event = ''
        data = []
        continue
      }
      const colon = line.indexOf(':')
      const field = colon === -1 ? line : line.slice(0, colon)
      const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
      if (field === 'id') id = value
      else if (field === 'event') event = value
      else if (field === 'data') data.push(value)
    }
    return messages
  }
}
