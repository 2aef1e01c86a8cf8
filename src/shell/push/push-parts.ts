/** What the routes need from the channel: which addresses browsers may name, and a test message to one device. */
import type { ChannelBook } from '../../integration.ts'
import { isPushEndpoint } from '../../integrations/channels.ts'
import { ProblemError } from '../http/problem.ts'
import { sendTestPage } from '../outbox/test-page.ts'
import type { Ports } from '../ports.ts'
import type { PushParts } from './routes.ts'

export function pushParts(ports: Ports, channels: ChannelBook): PushParts {
  return {
    isEndpoint: isPushEndpoint,
    test: async (personId, channel) => {
      const [result] = (await sendTestPage(ports, channels, personId, channel)) ?? []
      if (result === undefined) throw new ProblemError('not-found')
      const { delivery } = result
      return {
        state: delivery.kind === 'delivered' ? 'sent' : delivery.kind,
        reason: delivery.kind === 'delivered' ? null : delivery.reason,
      }
    },
  }
}
