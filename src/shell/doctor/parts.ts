/** The doctor's parts from those of a running server. */
import { formatFinding } from '../../core/playbook/finding.ts'
import type { ChannelBook } from '../../integration.ts'
import type { TlsStatus } from '../http/tls-source.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { FolderStatus, PlaybookService } from '../playbook/playbooks.ts'
import type { DoctorParts } from './check.ts'

export interface ServerPartsForDoctor {
  readonly channels: ChannelBook
  readonly outbox: Pick<Outbox, 'channels'>
  readonly playbooks: Pick<PlaybookService, 'status'>
  /** Asked at each examination: the listeners start after the routes are made. */
  readonly tls: () => TlsStatus | null
}

export function doctorParts({ channels, outbox, playbooks, tls }: ServerPartsForDoctor): DoctorParts {
  return { channels, breakers: outbox.channels, playbookFault: () => faultOf(playbooks.status()), tls }
}

/** Why files of the folder are not in force; null when they are. */
export function faultOf(status: Pick<FolderStatus, 'refused' | 'findings'>): string | null {
  if (status.refused.length === 0) return null
  const first = status.findings.find((finding) => finding.severity === 'error' && status.refused.includes(finding.file))
  return first === undefined ? status.refused.join(', ') : formatFinding(first)
}
