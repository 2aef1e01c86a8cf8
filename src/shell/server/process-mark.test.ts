import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { isGone, markOfThisProcess } from './process-mark.ts'

describe.runIf(process.platform === 'linux')('a process and its mark', () => {
  test('a process that runs is not gone; one that was killed is, though nobody has asked for its end', async () => {
    const own = markOfThisProcess()
    expect(own).toMatch(/^[0-9a-f-]{36}\/pid:\[\d+\]\/\d+\/\d+$/)
    expect(isGone(own)).toBe(false)
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])
    await once(child, 'spawn')
    const [boot, namespace] = own?.split('/') ?? []
    const { readFileSync } = await import('node:fs')
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    const mark = `${boot}/${namespace}/${child.pid}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
    expect(isGone(mark)).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isGone(mark)).toBe(true)
  })

  test('another process with the number of a dead one is not taken for it', () => {
    const own = markOfThisProcess() ?? ''
    expect(isGone(own.replace(/\d+$/, '1'))).toBe(true)
  })

  test('of another boot, another namespace, or of none at all nothing is known', () => {
    const own = markOfThisProcess() ?? ''
    expect(isGone(own.replace(/^[0-9a-f]+/, '00000000').replace(/\/\d+\/\d+$/, '/999999/1'))).toBe(false)
    expect(isGone(own.replace(/pid:\[\d+\]/, 'pid:[1]').replace(/\/\d+\/\d+$/, '/999999/1'))).toBe(false)
    expect(isGone(null)).toBe(false)
    expect(isGone('')).toBe(false)
  })
})
