/** From the text of `playbook.yaml` to the playbook that runs, or to findings that say where and what to mend. */
import type { PlaybookDigest } from '../id.ts'
import { buildPlaybook } from './build.ts'
import { checkPlaybook } from './check.ts'
import { readYaml, FINDINGS_MAX, type YamlFile } from './document.ts'
import { type Finding, hasErrors, type Problem, type Report } from './finding.ts'
import { findingBefore, migrate, versionOf } from './migrate/migrate.ts'
import type { Playbook } from './playbook.ts'
import { PlaybookFile, SCHEMA_VERSION } from './schema.ts'
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
  const file = readPresent(text)
  if (file.data === undefined) return { playbook: null, file: null, findings: inOrder(file.findings), place: file.place }
  const { report, findings } = collect(file)
  const shape = checkShape(PlaybookFile, file.data, report)
  if (shape === undefined) return { playbook: null, file: null, findings: findings(), place: file.place }
  const playbook = buildPlaybook(shape, digest, report)
  checkPlaybook(playbook, shape, report)
  const found = findings()
  return { playbook: hasErrors(found) ? null : playbook, file: shape, findings: found, place: file.place }
}

/** A file of an older version is read as it would stand in the present one, and what is found has its place in the file as it is. */
function readPresent(text: string): YamlFile {
  const file = readYaml(text)
  const migration = file.data === undefined ? null : migrate(text, file.data)
  if (migration === null) return refuseNewer(file)
  const present = readYaml(migration.text)
  const path = versionOf(file.data) !== null && Object.hasOwn(file.data as object, 'schema_version') ? ['schema_version'] : []
  const message = `This file is of version ${migration.from} of the language; it is read as one of version ${SCHEMA_VERSION}.`
  const old = file.place({ code: 'schema-old', severity: 'warning', path, message, fix: 'Run `tocsin lint --fix`, which writes it anew.' })
  return {
    data: present.data,
    findings: [old, ...present.findings.map((finding) => findingBefore(migration, finding))],
    place: (problem) => findingBefore(migration, present.place(problem)),
  }
}

/** A newer language may say by the same words something else: nothing of the file is read. */
export function refuseNewer(file: YamlFile): YamlFile {
  const version = versionOf(file.data)
  if (version === null || version <= SCHEMA_VERSION) return file
  const message = `This file is of version ${version} of the language; this Tocsin reads up to ${SCHEMA_VERSION}.`
  const fix = `Upgrade Tocsin, or write the file in version ${SCHEMA_VERSION}.`
  const newer = file.place({ code: 'schema-newer', severity: 'error', path: ['schema_version'], message, fix })
  return { ...file, data: undefined, findings: [...file.findings, newer] }
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
