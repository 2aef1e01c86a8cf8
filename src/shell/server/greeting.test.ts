/** The greeting: everything one needs to begin, and a line that a shell runs as it is. */
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { greet, trialLine } from './greeting.ts'

const base = {
  url: 'http://127.0.0.1:4600',
  publicUrl: null,
  signInToken: 'once',
  ownerEmail: 'owner@localhost',
  ingestKey: 'k'.repeat(32),
}

test('it shows the address, the one-time link, the key and the line to try', () => {
  const text = greet(base)
  for (const part of [
    'http://127.0.0.1:4600/sign-in/once',
    base.ingestKey,
    `/hooks/alertmanager/${base.ingestKey}`,
    'curl ',
    'API5xxAlarm',
  ]) {
    expect(text).toContain(part)
  }
})

test('without a link or a key to show it says how to come by one', () => {
  const text = greet({ ...base, signInToken: null, ingestKey: null })
  expect(text).not.toContain('sign-in')
  expect(text).toContain('tocsin key')
})

test.each(['plain', "it's", 'a b $HOME `id` "q" \\'])('a shell reads the line as meant, with the key %s', (key) => {
  const script = trialLine(base.url, key).replace(/^curl/, 'printf "%s\\n"')
  const words = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n')
  expect(words.slice(0, 4)).toEqual(['-sS', 'http://127.0.0.1:4600/v2/enqueue', '-H', 'content-type: application/json'])
  expect(JSON.parse(words[5] ?? '')).toMatchObject({ routing_key: key })
})
