/** The mail listener over a real database, spoken to by nodemailer, swaks and bare sockets. */
import { execFile } from 'node:child_process'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { testPlaybook } from '../../../test/support/playbook.ts'
import { findFreePort } from '../../../test/support/port.ts'
import { waitFor } from '../../../test/support/wait.ts'
import type { Intake } from '../alert/intake.ts'
import { MAIL_BYTES_MAX } from './mail-limits.ts'
import { type MailListener, startMail } from './smtp-listener.ts'

const run = promisify(execFile)
const TO = `alerts+${KEY}@tocsin.example`
const playbook = {
  ...testPlaybook(),
  reports: [{ kind: 'security' as const, alarm: 'SecurityReport', form: false, mail: ['security@tocsin.example'] }],
}

let database: TestDatabase
let it: TestIntake
let listener: MailListener
beforeAll(async () => {
  database = await openTestDatabase()
  await seedSource(database.database)
  const smtpPort = await findFreePort()
  it = await startTestIntake(database.database, { playbook })
  listener = await listen(smtpPort, it.intake)
})
afterAll(async () => {
  await listener.stop()
  await it.close()
  await database.close()
})

async function listen(smtpPort: number, intake: Intake): Promise<MailListener> {
  const started = await startMail({ ...it.ports, config: { ...it.ports.config, host: '127.0.0.1', smtpPort } }, intake)
  if (started === undefined) throw new Error('no listener')
  return started
}

const transport = (port = listener.port) => createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true })
const send = (mail: Record<string, unknown>, port?: number) =>
  transport(port).sendMail({ from: 'mon@example.com', to: TO, text: 'x', ...mail })
const receipts = () =>
  it.rows<{ body: Buffer; refused: string | null; door: string; path: string; headers: unknown }>('select * from receipt order by id')
const alerts = (title: string) =>
  it.rows<{ title: string; count: number; labels: Record<string, string>; resolved_at: Date | null; alarm: string }>(
    'select * from alert where title = $1 order by id',
    [title],
  )

test('a mail by nodemailer is on disk when it is taken, whole and without the key, and becomes an alert', async () => {
  const sent = await send({
    subject: 'Disk is full',
    messageId: '<one@example.com>',
    attachments: [{ filename: 'a.txt', content: 'hello' }],
  })
  expect(sent.response).toBe('250 2.0.0 accepted')
  const [receipt] = await receipts()
  expect(receipt).toMatchObject({ door: 'email', path: '/email', refused: null })
  expect(JSON.stringify(receipt?.headers)).not.toContain(KEY)
  await it.settled()
  expect(await alerts('Disk is full')).toMatchObject([{ labels: { from: 'mon@example.com', to: 'alerts+***@tocsin.example' } }])
})

test('the same mail again is kept and counts nothing; a reply counts on its alert', async () => {
  const again = await send({ subject: 'Disk is full', messageId: '<one@example.com>' })
  expect(again.response).toMatch(/^250/)
  await send({
    subject: 'Re: Disk is full',
    messageId: '<two@example.com>',
    inReplyTo: '<one@example.com>',
    references: '<one@example.com>',
  })
  await it.settled()
  expect((await receipts()).length).toBe(3)
  const rows = await it.rows<{ count: number }>(`select count from alert where dedup_key = 'mail-thread/one@example.com'`)
  expect(rows).toEqual([{ count: 2 }])
})

test('swaks delivers, and hears what is wrong', async () => {
  const swaks = (...args: string[]) => run('swaks', ['--server', `127.0.0.1:${listener.port}`, '--from', 'mon@example.com', ...args])
  const { stdout } = await swaks('--to', TO, '--header', 'Subject: [FIRING:1] Spike', '--body', 'by swaks')
  expect(stdout).toContain('250 2.0.0 accepted')
  await it.settled()
  expect(await alerts('[FIRING:1] Spike')).toMatchObject([{ alarm: 'Spike', resolved_at: null }])
  await swaks('--to', TO, '--header', 'Subject: [RESOLVED] Spike', '--body', 'by swaks')
  await it.settled()
  expect((await alerts('[FIRING:1] Spike'))[0]?.resolved_at).not.toBeNull()
  await expect(swaks('--to', 'nobody@tocsin.example')).rejects.toMatchObject({ stdout: expect.stringContaining('550 5.1.1') })
})

