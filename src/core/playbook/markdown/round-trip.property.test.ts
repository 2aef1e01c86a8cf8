/** Import, render, import again: the same playbook, whatever it is. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { playbookFiles } from '../../../../test/support/playbook-file.ts'
import { asId } from '../../id.ts'
import { parsePlaybook } from '../parse.ts'
import type { Playbook } from '../playbook.ts'
import type { PlaybookFile } from '../schema.ts'
import { importDocument } from './import-document.ts'
import { renderDocument } from './render-document.ts'

/** Each renders and imports a whole document, some twice. */
const RUNS = 40
const LONG_MS = 180_000

const parse = (text: string) => parsePlaybook(text, asId('d'))

/** Null: the file has errors, and no document is made of it. */
function render(yaml: string): { playbook: Playbook; markdown: string } | null {
  const { playbook, file } = parse(yaml)
  return playbook === null || file === null ? null : { playbook, markdown: renderDocument(file, playbook).markdown }
}

function valid(file: PlaybookFile): { playbook: Playbook; markdown: string } {
  const rendered = render(stringify(file))
  fc.pre(rendered !== null)
  return rendered ?? { playbook: {} as Playbook, markdown: '' }
}

/** As the engine sees it: everything but the digest, and where in the file a threshold stands. */
function meaning(playbook: Playbook | null): unknown {
  return JSON.parse(JSON.stringify(playbook, (key, value: unknown) => (key === 'path' || key === 'digest' ? undefined : value)))
}

test(
  'a rendered playbook imports as the same playbook',
  () => {
    fc.assert(
      fc.property(playbookFiles(), (file) => {
        const { playbook, markdown } = valid(file)
        const { yaml } = importDocument(markdown, { today: '2026-11-24' })
        expect(meaning(parse(yaml ?? '').playbook)).toEqual(meaning(playbook))
      }),
      { numRuns: RUNS },
    )
  },
  LONG_MS,
)

test(
  'what was imported once is imported again as the same text',
  () => {
    fc.assert(
      fc.property(playbookFiles(), (file) => {
        const { markdown } = valid(file)
        const first = importDocument(markdown, { today: '2026-11-24' }).yaml ?? ''
        const again = importDocument(render(first)?.markdown ?? '', { today: '2027-01-01' }).yaml
        expect(again).toBe(first)
      }),
      { numRuns: RUNS },
    )
  },
  LONG_MS,
)

test('the playbook that ships too', () => {
  const shipped = readFileSync('playbook/playbook.yaml', 'utf8')
  const { yaml, notes } = importDocument(render(shipped)?.markdown ?? '', { today: '2026-11-24' })
  expect(meaning(parse(yaml ?? '').playbook)).toEqual(meaning(parse(shipped).playbook))
  expect(notes.filter((note) => note.code === 'settings-unreadable')).toEqual([])
})
