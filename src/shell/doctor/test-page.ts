/** "Page me now": a test message on every channel of a person, and a note that the channel took it, for the doctor to believe. */
import type { TestPage } from '../../api/schema.ts'
import { asId, type PersonId } from '../../core/id.ts'
import type { ChannelBook, Delivery } from '../../integration.ts'
import { ProblemError } from '../http/problem.ts'
import { sendTestPage, type TestPageResult } from '../outbox/test-page.ts'
import type { Ports } from '../ports.ts'
import { recordProof } from './doctor-store.ts'

const STATES: Readonly<Record<Delivery['kind'], string>> = { delivered: 'sent', retry: 'failed', rejected: 'failed', unknown: 'unknown' }

/** Asked with a person's id. @throws {ProblemError} `person-unknown` when there is no such person, or they are disabled. */
export function testPager(ports: Ports, channels: ChannelBook): (personId: string) => Promise<TestPage> {
  return async (personId) => {
    const results = await sendTestPage(ports, channels, asId<PersonId>(personId))
    if (results === undefined) throw new ProblemError('person-unknown')
    const taken = results.filter(({ channel, delivery }) => channel !== 'console' && delivery.kind === 'delivered')
    await ports.database.inTransaction('main', async (tx) => {
      for (const { channel, tookMs } of taken) await recordProof(tx, { channel, tookMs })
    })
    return { deliveries: results.map(show) }
  }
}

function show({ channel, delivery }: TestPageResult): TestPage['deliveries'][number] {
  return { channel, state: STATES[delivery.kind], reason: delivery.kind === 'delivered' ? delivery.evidence : delivery.reason }
}
