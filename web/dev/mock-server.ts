/**
 * A stand-in for Tocsin's API while working on the console: `node web/dev/mock-server.ts`, then `npx vite web`.
 * Serves made-up incidents (`MOCK=empty`, `many` or `down` for the other ends) and lets actions change them.
 * Not built, not shipped, not used by any test.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Me } from '../../src/api/schema.ts'
import { ago, demoStories, incidentOf, mara, ravi, sana, storyOf, type Story } from './mock-incidents.ts'
import { explainSignal, pinTo, readPlaybook, triageOf, writePlaybook } from './mock-playbook.ts'

const PORT = Number(process.env['TOCSIN_PORT'] ?? 4600)
const MODE = process.env['MOCK'] ?? 'demo'
const stories: Story[] =
  MODE === 'empty'
    ? []
    : MODE === 'many'
      ? Array.from({ length: 130 }, (_, place) =>
          storyOf(
            incidentOf({
              number: 1000 - place,
              title: `Queue depth high on worker-${place}`,
              rank: place % 4,
              openedMin: place * 7 + 3,
              acknowledged: place % 3 > 0,
              clock: null,
            }),
          ),
        )
      : demoStories()
for (const [place, { incident }] of stories.entries()) pinTo(incident, place === 1 ? 1 : 0)
const streams = new Set<ServerResponse>()
let eventId = 0

const me = (): Me => ({
  ...mara,
  zone: 'Europe/Berlin',
  role: 'owner',
  contacts: [{ channel: 'email', address: mara.email, verified_at: ago(9000) }],
  disabled_at: null,
  created_at: ago(99_999),
  can: [
    'incident.read',
    'incident.declare',
    'incident.respond',
    'signal.read',
    'playbook.read',
    'playbook.check',
    'playbook.save',
    'oncall.read',
    'people.read',
    'people.manage',
    'source.read',
    'source.manage',
    'key.own',
  ],
  has_password: true,
  signed_in_by: 'session',
  paging: stories.filter(({ incident }) => incident.paging_you).map(({ incident }) => incident.id),
  on_call: ['DevSecOps'],
})

const SEVERITIES = ['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4']

const oncall = [
  { role: 'DevSecOps', kind: 'duty', person: mara, schedule: 'devsecops', from: ago(2000), until: ago(-3960), next: ravi },
  { role: 'CTO', kind: 'duty', person: null, schedule: null, from: null, until: null, next: null },
  { role: 'Security Officer', kind: 'duty', person: sana, schedule: 'security', from: ago(2000), until: null, next: null },
]

function find(ref: string): Story | undefined {
  return stories.find(({ incident }) => incident.id === ref || String(incident.number) === ref)
}

function list(items: readonly unknown[]): { items: readonly unknown[]; next: null } {
  return { items, next: null }
}

function incidents(search: URLSearchParams): unknown {
  const phases = search.get('phase')?.split(',')
  const q = search.get('q')?.toLowerCase() ?? ''
  const all = stories
    .map(({ incident }) => incident)
    .filter(
      (incident) =>
        (search.get('open') === null || String(incident.open) === search.get('open')) &&
        (phases === undefined || phases.includes(incident.phase)),
    )
    .filter(
      (incident) =>
        (search.get('severity') ?? incident.severity) === incident.severity &&
        `${incident.title} ${incident.number}`.toLowerCase().includes(q),
    )
  const from = Number(search.get('cursor') ?? 0)
  const limit = Number(search.get('limit') ?? 50)
  return { items: all.slice(from, from + limit), next: from + limit < all.length ? String(from + limit) : null }
}

function read(path: string, search: URLSearchParams): unknown {
  const [noun, ref, part] = path.split('/')
  if (noun === 'me')
    return ref === 'sessions'
      ? list([{ id: 's', created_at: ago(100), last_seen_at: ago(1), expires_at: ago(-9999), current: true }])
      : me()
  if (noun === 'playbook') return readPlaybook(path, search)
  if (noun === 'oncall') return list(oncall)
  if (noun === 'people')
    return list(
      [mara, ravi, sana].map((person) => ({
        ...person,
        zone: 'UTC',
        role: 'responder',
        contacts: [],
        disabled_at: null,
        created_at: ago(9999),
      })),
    )
  if (noun === 'alerts') return list(stories.flatMap(({ alerts }) => alerts))
  if (noun === 'sources')
    return list([{ id: 's-1', name: 'Prometheus eu-west-1', kind: null, key_prefix: 'k3Yt', created_at: ago(9999), revoked_at: null }])
  if (noun === 'incidents' && ref === undefined) return incidents(search)
  const story = noun === 'incidents' && ref !== undefined ? find(ref) : undefined
  if (story === undefined) return noun === 'incidents' ? undefined : list([])
  if (part === undefined) return story.incident
  if (part === 'triage') return triageOf(story.incident)
  if (part === 'timeline' || part === 'pages' || part === 'clocks' || part === 'alerts') return list(story[part])
  if (part === 'mitigations')
    return list([
      {
        id: 'm',
        title: 'Revert Lambda alias',
        state: 'offered',
        steps: [{ id: '1', title: 'Revert the Lambda alias to its previous version', action: null, state: 'not_started' }],
      },
    ])
  return list([])
}

/** Changes the story as far as the screen shows it; the real rules live in src/core. */
function act(story: Story, action: string, body: Record<string, unknown>): void {
  const { incident } = story
  const now = new Date().toISOString()
  if (action === 'acknowledge') {
    Object.assign(incident, { acknowledged_at: now, paging_you: false })
    Object.assign(story, storyOf(incident))
  } else if (action === 'mitigate') Object.assign(incident, { phase: 'mitigating', mitigating_at: now })
  else if (action === 'resolve') Object.assign(incident, { phase: 'resolved', open: false, resolved_at: now, alerts_firing: 0 })
  else if (action === 'severity')
    Object.assign(incident, { severity: body['severity'], severity_rank: SEVERITIES.indexOf(String(body['severity'])) })
  else if (action === 'roles') Object.assign(incident.roles.find(({ role }) => role === body['role']) ?? {}, { person: mara, since: now })
  const version = story.timeline.length + 1
  story.timeline.push({
    id: `${incident.id}/${version}`,
    version,
    at: now,
    recorded_at: now,
    type: `incident.${action === 'note' ? 'noted' : action}`,
    actor: { kind: 'person', id: mara.id, name: mara.name },
    text: `Mara Klein: ${action}`,
    data: body,
  })
  publish('change', { incident_id: incident.id, number: incident.number, type: `incident.${action}`, version, at: now })
}

