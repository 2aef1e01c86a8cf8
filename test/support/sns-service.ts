/**
 * A small SNS on loopback for AWS's own client: takes Subscribe and Publish of the query protocol and delivers signed
 * envelopes to whoever subscribed. What it answers follows the API reference of SNS, version 2010-03-31.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SNSClient } from '@aws-sdk/client-sns'

const XMLNS = 'http://sns.amazonaws.com/doc/2010-03-31/'

export interface SnsService {
  readonly client: SNSClient
  /** What subscribers answered, in order. */
  readonly answers: readonly number[]
  readonly close: () => void
}

export interface SnsDelivery {
  readonly endpoint: string
  readonly fields: Readonly<Record<string, string>>
}

/** @param deliver signs the envelope and posts it; tells the status that came back */
export async function startSnsService(deliver: (delivery: SnsDelivery) => Promise<number>): Promise<SnsService> {
  const endpoints: string[] = []
  const answers: number[] = []
  const send = async (fields: Record<string, string>) => {
    for (const endpoint of endpoints) answers.push(await deliver({ endpoint, fields }))
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const asked = new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
    const action = asked.get('Action') ?? ''
    const result = await answer(action, asked)
    response.writeHead(result === null ? 400 : 200, { 'content-type': 'text/xml' })
    response.end(`<${action}Response xmlns="${XMLNS}"><${action}Result>${result ?? ''}</${action}Result></${action}Response>`)
  })
  const answer = async (action: string, asked: URLSearchParams): Promise<string | null> => {
    const TopicArn = asked.get('TopicArn') ?? ''
    if (action === 'Subscribe') {
      endpoints.push(asked.get('Endpoint') ?? '')
      await send({ Type: 'SubscriptionConfirmation', TopicArn })
      return '<SubscriptionArn>pending confirmation</SubscriptionArn>'
    }
    if (action !== 'Publish') return null
    const MessageId = crypto.randomUUID()
    const Subject = asked.get('Subject')
    await send({ TopicArn, MessageId, Message: asked.get('Message') ?? '', ...(Subject === null ? {} : { Subject }) })
    return `<MessageId>${MessageId}</MessageId>`
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = new SNSClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' },
    maxAttempts: 1,
  })
  return {
    client,
    answers,
    close: () => {
      client.destroy()
      server.close()
    },
  }
}
