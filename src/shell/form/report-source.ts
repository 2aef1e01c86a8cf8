/** The source that reports of one kind and way come by: two that are never mixed with those of monitoring. */
import type { ReportKind } from '../../core/playbook/report.ts'
import type { Ports } from '../ports.ts'
import { ensureKeylessSource, type ReportSource } from './report-source-store.ts'

const NAMES: Readonly<Record<ReportKind, string>> = { ticket: 'Customer tickets', security: 'Security reports' }
const WAYS = { email: 'by mail', form: 'by form' } as const

const known = new WeakMap<Ports, Map<string, Promise<ReportSource>>>()

/** @throws when the database is away and it is not known yet */
export function ensureReportSource(ports: Ports, kind: ReportKind, way: keyof typeof WAYS): Promise<ReportSource> {
  const sources = known.get(ports) ?? new Map<string, Promise<ReportSource>>()
  known.set(ports, sources)
  const key = `${kind}/${way}`
  const found = sources.get(key)
  if (found !== undefined) return found
  const made = ports.database.inTransaction('main', (tx) => ensureKeylessSource(tx, { name: `${NAMES[kind]} ${WAYS[way]}`, kind: way }))
  sources.set(key, made)
  made.catch(() => sources.delete(key))
  return made
}