function publish(event: string, data: unknown): void {
  eventId += 1
  for (const stream of streams) stream.write(`id: ${eventId}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}

function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json' })
  res.end(body === undefined ? '' : JSON.stringify(body))
}

async function readBody(req: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of req) text += String(chunk)
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

const server = createServer((req, res) => {
  void (async () => {
    const url = new URL(req.url ?? '/', 'http://localhost')
    if (url.pathname === '/readyz')
      return send(res, 200, {
        ready: true,
        checks: {
          database: { ok: true, detail: 'answers' },
          outbox: { ok: true, detail: '0 pending' },
          auditor: { ok: true, detail: 'ran 12 s ago' },
        },
      })
    if (MODE === 'down') return send(res, 503, { title: 'Unavailable', status: 503, code: 'unavailable', detail: 'The database is away.' })
    const path = url.pathname.replace('/api/v1/', '')
    if (path === 'stream') {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write(`event: hello\ndata: {"at":"${new Date().toISOString()}"}\n\n`)
      streams.add(res)
      req.on('close', () => streams.delete(res))
      return undefined
    }
    if (req.method === 'GET') {
      const found = read(path, url.searchParams)
      return found === undefined
        ? send(res, 404, { title: 'Not found', status: 404, code: 'not-found', detail: 'There is no such incident.' })
        : send(res, 200, found)
    }
    const body = await readBody(req)
    if (path === 'explain') return send(res, 200, explainSignal(body))
    if (path.startsWith('playbook')) {
      const answer = writePlaybook(path, body)
      return send(res, answer.status, answer.body)
    }
    const [noun, ref, action] = path.split('/')
    const story = noun === 'incidents' && ref !== undefined ? find(ref) : undefined
    if (story !== undefined && action !== undefined) act(story, action, body)
    return send(res, 200, story?.incident ?? {})
  })()
})
server.listen(PORT, '127.0.0.1', () => process.stdout.write(`mock ${MODE} on http://127.0.0.1:${PORT}\n`))
setInterval(() => {
  for (const stream of streams) stream.write(':\n\n')
}, 15_000).unref()
