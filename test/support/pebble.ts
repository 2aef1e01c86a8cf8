/** Debian's pebble, Let's Encrypt's own small ACME authority for tests, with a name service that sends every name here. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from './certificate.ts'
import { findFreePort } from './port.ts'
import { tail } from './server.ts'
import { waitFor } from './wait.ts'

export interface Pebble {
  readonly directoryUrl: string
  /** PEM file that makes a client trust the authority's own address. */
  readonly trustFile: string
  /** PEM of the root that the certificates it gives lead to. */
  readonly root: () => Promise<string>
  readonly log: () => string
  readonly stop: () => Promise<void>
}

/** @param challengePort where it asks HTTP-01 questions: port 80 of the name in the real world */
export async function startPebble(challengePort: number): Promise<Pebble> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-pebble-'))
  const pair = await makeCertificate()
  const [port, management, dns, dnsManagement] = [await findFreePort(), await findFreePort(), await findFreePort(), await findFreePort()]
  const file = (name: string) => join(folder, name)
  writeFileSync(file('cert.pem'), pair.cert)
  writeFileSync(file('key.pem'), pair.key)
  const pebble = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: file('cert.pem'),
    privateKey: file('key.pem'),
    httpPort: challengePort,
    tlsPort: 1,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
  }
  writeFileSync(file('config.json'), JSON.stringify({ pebble }))
  const names = ['-dns01', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${dnsManagement}`, '-defaultIPv4', '127.0.0.1', '-defaultIPv6', '']
  const children = [
    start('pebble-challtestsrv', [...names, '-http01', '', '-https01', '', '-tlsalpn01', ''], file('names.log')),
    start('pebble', ['-config', file('config.json'), '-dnsserver', `127.0.0.1:${dns}`], file('pebble.log')),
  ]
  const log = () => readFileSync(file('pebble.log'), 'utf8')
  const stop = async () => {
    await Promise.all(children.map(end))
    rmSync(folder, { recursive: true, force: true })
  }
  const get = (address: string) => getText(address, pair.cert)
  const directoryUrl = `https://127.0.0.1:${port}/dir`
  try {
    await waitFor('pebble to be ready', async () => (await get(directoryUrl)).includes('newOrder'), {
      timeoutMs: 20_000,
      explain: () => tail(log()),
    })
  } catch (error) {
    await stop()
    throw error
  }
  return { directoryUrl, trustFile: file('cert.pem'), root: () => get(`https://127.0.0.1:${management}/roots/0`), log, stop }
}

function start(program: string, args: readonly string[], logFile: string): ChildProcess {
  const fd = openSync(logFile, 'a')
  const child = spawn(program, args, { stdio: ['ignore', fd, fd], env: { PATH: process.env['PATH'] ?? '', PEBBLE_VA_NOSLEEP: '1' } })
  closeSync(fd)
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

function getText(address: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(address, { ca, agent: false }, (reply) => {
      const chunks: Buffer[] = []
      reply.on('data', (chunk: Buffer) => chunks.push(chunk))
      reply.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    })
    sent.on('error', reject)
    sent.end()
  })
}
