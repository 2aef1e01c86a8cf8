import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSseParser, type SseMessage } from './sse.ts'

const STREAM =
  'retry: 2000\n\nevent: hello\ndata: {"at":"x"}\n\n: heartbeat\n\nid: 7/12\nevent: change\ndata: {"a":1}\ndata: {"b":2}\n\ndata: plain\n\n'
const WANTED: SseMessage[] = [
  { id: '', event: 'hello', data: '{"at":"x"}' },
  { id: '7/12', event: 'change', data: '{"a":1}\n{"b":2}' },
  { id: '7/12', event: 'message', data: 'plain' },
]

test('reads the same messages wherever the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 20 }), fc.constantFrom('\n', '\r\n'), (cuts, ending) => {
      const text = STREAM.replaceAll('\n', ending)
      const parse = createSseParser()
      const places = [0, ...cuts.toSorted((a, b) => a - b), text.length]
      const messages = places.slice(1).flatMap((place, index) => parse(text.slice(places[index], place)))
      expect(messages).toEqual(WANTED)
    }),
  )
})

test('comments complete no message', () => {
  expect(createSseParser()(':\n\n:\n\n')).toEqual([])
})

test('gives up on a line without end', () => {
  const parse = createSseParser()
  expect(() => parse('x'.repeat(1_000_001))).toThrow('without end')
})
