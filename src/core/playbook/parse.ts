/** From the text of `playbook.yaml` to the playbook that runs, or to findings that say where and what to mend. */
import type { PlaybookDigest } from '../id.ts'
import { buildPlaybook } from './build.ts'
import { checkPlaybook } from './check.ts'
import { readYaml, FINDINGS_MAX, type YamlFile } from './document.ts'
import { type Finding, hasErrors, type Problem, type Report } from './finding.ts'
import type { Playbook } from './playbook.ts'
import { PlaybookFile } from './schema.ts'
import { checkShape } from './shape.ts'

export interface ParsedPlaybook {
  /** Null when any finding is an error. */
  readonly playbook: Playbook | null
  /** The file as it is written, once its shape is right; null when it is not. */
  readonly file: PlaybookFile | null
  /** In the order of the file. */
  readonly findings: readonly Finding[]
  /** Finds the line of a later problem, such as one that depends on today's date. */
  readonly place: (problem: Problem) => Finding
}

/** Never throws. @param digest SHA-256 of the file's bytes, computed by the shell */
export function parsePlaybook(text: string, digest: PlaybookDigest): ParsedPlaybook {
  const file = readYaml(text)
  if (file.data === undefined) return { playbook: null, file: null, findings: inOrder(file.findings), place: file.place }
  const { report, findings } = collect(file)
  const shape = checkShape(PlaybookFile, file.data, report)
  if (shape === undefined) return { playbook: null, file: null, findings: findings(), place: file.place }
  const playbook = buildPlaybook(shape, digest, report)
  checkPlaybook(playbook, shape, report)
  const found = findings()
  return { playbook: hasErrors(found) ? null : playbook, file: shape, findings: found, place: file.place }
}

/** Gathers problems as findings. The same one found by two ways (an inherited escalation, say) counts once. */
export function collect(file: YamlFile): { report: Report; findings: () => readonly Finding[] } {
  const found = new Map<string, Finding>()
  const add = (finding: Finding): void => {
    const key = `${finding.code}\u0000${finding.line}\u0000${finding.column}\u0000${finding.message}`
    if (found.size < FINDINGS_MAX && !found.has(key)) found.set(key, finding)
  }
  for (const finding of file.findings) add(finding)
  return { report: (problem: Problem) => add(file.place(problem)), findings: () => inOrder([...found.values()]) }
}

export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((left, right) => left.line - right.line || left.column - right.column)
}
