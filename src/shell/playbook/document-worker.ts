/** Renders documents in a thread of its own: setting a long one takes seconds, and a page to a person must not wait for it. */
import { parentPort } from 'node:worker_threads'
import { type DocumentFormat, renderAs } from './document.ts'

export interface RenderJob {
  readonly source: string
  readonly format: DocumentFormat
}

parentPort?.once('message', ({ source, format }: RenderJob) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
  void renderAs(source, format).then((rendering) => parentPort?.postMessage(rendering))
})
