/** The thread in which texts are checked: a large playbook keeps it busy for a second, and pages go on meanwhile. */
import { parentPort } from 'node:worker_threads'
import { answer, type Asked } from './check-text.ts'

parentPort?.on('message', ({ id, asked }: { readonly id: number; readonly asked: Asked }) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage({ id, answer: answer(asked) })
})
