/** "Page me now": a test message on every channel of a person, and a note that the channel took it, for the doctor to believe. */
import type { TestPage } from '../../api/schema.ts'
import { asId, type PersonId } from '../../core/id.ts'
import type { ChannelBook } from '../../integration.ts'
import { ProblemError } from '../http/problem.ts'
import { sendTestPage, type TestPageResult } from '../outbox/test-page.ts'
import type { Ports } from '../ports.ts'
import { recordProof } from './doctor-store.ts'

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
  // A server's word that it took the message is no more than that.
  if (delivery.kind === 'delivered') return { channel, state: 'sent', reason: delivery.evidence }
  return { channel, state: delivery.kind, reason: delivery.reason }
}
