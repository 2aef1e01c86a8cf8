/** What may be muted and what inhibits what: severities that are there, matchers that compile, nothing that holds itself. */
import { compileMatchers, matchesEverything } from '../silence/matcher.ts'
import type { Path, Report } from './finding.ts'
import type { Playbook } from './playbook.ts'
import type { PlaybookFile } from './schema.ts'
import { suggest } from './text.ts'

export function checkMuting(playbook: Playbook, file: PlaybookFile, report: Report): void {
  const known = playbook.severities.map((row) => row.id)
  const check = (id: string, path: Path): void => {
    if (known.includes(id)) return
    report({ code: 'unknown-severity', severity: 'error', path, message: `No severity is called "${id}".`, fix: suggest(id, known) })
  }
  if (file.muting?.reason_required !== undefined) {
    for (const [index, id] of playbook.muting.reasonRequired.entries()) check(id, ['muting', 'reason_required', index])
  }
  for (const [index, id] of playbook.muting.never.entries()) check(id, ['muting', 'never', index])
}

export function checkInhibition(playbook: Playbook, report: Report): void {
  const names = new Set<string>()
  for (const [index, rule] of playbook.inhibition.entries()) {
    const path = ['inhibition', index]
    if (names.has(rule.name)) {
      report({
        code: 'duplicate-id',
        severity: 'error',
        path,
        message: `"${rule.name}" is there already.`,
        fix: 'Rename one of the two.',
      })
    }
    names.add(rule.name)
    for (const side of ['source', 'target'] as const) {
      const at = [...path, `${side}_matchers`]
      const compiled = compileMatchers(rule[side])
      if (compiled.kind === 'fault') {
        const message = `${compiled.message.charAt(0).toUpperCase()}${compiled.message.slice(1)}.`
        report({ code: 'bad-matcher', severity: 'error', path: at, message, fix: 'Correct the matcher.' })
      } else if (compiled.matchers.length > 0 && matchesEverything(compiled.matchers)) {
        const message = `The ${side} matchers fit an alert without labels, and so nearly every alert.`
        report({ code: 'matches-everything', severity: 'warning', path: at, message, fix: 'Name a label and a value that it must have.' })
      }
    }
  }
}
