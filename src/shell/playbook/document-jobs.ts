/** One document at a time is rendered, in a thread; the newest few are kept. What takes too long is given up. */
import { Worker } from 'node:worker_threads'
import { digestOf } from './folder.ts'
import type { DocumentFormat, Rendering } from './document.ts'
import type { RenderJob } from './document-worker.ts'

const RENDER_MS_MAX = 30_000
const WAITING_MAX = 8
const KEPT_MAX = 6
const HEAP_MB_MAX = 512

export type JobResult = Rendering | { readonly kind: 'busy' } | { readonly kind: 'failed'; readonly reason: string }

export interface DocumentJobs {
  /** Never throws. `busy`: too many wait already. @param source the text of playbook.yaml */
  readonly render: (source: string, format: DocumentFormat) => Promise<JobResult>
}

export interface DocumentJobBounds {
  readonly timeoutMs?: number
  readonly waitingMax?: number
}

export function startDocumentJobs({ timeoutMs = RENDER_MS_MAX, waitingMax = WAITING_MAX }: DocumentJobBounds = {}): DocumentJobs {
  const kept = new Map<string, Rendering>()
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()
  return {
    render: async (source, format) => {
      const key = `${digestOf(source)} ${format}`
      const known = kept.get(key)
      if (known !== undefined) return known
      if (waiting >= waitingMax) return { kind: 'busy' }
      waiting += 1
      const job = last.then(() => kept.get(key) ?? runInThread({ source, format }, timeoutMs))
      last = job
      const result = await job
      waiting -= 1
      if (result.kind === 'document' || result.kind === 'refused') keep(kept, key, result)
      return result
    },
  }
}

function keep(kept: Map<string, Rendering>, key: string, rendering: Rendering): void {
  kept.set(key, rendering)
  const [oldest] = kept.keys()
  if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest)
}

function runInThread(job: RenderJob, timeoutMs: number): Promise<JobResult> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('document-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
      env: {},
      execArgv: [],
      stdin: false,
    })
    const end = (result: JobResult): void => {
      clearTimeout(timer)
      resolve(result)
      void worker.terminate()
    }
    const timer = setTimeout(() => end({ kind: 'failed', reason: `not done in ${timeoutMs} ms` }), timeoutMs)
    worker.once('message', (rendering: Rendering) => end(rendering))
    worker.once('error', (error: unknown) => end({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) }))
    worker.once('exit', () => end({ kind: 'failed', reason: 'the thread ended' }))
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
    worker.postMessage(job)
  })
}
