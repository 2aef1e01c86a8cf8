/**
 * "Send a test": the kind's sample, or a message that was given, read by the door as a real one and kept as a receipt, so
 * that it is seen to arrive. It opens nothing, joins nothing, ends nothing and pages nobody; the answer says what the
 * playbook would do. Its signature is not asked for: only the vendor could make it.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { toPlainSignal } from '../../core/alert/build.ts'
import { IdParams, SourceTestBody, SourceTested } from '../../api/schema.ts'
import { ENVELOPE_HEADER, MAIL_HEADER, type MailEnvelope } from '../../core/mail/mail.ts'
import type { Door, InboundMessage, IntegrationManifest, Received } from '../../integration.ts'
import { doors, innerDoors, integrations } from '../../integrations/index.ts'
import { FRESH_ID_HEADER, unreadable } from '../alert/door-table.ts'
import { findIntake } from '../alert/intake.ts'
import { act } from '../http/act.ts'
import { require } from '../http/authenticate.ts'
import { badField, ProblemError } from '../http/problem.ts'
import { answers, IdempotencyHeaders } from '../http/route-kit.ts'
import { readMail } from '../mail/read-mail.ts'
import { findMappingCache, MAPPING_HEADER, type MappingInForce } from '../mapping/mapping-cache.ts'
import type { AskedSignals } from '../playbook/asked-signal.ts'
import { makeExplainer } from '../playbook/explain.ts'
import type { PlaybookParts } from '../playbook/routes.ts'
import type { Ports } from '../ports.ts'
import { findOr404 } from './routes.ts'
import { listSecrets } from './secret-store.ts'
import type { SourceRow } from './source-store.ts'

const bodyLimit = 1_500_000
/** Stands where the sample has a key: no key is needed, and none is kept. */
const KEY_OF_TEST = '*'.repeat(32)

export function sourceTestRoutes(ports: Ports, parts: Pick<PlaybookParts, 'rosterReader' | 'textInForce'>): FastifyPluginAsyncZod {
  const explain = makeExplainer(ports, parts)
  return async (app) => {
    app.post(
      '/sources/:id/test',
      {
        bodyLimit,
        schema: {
          tags: ['sources'],
          operationId: 'testSource',
          summary: 'Send a test through a source: it is kept and listed, opens nothing and pages nobody; says what the playbook would do',
          params: IdParams,
          headers: IdempotencyHeaders,
          body: SourceTestBody,
          response: answers({ 200: SourceTested }),
        },
      },
      async (request, reply) =>
        act(ports, request, reply, async (tx) => {
          const viewer = require(request, 'source.manage')
          const source = await findOr404(tx, request.params.id)
          const entry = doorOf(source, request.body.door)
          const sample = sampleOf(entry, request.body.body)
          const test = { entry, source, body: sample.body, headers: { ...sample.headers, ...(await mailHeaders(entry, sample.body)) } }
          const { received, receiptId } = await send(ports, test)
          const asked = { ...toAsked(entry, received), source: { id: source.id, name: source.name, team: source.team } }
          const explained = await explain(tx, { ...asked, at: tx.now, viewer: viewer.personId })
          const hasSecret = (await listSecrets(tx, source.id)).length > 0
          const body: SourceTested = {
            signal_id: `${receiptId}-0`,
            door: entry.door.id,
            status: received.reply.status,
            explained,
            but: butOf(source, hasSecret),
          }
          return { status: 200, body }
        }),
    )
  }
}

/** A way in, by an address or by a listener of another kind, such as mail. */
interface Entry {
  readonly kind: string
  readonly door: Pick<Door, 'id' | 'receive'> & { readonly path?: string }
}

function doorOf(source: SourceRow, wanted: string | undefined): Entry {
  const every: readonly Entry[] = [...doors, ...innerDoors]
  const own = every.filter(({ kind }) => source.kind === null || kind === source.kind)
  if (wanted === undefined && source.kind === null) throw badField('door', 'is needed, for the source is bound to no kind')
  const entry = wanted === undefined ? own[0] : own.find(({ door }) => door.id === wanted)
  if (entry === undefined) throw badField('door', `is one of ${own.map(({ door }) => door.id).join(', ')}`)
  return entry
}

