import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseConnections } from '../../core/oncall/connections.ts'
import { integrations } from '../index.ts'
import { cloudwatch } from './manifest.ts'

const page = readFileSync('docs/sources/aws.md', 'utf8')

test('the connection that the page shows is one that Tocsin takes, with settings that are read', () => {
  const yaml = /```yaml\n(connections:\n[\s\S]*?)```/.exec(page)?.[1] ?? ''
  const { connections, findings } = parseConnections(yaml)
  expect(findings).toEqual([])
  expect(connections).toMatchObject([{ kind: 'cloudwatch', asked: { source: 'AWS', settings: { region: 'us-east-1' } } }])
  for (const name of Object.keys(connections?.[0]?.asked?.settings ?? {})) expect(cloudwatch.ask.settings).toHaveProperty(name)
})

test('the doors that it names, and those whose alerts an answer is about, are doors', () => {
  const ids = integrations.flatMap(({ doors }) => doors.map(({ id }) => id))
  for (const id of cloudwatch.ask.doors) expect(ids).toContain(id)
  const paths = integrations.flatMap(({ doors }) => doors.map(({ path }) => path.replace(':key', '<key>')))
  for (const [, path = ''] of page.matchAll(/`POST (\/hooks\/[^`]+)`/g)) expect(paths).toContain(path)
})
