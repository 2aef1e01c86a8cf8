/** The doctor's parts from those of a running server. */
import { formatFinding } from '../../core/playbook/finding.ts'
import type { ChannelBook } from '../../integration.ts'
import type { TlsStatus } from '../http/tls-source.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { ConnectionService } from '../playbook/connections.ts'
import type { FolderStatus, PlaybookService } from '../playbook/playbooks.ts'
import type { DoctorParts } from './check.ts'

export interface ServerPartsForDoctor {
  readonly channels: ChannelBook
  readonly outbox: Pick<Outbox, 'channels'>
  readonly playbooks: Pick<PlaybookService, 'status'>
  readonly connections?: Pick<ConnectionService, 'asked'>
  /** Asked at each examination: the listeners start after the routes are made. */
  readonly tls: () => TlsStatus | null
}

export function doctorParts({ channels, outbox, playbooks, connections, tls }: ServerPartsForDoctor): DoctorParts {
  const asked = connections === undefined ? {} : { asked: connections.asked }
  return { channels, breakers: outbox.channels, playbookFault: () => faultOf(playbooks.status()), tls, ...asked }
}

/** Why files of the folder are not in force; null when they are. */
export function faultOf(status: Pick<FolderStatus, 'refused' | 'findings'>): string | null {
  if (status.refused.length === 0) return null
  const first = status.findings.find((finding) => finding.severity === 'error' && status.refused.includes(finding.file))
  return first === undefined ? status.refused.join(', ') : formatFinding(first)
}
