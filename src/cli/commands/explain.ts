/** `tocsin explain`: what the playbook would do about a signal, who is paged when, and by which of its lines. */
import { readFile, stat } from 'node:fs/promises'
import { Command, InvalidArgumentError } from 'commander'
import { type ExplainBody, Explained, type ImaginedSignal } from '../../api/schema.ts'
import { type CliContext, type JsonOption, UsageError } from '../context.ts'
import { describe } from '../report/explanation.ts'

interface Options extends JsonOption {
  readonly alarm?: string
  readonly title?: string
  readonly label?: Readonly<Record<string, string>>
  readonly value?: number
  readonly severityHint?: string
  readonly status: 'firing' | 'resolved' | 'acknowledged'
  readonly source?: string
  readonly door?: string
  readonly signal?: string
  readonly at?: string
  readonly folder?: string
}

const BODY_BYTES_MAX = 200_000
const STATUSES = ['firing', 'resolved', 'acknowledged'] as const

export function explainCommand(context: CliContext): Command {
  return new Command('explain')
    .summary('say what the playbook would do about a signal')
    .description(
      'Says which incident type and severity a signal is, who is paged when on which channel if nobody answers, what is owed ' +
        'to whom, and by which lines of the playbook. The signal is imagined (--alarm), a raw message read by its door (a file ' +
        'and --door), or one that was received (--signal). Nothing happens by asking. With --folder no server is needed.',
    )
    .argument('[body]', 'a file with a raw message, or - for standard input; needs --door')
    .option('--alarm <name>', 'name of the alarm')
    .option('--title <text>', 'title of the alert')
    .option('-l, --label <name=value>', 'a label; give it as often as there are labels', collectLabel)
    .option('--value <number>', 'the measured value', readNumber)
    .option('--severity-hint <word>', 'what the source calls how bad it is')
    .option('--status <status>', 'firing, resolved or acknowledged', readStatus, 'firing')
    .option('--source <source>', 'name of a source, or a kind such as sentry')
    .option('--door <door>', 'the door that reads the raw message, such as pagerduty-v2, alertmanager, prometheus or json')
    .option('--signal <id>', 'a signal that the server received')
    .option('--at <time>', 'past or future, such as "2027-03-28T02:30 Europe/Berlin" (default: now)')
    .option('--folder <dir>', 'by the playbook folder, without a server')
    .option('--json', 'print the explanation as the API answers it')
    .action(async (body: string | undefined, options: Options) => {
      const { asked, note } = await toAsked(context, body, options)
      const explained =
        options.folder === undefined
          ? await context.api().post('/api/v1/explain', asked, Explained)
          : await (await import('../offline-explain.ts')).explainOffline(options.folder, asked, Date.now())
      const told = note === '' ? explained : { ...explained, assumptions: [note, ...explained.assumptions] }
      context.print(options.json === true ? JSON.stringify(told) : describe(told, { zone: context.zone, colour: context.colour }))
    })
}

interface Asked {
  readonly asked: ExplainBody
  /** What was decided about a time that the clocks show twice or never. */
  readonly note: string
}

/** @throws {UsageError} unless exactly one kind of signal is given */
async function toAsked(context: CliContext, body: string | undefined, options: Options): Promise<Asked> {
  const { alarm, title, signal, door, source, folder } = options
  const isImagined = alarm !== undefined || title !== undefined
  if ([isImagined, body !== undefined, signal !== undefined].filter(Boolean).length !== 1) {
    throw new UsageError('give one of --alarm (or --title), a file with --door, and --signal')
  }
  if ((body === undefined) !== (door === undefined)) throw new UsageError('a raw message needs a file (or -) and --door')
  if (signal !== undefined && folder !== undefined) throw new UsageError('--signal asks the server: leave --folder out')
  const { at, note } = await readAt(context, options.at)
  const when = { ...(at === undefined ? {} : { at }), ...(source === undefined ? {} : { source }) }
  if (signal !== undefined) return { asked: { ...when, signal_id: signal }, note }
  if (body !== undefined && door !== undefined) return { asked: { ...when, door, body: await readBody(body) }, note }
  return { asked: { ...when, signal: imagine(options) }, note }
}

async function readAt(context: CliContext, text: string | undefined): Promise<{ at?: string; note: string }> {
  if (text === undefined) return { note: '' }
  const { readInstant } = await import('../../core/playbook/explain/instant.ts')
  const reading = readInstant(text, context.zone)
  if (reading === null) throw new UsageError('--at: expected a time such as 2027-03-28T02:30 Europe/Berlin or 2026-12-24T17:00:00Z')
  return { at: new Date(reading.at).toISOString(), note: reading.note }
}

function imagine({ alarm, title, label, value, severityHint, status }: Options): ImaginedSignal {
  return {
    alarm: alarm ?? null,
    title: title ?? null,
    summary: null,
    status,
    value: value ?? null,
    severity_hint: severityHint ?? null,
    dedup_key: null,
    labels: { ...label },
  }
}

/** @throws {UsageError} when it is not there, or larger than any message */
async function readBody(path: string): Promise<string> {
  if (path === '-') return readInput()
  const size = await stat(path).then(
    (found) => found.size,
    () => null,
  )
  if (size === null) throw new UsageError(`there is no ${path}`)
  if (size > BODY_BYTES_MAX) throw new UsageError(`${path} is larger than ${BODY_BYTES_MAX} bytes`)
  return readFile(path, 'utf8')
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_BYTES_MAX) throw new UsageError(`standard input is larger than ${BODY_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function collectLabel(text: string, labels: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('expected name=value')
  return { ...labels, [text.slice(0, at)]: text.slice(at + 1) }
}

function readNumber(text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number)) return number
  throw new InvalidArgumentError('expected a number')
}

function readStatus(text: string): Options['status'] {
  const status = STATUSES.find((one) => one === text)
  if (status === undefined) throw new InvalidArgumentError(`expected one of ${STATUSES.join(', ')}`)
  return status
}