interface Sample {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

function sampleOf({ kind }: Entry, given: string | undefined): Sample {
  const manifest = integrations.find(({ id }): boolean => id === kind)
  const headers = { 'content-type': 'application/json', ...lowerCase(manifest) }
  const text = given ?? manifest?.setup?.sample.body
  if (text === undefined) throw badField('body', 'is needed: this kind of source has no sample')
  return { headers, body: Buffer.from(text.replaceAll('{{key}}', KEY_OF_TEST), 'utf8') }
}

function lowerCase(manifest: IntegrationManifest | undefined): Record<string, string> {
  const given = Object.entries(manifest?.setup?.sample.headers ?? {})
  return Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), value]))
}

/** What the mail's listener writes down of a mail for its door. */
async function mailHeaders({ door }: Entry, raw: Buffer): Promise<Record<string, string>> {
  if (door.id !== MAIL_DOOR) return {}
  const mail = await readMail(raw)
  const envelope: MailEnvelope = { sender: 'test@tocsin.invalid', recipient: 'test@tocsin.invalid', alarm: null }
  return { [ENVELOPE_HEADER]: JSON.stringify(envelope), ...(mail === null ? {} : { [MAIL_HEADER]: JSON.stringify(mail) }) }
}
const MAIL_DOOR = 'email'

interface Test extends Sample {
  readonly entry: Entry
  readonly source: SourceRow
}

async function send(ports: Ports, test: Test): Promise<{ received: Received; receiptId: number }> {
  const { entry, source, body } = test
  const mapping = findMappingCache(ports)?.inForce(source.id)
  const freshId = ports.freshId().replaceAll('-', '')
  const notes = { [FRESH_ID_HEADER]: freshId, ...(mapping === undefined ? {} : { [MAPPING_HEADER]: mapping.id }) }
  let received: Received | null = null
  let receiptId: number | null = null
  const committed = await findIntake(ports)?.accept({
    source: { id: source.id, name: source.name },
    door: entry.door.id,
    path: entry.door.path ?? '/',
    body,
    headers: { ...test.headers, ...notes },
    test: true,
    read: (message) => {
      received = readTest(entry, message, { freshId, mapping })
      return received
    },
    kept: (id) => {
      receiptId = id
    },
  })
  if (committed !== true || received === null || receiptId === null) throw new ProblemError('unavailable', { retryAfterSeconds: 1 })
  return { received, receiptId }
}

/** As the door reads a message whose signature is good; what it asks for beside its signals is not done. */
function readTest(
  { door }: Entry,
  message: InboundMessage,
  { freshId, mapping }: { readonly freshId: string; readonly mapping: MappingInForce | undefined },
): Received {
  try {
    const context = { params: { key: KEY_OF_TEST }, signingSecret: null, certificate: { kind: 'checked' }, freshId } as const
    const received = door.receive(message, { ...context, mapping: mapping?.text ?? null })
    if (received.kind !== 'signals') return received
    const { signals, changes, reply } = received
    return { kind: 'signals', signals, changes, reply }
  } catch (error) {
    return unreadable(`reading it failed: ${error instanceof Error ? error.name : 'unknown'}`)
  }
}

function toAsked({ door, kind }: Entry, received: Received): AskedSignals {
  if (received.kind === 'signals') return { signals: received.signals, plain: false, sourceKind: kind, refused: null }
  const { reason } = received
  if (received.kind === 'distrusted') return { signals: [], plain: true, sourceKind: kind, refused: { reason, peopleAreTold: false } }
  const signals = received.page ? [toPlainSignal({ door: door.id, title: received.title, reason })] : []
  return { signals, plain: true, sourceKind: kind, refused: { reason, peopleAreTold: received.page } }
}

function butOf(source: SourceRow, hasSecret: boolean): string[] {
  return [
    ...(source.revokedAt === null ? [] : ['The source is revoked: a real message is refused.']),
    ...(source.observeSince === null ? [] : ['The source is only observed: a real message opens nothing and pages nobody.']),
    ...(hasSecret ? ['The test needs no signature; a real message does.'] : []),
  ]
}
