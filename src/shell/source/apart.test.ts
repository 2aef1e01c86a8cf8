import { expect, test } from 'vitest'
import { testPorts } from '../../../test/support/ports.ts'
import type { ApplyItem } from '../alert/apply-item.ts'
import type { Database, Tx } from '../database/database.ts'
import { setApart } from './apart.ts'

const nothing = async (): Promise<never> => {
  throw new Error('the database was asked')
}
const database: Database = { inTransaction: nothing, query: nothing, close: nothing }
const tx: Tx = { now: 0, query: nothing, afterCommit: () => undefined, savepoint: nothing }
const item = (receiptId: number, over: Partial<ApplyItem> = {}): ApplyItem => ({
  receiptId,
  receivedAt: 0,
  sourceId: 's',
  sourceName: 'S',
  kind: 'json',
  signals: [],
  fingerprints: [],
  weight: 0,
  changes: [],
  refused: null,
  digest: '',
  ...over,
})

test('messages without an id, tests and what is not believed cost the database nothing', async () => {
  const ports = testPorts(database)
  expect((await setApart(ports, tx, [item(1), item(2, { messageId: null, aside: null })])).size).toBe(0)
  const [tried, forged, plain] = [item(1, { aside: 'test' }), item(2, { aside: 'distrusted', messageId: 'm', refused: 'why' }), item(3)]
  const apart = await setApart(ports, tx, [tried, forged, plain])
  expect(apart.get(tried)?.kind).toBe('test')
  expect(apart.get(forged)).toMatchObject({ kind: 'distrusted', why: 'It is not believed: why. It is kept and pages nobody.' })
  expect(apart.has(plain)).toBe(false)
  await expect(setApart(ports, tx, [item(4, { messageId: 'm' })])).rejects.toThrow('the database was asked')
})
