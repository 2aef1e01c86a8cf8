/** The thread that checks texts: it answers, it is bounded, and it comes back after the worst. */
import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { makePatch } from './check-text.ts'
import { type Checker, CheckerBusy, CheckFailed, openChecker } from './checker.ts'

const shipped = readFileSync('playbook/playbook.yaml', 'utf8')
const faster = shipped.replace('response_time: 5 min', 'response_time: 3 min')
let open: Checker[] = []

afterEach(async () => {
  for (const checker of open) await checker.stop()
  open = []
})

function start(options: Parameters<typeof openChecker>[0] = {}): Checker {
  const checker = openChecker(options)
  open.push(checker)
  return checker
}

const asked = (playbook: string) => ({ texts: { playbook, onCall: null, connections: null }, base: shipped, now: 0 })

test('it answers what the text means, and again after it was idle', async () => {
  const checker = start({ idleMs: 50 })
  expect(await checker.check(asked(faster))).toMatchObject({ playbook: { severities: [{ responseMs: 180_000 }, {}, {}, {}] } })
  await new Promise((resolve) => setTimeout(resolve, 300))
  const { changes, patch } = await checker.compare({ before: shipped, after: faster })
  expect([changes?.length, patch.split('\n').filter((line) => /^[-+] /.test(line)).length]).toEqual([4, 2])
})

test('a text that takes too long is given up', async () => {
  await expect(start({ timeoutMs: 1 }).check(asked(shipped))).rejects.toThrow(CheckFailed)
})

test('too many at once are told to come back', async () => {
  const checker = start()
  const all = await Promise.allSettled(Array.from({ length: 12 }, () => checker.check(asked(shipped))))
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(8)
  for (const one of all) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(CheckerBusy)
})

test('a patch keeps the end of a file, and is empty where nothing differs', () => {
  expect(makePatch('a\nb\n', 'a\nb\n')).toBe('')
  expect(makePatch('a\nb', 'a\nc\n')).toBe(
    '--- a/playbook.yaml\n+++ b/playbook.yaml\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n',
  )
})
