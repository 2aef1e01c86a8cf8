/** What CI reads: annotations that a workflow parses back, and a log of the shape that SARIF asks for. */
import { describe, expect, test } from 'vitest'
import { FINDING_CODES } from '../../core/playbook/finding-code.ts'
import type { FileFinding } from '../../core/playbook/finding.ts'
import { toAnnotations } from './github.ts'
import { toSarif } from './sarif.ts'

function finding(over: Partial<FileFinding> = {}): FileFinding {
  return {
    file: 'playbook/playbook.yaml',
    code: 'unclear-duration',
    severity: 'error',
    line: 18,
    column: 20,
    message: '"24:00" has two meanings.',
    fix: 'Write "24 h".',
    path: 'severities.0.response_time',
    ...over,
  }
}

/** As the runner reads a command: src/Runner.Worker/ActionCommand.cs of actions/runner. */
function readCommand(line: string): { command: string; properties: Record<string, string>; data: string } {
  const [, command = '', properties = '', data = ''] = /^::(\w+) ([^]*?)::([^]*)$/.exec(line) ?? []
  const unescape = (text: string): string =>
    text.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
  const pairs = properties.split(',').map((pair) => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at), unescape(pair.slice(at + 1))]
  })
  return { command, properties: Object.fromEntries(pairs) as Record<string, string>, data: unescape(data) }
}

describe('annotations of GitHub', () => {
  test('one line a finding', () => {
    expect(
      toAnnotations([finding(), finding({ severity: 'warning', code: 'review-overdue', message: 'Late.', fix: 'Review it.' })]),
    ).toEqual([
      '::error file=playbook/playbook.yaml,line=18,col=20,title=unclear-duration::"24:00" has two meanings. Write "24 h".',
      '::warning file=playbook/playbook.yaml,line=18,col=20,title=review-overdue::Late. Review it.',
    ])
  })

  test('whatever the file is called and the message says, it is one command and is read back as it was', () => {
    const file = 'a:b,c%d\n::error::x/play.yaml'
    const message = 'a 50 %0A text\r\n::set-output name=x::y, with: commas'
    const [line = ''] = toAnnotations([finding({ file, message, fix: '' })])
    expect(line.split('\n')).toHaveLength(1)
    expect(readCommand(line)).toEqual({
      command: 'error',
      properties: { file, line: '18', col: '20', title: 'unclear-duration' },
      data: `${message} `,
    })
  })
})

describe('SARIF', () => {
  const edit = { offset: 3, length: 2, text: '90 min' }
  const log = toSarif(
    [finding(), finding({ file: 'my books/50%/playbook.yaml', severity: 'warning', code: 'unusual-duration', edit })],
    '1.2.3',
  )
  const [run] = log.runs

  test('is a log of one run, of version 2.1.0, that counts columns as editors do', () => {
    expect(log).toMatchObject({
      version: '2.1.0',
      runs: [{ columnKind: 'utf16CodeUnits', tool: { driver: { name: 'tocsin lint', version: '1.2.3' } } }],
    })
    expect(run?.tool.driver.rules?.map((rule) => rule.id)).toEqual(Object.keys(FINDING_CODES))
    expect(run?.tool.driver.rules?.every((rule) => rule.shortDescription?.text !== '' && rule.help?.text !== '')).toBe(true)
  })

  test('a result names its rule by id and place, its level, and where it is', () => {
    expect(run?.results?.[0]).toEqual({
      ruleId: 'unclear-duration',
      ruleIndex: Object.keys(FINDING_CODES).indexOf('unclear-duration'),
      level: 'error',
      message: { text: '"24:00" has two meanings. Write "24 h".' },
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'playbook/playbook.yaml' }, region: { startLine: 18, startColumn: 20 } } },
      ],
    })
  })

  test('what can be mended is there as a fix, and paths are made references', () => {
    const artifactLocation = { uri: 'my%20books/50%25/playbook.yaml' }
    expect(run?.results?.[1]?.fixes).toEqual([
      {
        description: { text: 'Write "24 h".' },
        artifactChanges: [
          { artifactLocation, replacements: [{ deletedRegion: { charOffset: 3, charLength: 2 }, insertedContent: { text: '90 min' } }] },
        ],
      },
    ])
    expect(
      toSarif([finding({ file: '/srv/my book/playbook.yaml' })], '1').runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation
        ?.artifactLocation?.uri,
    ).toBe('file:///srv/my%20book/playbook.yaml')
  })
})
