/** Starts the load generator and reads its answer. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { NODE, ROOT } from '../support/server.ts'
import type { LoadOrder, LoadResult } from './generator.ts'

export interface RunningLoad {
  readonly done: Promise<LoadResult>
}

export function startLoad(order: LoadOrder): RunningLoad {
  const child = spawn(NODE, [join(ROOT, 'test/bench/generator.ts'), JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const done = new Promise<LoadResult>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0) resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')) as LoadResult)
      else reject(new Error(`the load generator ended with ${code}`))
    })
  })
  return { done }
}

export function runLoad(order: LoadOrder): Promise<LoadResult> {
  return startLoad(order).done
}
