/** What readers are shown: the tables of the template, what the engine does besides, and nothing that a browser would run. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { Nodes } from 'mdast'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { playbookFiles } from '../../../../test/support/playbook-file.ts'
import { asId } from '../../id.ts'
import { parsePlaybook } from '../parse.ts'
import type { PlaybookFile } from '../schema.ts'
import { importDocument } from './import-document.ts'
import { writePage } from './page.ts'
import { isComment } from './prose.ts'
import { renderDocument, type RenderedDocument } from './render-document.ts'
import { readTree } from './tree.ts'

const RUNS = 40
const LONG_MS = 180_000

interface Shown extends RenderedDocument {
  readonly page: string
}

function show(yaml: string): Shown | null {
  const { playbook, file } = parsePlaybook(yaml, asId('d'))
  if (playbook === null || file === null) return null
  const rendered = renderDocument(file, playbook)
  return { ...rendered, page: writePage(rendered.model, playbook, { provenance: 'here' }) }
}

function small(over: Partial<PlaybookFile> = {}): Shown {
  const shown = show(
    stringify({
      metadata: {
        id: 'IRP-1',
        maintainer: { name: 'Sec', email: 'm@example.com' },
        last_review: '2026-01-01',
        next_review_due: '2026-04-01',
      },
      severities: [
        { id: 'P1', definition: 'Down', response_time: '5 min', roles_paged: ['Ops', 'Boss'] },
        { id: 'P2', definition: 'Slow', response_time: '1 h', roles_paged: ['Ops'] },
      ],
      default_severity: 'P2',
      incident_types: [{ title: 'API Spike', severity: 'P1', detection: [{ alarm: 'Spike' }] }],
      ...over,
    }),
  )
  if (shown === null) throw new Error('the playbook has errors')
  return shown
}

describe('the Markdown', () => {
  const { markdown } = small({
    incident_types: [
      {
        title: 'Queue',
        severity: 'P1',
        detection: [
          { alarm: 'q_depth', threshold: '> 500', sources: ['prometheus', 'my-checks'] },
          { sources: 'sentry', when: 'signal.title.contains("a|b")' },
        ],
        group_by: ['service'],
        immediate_mitigation: ['Stop; then look', { title: 'Drain', action: 'drain-queue' }],
      },
    ],
    communication: [
      { audience: 'Users', channels: ['Status page', 'Mail'], severities: ['P1'], frequency: '30 min', content: 'What' },
      { audience: 'Staff', channels: 'Chat', frequency: 'real-time' },
    ],
    pass_criteria: ['Reviewed'],
  })

  test('shows how a type is detected as people write it', () => {
    expect(markdown).toContain('`q_depth` > 500 from Prometheus + `my-checks` or Sentry when `signal.title.contains("a\\|b")`')
  })

  test('parts steps by lines where one has a semicolon', () => expect(markdown).toContain('| Stop; then look<br>Drain |'))

  test('says rhythms with the severities they are for', () => {
    expect(markdown).toContain('| Users | Status page + Mail | P1 30 min cadence | What |')
    expect(markdown).toContain('| Staff | Chat | Real-time | |')
  })

  test('counts its sections, and ends with what the engine does besides', () => {
    expect(markdown.match(/^## .*$/gm)).toEqual([
      '## 1 Playbook Metadata',
      '## 2 Severity Matrix',
      '## 3 Common Incidents & Mitigations',
      '## 4 Communication Plan',
      '## 5 Compliance & Reporting',
      '## Engine Settings',
    ])
    expect(markdown).toContain(
      '| P1 pages Ops, Boss | At once who is on call, after 2 min who is next and who is on call, after 4 min the owners; 3 rounds of 5 min |',
    )
  })

  test('has what the tables leave out as YAML, and no more', () => {
    const settings = /```yaml tocsin\n([^]*?)```/.exec(markdown)?.[1]
    expect(settings).toBe(
      'incident_types:\n  - title: Queue\n    group_by: [service]\n    immediate_mitigation:\n      - Stop; then look\n      - title: Drain\n        action: drain-queue\n',
    )
  })

  test('follows the order and the titles of the document', () => {
    const ordered = small({
      document: {
        title: 'Our plan',
        sections: [
          { section: 'incident_types', title: 'Trouble' },
          { section: 'severities', title: 'How bad' },
        ],
      },
    }).markdown
    expect(ordered.match(/^#+ (?:\d|Our|Eng).*$/gm)).toEqual([
      '# Our plan',
      '## 1 Playbook Metadata',
      '## 2 Trouble',
      '## 3 How bad',
      '## Engine Settings',
    ])
  })

  test('puts prose back in its place', () => {
    const { markdown: told } = small({
      prose: [
        { before: 'severities', text: 'Read this first.' },
        { after: 'severities', text: 'And this after.' },
        { after: 'severities', title: 'Who decides', text: 'The commander.' },
        { after: 'start', text: '> Purpose' },
      ],
    })
    const order = [
      '> Purpose',
      '## 2 Severity Matrix',
      'Read this first.',
      '| **P1** |',
      'And this after.',
      '## 3 Who decides',
      'The commander.',
      '## 4 Common',
    ]
    const places = order.map((text) => told.indexOf(text))
    expect(places.every((place, index) => place > (places[index - 1] ?? 0) - 1 && place >= 0)).toBe(true)
    expect(places).toEqual([...places].sort((left, right) => left - right))
  })

  test('marks prose only where it would be read as something else', () => {
    expect(small({ prose: [{ after: 'severities', text: 'Plain.' }] }).markdown).not.toContain('<!--')
    const table = '| Severity | Definition |\n| --- | --- |\n| P9 | stolen |'
    const { markdown: marked } = small({ prose: [{ after: 'severities', text: table }] })
    expect(marked).toContain(`<!-- prose: after severities -->\n\n${table}\n\n<!-- /prose -->`)
    expect(importDocument(marked, { today: '2026-01-01' }).file?.severities.map((row) => row.id)).toEqual(['P1', 'P2'])
  })
})

describe('hostile text', () => {
  const HOSTILE = '<script>alert(1)</script> [x](javascript:alert(1)) ![y](data:text/html,z) <img src=x onerror=a> | `c` | "\'\n# h'
  const everywhere = small({
    metadata: {
      id: 'IRP <b>1</b>',
      maintainer: { name: '<i>x</i>', email: 'a"onclick=x@b' },
      last_review: '2026-01-01',
      next_review_due: '2026-04-01',
    },
    severities: [{ id: 'P1', definition: HOSTILE, example: HOSTILE, response_time: '5 min', roles_paged: ['<u>Ops</u>'] }],
    default_severity: 'P1',
    incident_types: [
      {
        id: 'x',
        title: '<script>t</script>',
        severity: 'P1',
        detection: [{ alarm: '`</code><script>' }],
        immediate_mitigation: HOSTILE,
        follow_up: HOSTILE,
      },
    ],
    compliance: [{ id: 'y', title: '<a href=x>', text: HOSTILE }],
    prose: [
      { after: 'start', text: HOSTILE },
      { after: 'compliance', title: '<h1>', text: `<div onclick=x>\n${HOSTILE}\n</div>\n\n[r]: javascript:alert(2)\n\n[r]` },
    ],
    document: { title: '</title><script>t</script>' },
  })

  test('is inert in Markdown', () => expect(activeIn(everywhere.markdown)).toEqual([]))
  test('is inert in a page', () => expect(strangeTags(everywhere.page)).toEqual([]))

  test(
    'and so it is wherever it stands',
    () => {
      fc.assert(
        fc.property(playbookFiles(), (file) => {
          const shown = show(stringify(file))
          fc.pre(shown !== null)
          expect(activeIn(shown?.markdown ?? '')).toEqual([])
          expect(strangeTags(shown?.page ?? '')).toEqual([])
        }),
        { numRuns: RUNS },
      )
    },
    LONG_MS,
  )
})

/** What a reader of the Markdown could be made to run. */
function activeIn(markdown: string): string[] {
  const reading = readTree(markdown)
  if (reading.kind !== 'tree') return [reading.message]
  const walk = (node: Nodes): string[] => {
    const own = node.type === 'html' && node.value !== '<br>' && !isComment(node.value) ? [node.value] : []
    const url = 'url' in node && !/^(?:https?:|mailto:|#|[^:]*$)/i.test(node.url) ? [node.url] : []
    return [...own, ...url, ...('children' in node ? node.children.flatMap(walk) : [])]
  }
  return walk(reading.root)
}

const TAGS = new Set(
  'html head meta title style body article header p h1 h2 h3 h4 h5 h6 dl div dt dd a nav ol ul li span section table thead tbody tr th td strong em del code pre blockquote br hr footer'.split(
    ' ',
  ),
)

/** Tags that are none of ours, and attributes that could do something. */
function strangeTags(page: string): string[] {
  const body = page.replace(/<style>[^]*?<\/style>/, '').replace('<!doctype html>', '')
  return [...body.matchAll(/<([^>]*)>/g)]
    .map((match) => match[1] ?? '')
    .filter((tag) => {
      const name = /^\/?([a-z0-9]+)/.exec(tag)?.[1] ?? ''
      const attributes = [...tag.matchAll(/\s([a-z-]+)="([^"]*)"/g)]
      const rest = tag
        .replace(/^\/?[a-z0-9]+/, '')
        .replaceAll(/\s[a-z-]+="[^"]*"/g, '')
        .trim()
      const href = attributes.find(([, attribute]) => attribute === 'href')?.[2] ?? '#'
      const known = [
        'lang',
        'charset',
        'name',
        'content',
        'class',
        'id',
        'href',
        'rel',
        'aria-label',
        'scope',
        'data-label',
        'data-section',
        'start',
      ]
      return (
        !TAGS.has(name) ||
        rest !== '' ||
        !/^(?:https?:\/\/|mailto:|#)/.test(href) ||
        attributes.some(([, attribute]) => !known.includes(attribute ?? ''))
      )
    })
}

describe('the page', () => {
  const { page } = show(readFileSync('playbook/playbook.yaml', 'utf8')) ?? small()

  test('names the document, its keeper and its dates', () => {
    expect(page).toContain('<title>Template 7.2 – Incident Response Playbook</title>')
    expect(page).toContain('<dt>Next review due</dt><dd>6 September 2025</dd>')
    expect(page).toContain('<a href="mailto:security@rejuve.ai">Security</a>')
  })

  test('lists its sections, each of which is there once', () => {
    const links = [...page.matchAll(/<li><a href="#([^"]+)">/g)].map((match) => match[1])
    expect(links).toHaveLength(9)
    for (const id of links) expect(page.split(`<section id="${id}"`)).toHaveLength(2)
  })

  test('does not repeat to readers the block that only an import reads', () => expect(page).not.toContain('<pre>'))
})
