import { expect, test } from 'vitest'
import { pairRows, readPatch } from './text-diff.ts'

const PATCH = `--- a/playbook.yaml
+++ b/playbook.yaml
@@ -10,4 +10,5 @@
   - id: SEV-1
-    response_time: 5 min
+    response_time: 3 min
+    acknowledgement: any
     roles_paged: [DevSecOps]
@@ -40 +41 @@
-old
+new
\\ No newline at end of file
`

test('a unified diff gives each line its number on its own side, and says where lines are left out', () => {
  const rows = readPatch(PATCH)
  expect(rows.map(({ kind, before, after }) => [kind, before, after])).toEqual([
    ['gap', null, null],
    ['same', 10, 10],
    ['gone', 11, null],
    ['new', null, 11],
    ['new', null, 12],
    ['same', 12, 13],
    ['gap', null, null],
    ['gone', 40, null],
    ['new', null, 41],
  ])
  expect(rows[2]?.text).toBe('    response_time: 5 min')
})

test('what went stands beside what came in its place', () => {
  const pairs = pairRows(readPatch(PATCH))
  expect(pairs.map(({ before, after }) => [before?.before ?? null, after?.after ?? null])).toEqual([
    [null, null],
    [10, 10],
    [11, 11],
    [null, 12],
    [12, 13],
    [null, null],
    [40, 41],
  ])
})

test('an empty diff has no rows', () => {
  expect(readPatch('')).toEqual([])
  expect(pairRows([])).toEqual([])
})
