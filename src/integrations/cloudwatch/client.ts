/**
 * CloudWatch's own client over the one way out: it signs and repeats, `connection.request` alone sends. Loaded when the
 * first question is asked, because it weighs more than the rest of the integrations together.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html (read 2026-11-24)
 */
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { AskConnection, AskReply } from '../../integration.ts'

/** Of the client's request, what is sent. */
interface SentRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** The first try and its repeats; waits between them grow, longer where CloudWatch says that it is asked too often. */
const ATTEMPTS_MAX = 4

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** `id:secret` or `id:secret:session token`, as one secret. @returns null for anything else */
export function parseCredentials(secret: string): Credentials | null {
  const [, accessKeyId, secretAccessKey, sessionToken] = /^\s*([A-Z0-9]{16,128}):([^:\s]{16,128})(?::(\S{1,4096}))?\s*$/.exec(secret) ?? []
  if (accessKeyId === undefined || secretAccessKey === undefined) return null
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}

/** Of `monitoring.us-east-1.amazonaws.com` and the like; null where the address does not say it. */
export function regionOf(url: string): string | null {
  return /^https?:\/\/(?:monitoring|vpce-[\w-]+\.monitoring)\.([a-z0-9-]+)\.(?:vpce\.)?amazonaws\.com/.exec(url)?.[1] ?? null
}

/** @param credentials null: those of the machine, as every program of AWS finds them */
export async function openClient(connection: AskConnection, region: string, credentials: Credentials | null): Promise<CloudWatchClient> {
  const { CloudWatchClient: Client } = await import('@aws-sdk/client-cloudwatch')
  return new Client({
    region,
    endpoint: connection.url,
    maxAttempts: ATTEMPTS_MAX,
    retryMode: 'standard',
    disableRequestCompression: true,
    requestHandler: makeHandler(connection),
    ...(credentials === null ? {} : { credentials }),
  })
}

function makeHandler(connection: AskConnection) {
  return {
    handle: async (request: SentRequest) => {
      const reply = await connection.request({
        method: 'POST',
        url: addressOf(request),
        headers: request.headers,
        body: textOf(request.body),
      })
      return { response: toResponse(reply) }
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  }
}

function addressOf({ protocol, hostname, port, path }: SentRequest): string {
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : ''
}

/** @throws what the client takes for a broken connection, so that it tries again */
function toResponse(reply: AskReply): { statusCode: number; headers: Record<string, string>; body: Uint8Array } {
  if (reply.kind === 'failed') throw Object.assign(new Error(reply.reason), { name: 'TimeoutError' })
  return { statusCode: reply.status, headers: { ...reply.headers }, body: new Uint8Array(reply.body) }
}