test('an address that the playbook names takes mail of anybody, as the report that it says', async () => {
  await send({ to: 'Security@tocsin.example', subject: 'Your bucket is open', messageId: '<sec@example.com>' })
  await it.settled()
  expect(await alerts('Your bucket is open')).toMatchObject([{ alarm: 'SecurityReport' }])
})

test('what answers a mail is kept, refused, and opens nothing', async () => {
  await expect(send({ subject: 'Out of office', headers: { 'Auto-Submitted': 'auto-replied' } })).rejects.toMatchObject({
    responseCode: 554,
  })
  await expect(send({ envelope: { from: '', to: TO }, subject: 'Undelivered' })).rejects.toMatchObject({ responseCode: 554 })
  await it.settled()
  expect((await receipts()).slice(-2).map((receipt) => receipt.refused)).toEqual([
    expect.stringContaining('Auto-Submitted'),
    expect.stringContaining('bounce'),
  ])
  expect(await alerts('Out of office')).toEqual([])
})

describe('bounds', () => {
  test('a mail that is too large is refused after its last byte', async () => {
    await expect(send({ subject: 'big', text: 'x'.repeat(MAIL_BYTES_MAX + 1_000) })).rejects.toMatchObject({ responseCode: 552 })
  })

  test('wrong recipients end the connection after a few', async () => {
    const lines = [
      'EHLO x',
      'MAIL FROM:<a@b.example>',
      ...Array.from({ length: 8 }, (_, index) => `RCPT TO:<${'0'.repeat(31)}${index}@x.example>`),
      'QUIT',
    ]
    const answers = await talk(listener.port, lines)
    expect(answers.filter((line) => line.startsWith('550')).length).toBe(5)
    expect(answers.some((line) => line.startsWith('421'))).toBe(true)
  })

  test('nothing is relayed, and nobody can log in', async () => {
    const answers = await talk(listener.port, [
      'EHLO x',
      'AUTH PLAIN AGEAYg==',
      'MAIL FROM:<a@b.example>',
      'RCPT TO:<someone@elsewhere.example>',
      'QUIT',
    ])
    expect(answers.join('\n')).not.toMatch(/AUTH|STARTTLS/)
    expect(answers.some((line) => line.startsWith('550'))).toBe(true)
  })

  test('a sender hears "come again" when it is full, and when it could not be committed', async () => {
    const full = await listen(await findFreePort(), { ...it.intake, isFull: () => true })
    await expect(send({ subject: 'later' }, full.port)).rejects.toMatchObject({ responseCode: 451 })
    await full.stop()
    const broken = await listen(await findFreePort(), {
      ...it.intake,
      accept: async ({ read, path, body, headers = {} }) => {
        // It is understood, and then not on disk.
        expect(read({ method: 'POST', path, query: new URLSearchParams(), headers, body, receivedAt: 0 }).kind).toBe('signals')
        return false
      },
    })
    await expect(send({ subject: 'later' }, broken.port)).rejects.toMatchObject({ responseCode: 451 })
    await broken.stop()
  })

  test('a connection that breaks within a mail leaves nothing', async () => {
    const before = (await receipts()).length
    const socket = connect(listener.port, '127.0.0.1')
    socket.write(`EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<${TO}>\r\nDATA\r\nSubject: half`)
    await new Promise((resolve) => setTimeout(resolve, 300))
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await receipts()).length).toBe(before)
  })
})

/** Says each line once the one before it is answered. */
async function talk(port: number, lines: readonly string[]): Promise<string[]> {
  const answers: string[] = []
  const socket = connect(port, '127.0.0.1')
  const left = [...lines]
  let closed = false
  socket.setEncoding('utf8')
  socket.on('error', () => undefined)
  socket.on('close', () => {
    closed = true
  })
  socket.on('data', (text: string) => {
    answers.push(...text.split('\r\n').filter((line) => line !== ''))
    const next = left.shift()
    if (/^\d{3} /m.test(text) && next !== undefined && !socket.destroyed) socket.write(`${next}\r\n`)
  })
  await waitFor('the connection to end', () => closed, { timeoutMs: 10_000 })
  return answers
}
