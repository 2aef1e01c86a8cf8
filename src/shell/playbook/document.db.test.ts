/** The document over the API: each form, an older version, and what is not there; rendered in a thread. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiScene, aud, openApiScene } from '../../../test/support/api.ts'
import { cyd } from '../../../test/support/playbook.ts'
import { asId } from '../../core/id.ts'
import { parsePlaybook } from '../../core/playbook/parse.ts'
import { digestOf } from './folder.ts'
import { startDocumentJobs } from './document-jobs.ts'
import { storeVersion } from './version-store.ts'

const shipped = readFileSync('playbook/playbook.yaml', 'utf8')
const older = shipped.replace('response_time: 5 min', 'response_time: 3 min')
const digest = digestOf(shipped)

let scene: ApiScene
beforeAll(async () => {
  const { playbook } = parsePlaybook(shipped, asId(digest))
  if (playbook === null) throw new Error('the playbook that ships has errors')
  scene = await openApiScene({ ports: { playbooks: { current: () => playbook, load: () => Promise.resolve(playbook) } } })
  for (const source of [shipped, older]) {
    await scene.database.database.inTransaction('main', (tx) => storeVersion(tx, { digest: asId(digestOf(source)), source }))
  }
})
afterAll(() => scene.close())

function get(query: string, key: string | null = scene.keys[cyd] ?? '') {
  return scene.inject({
    method: 'GET',
    url: `/api/v1/playbook/document${query}`,
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
  })
}

describe('the document', () => {
  test('is Markdown unless asked otherwise, for everybody who may read the playbook', async () => {
    const answer = await get('')
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/markdown; charset=utf-8'])
    expect(answer.body).toContain('| **SEV-1** | Outage or major data breach; >25 % users impacted |')
    expect((await get('', scene.keys[aud] ?? '')).statusCode).toBe(200)
    expect((await get('', null)).statusCode).toBe(401)
  })

  test('is a page that runs and loads nothing', async () => {
    const answer = await get('?format=html')
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; font-src data:;/)
    expect(answer.body).not.toMatch(/<script|<link|<img|src="http|url\(http/)
    const style = /<style>([^]*?)<\/style>/.exec(answer.body)?.[1] ?? ''
    expect(answer.headers['content-security-policy']).toContain(createHash('sha256').update(style).digest('base64'))
  })

  test('is a PDF', async () => {
    const answer = await get('?format=pdf')
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/pdf'])
    expect(answer.rawPayload.subarray(0, 5).toString()).toBe('%PDF-')
    expect(answer.headers['content-disposition']).toBe(`inline; filename="playbook-${digest.slice(0, 12)}.pdf"`)
  })

  test('is of any version there was', async () => {
    expect((await get(`?digest=${digestOf(older)}`)).body).toContain('| 3 min |')
    const unknown = await get(`?digest=${'0'.repeat(64)}`)
    expect([unknown.statusCode, unknown.json()]).toEqual([404, expect.objectContaining({ code: 'not-found' })])
    expect((await get('?digest=x')).statusCode).toBe(400)
    expect((await get('?format=docx')).statusCode).toBe(400)
  })
})

describe('rendering in a thread', () => {
  test('refuses what is no playbook', async () => {
    expect(await startDocumentJobs().render('metadata: {}', 'markdown')).toMatchObject({ kind: 'refused', findings: expect.any(Array) })
  })

  test('gives up on what takes too long, and goes on with the next', async () => {
    const jobs = startDocumentJobs({ timeoutMs: 1 })
    expect(await jobs.render(shipped, 'markdown')).toMatchObject({ kind: 'failed', reason: 'not done in 1 ms' })
  })

  test('says that it is busy before too many wait', async () => {
    const jobs = startDocumentJobs({ waitingMax: 2 })
    const asked = await Promise.all(Array.from({ length: 4 }, (_, index) => jobs.render(`${shipped}# ${index}\n`, 'markdown')))
    expect(asked.map((result) => result.kind)).toEqual(['document', 'document', 'busy', 'busy'])
  })
})
