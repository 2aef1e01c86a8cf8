/** Making, changing and ending maintenance windows, each with its audit leaf; what a window held is aimed again at once. */
import type { Actor } from '../../core/incident/event.ts'
import { describeScope, isEmptyScope, type Maintenance, type MaintenanceScope } from '../../core/silence/maintenance.ts'
import { compileMatchers, matchesEverything } from '../../core/silence/matcher.ts'
import { reasonMissing } from '../../core/silence/warnings.ts'
import { faultOf, type WindowSchedule } from '../../core/silence/window.ts'
import { describeSchedule } from '../../core/silence/window-text.ts'
import { findService } from '../../core/playbook/service.ts'
import { findType } from '../../core/playbook/playbook.ts'
import { readZone } from '../../core/oncall/wall.ts'
import { appendLeaves } from '../audit/audit-store.ts'
import type { Tx } from '../database/database.ts'
import type { Ports } from '../ports.ts'
import { moveDue } from './hold-store.ts'
import { loadOpenMaintenance, lockMaintenance, saveMaintenance } from './maintenance-store.ts'
import { MAINTENANCE_OPEN_MAX } from './mute-book.ts'
import { noteMuteChange } from './silence-act.ts'
import { countMuteChange } from './version-store.ts'

export interface MaintenanceParts extends MaintenanceScope {
  readonly title: string
  readonly reason: string
  readonly zone: string
  readonly schedule: WindowSchedule
}

export type MaintenanceAct =
  | { readonly kind: 'done'; readonly window: Maintenance }
  | {
      readonly kind: 'refused'
      readonly field: 'zone' | 'schedule' | 'matchers' | 'services' | 'types' | 'reason' | 'scope' | 'count' | 'ended'
      readonly message: string
    }
  | { readonly kind: 'unknown' }

export async function createMaintenance(ports: Ports, tx: Tx, parts: MaintenanceParts, by: Actor): Promise<MaintenanceAct> {
  const refused = refuse(ports, parts)
  if (refused !== null) return refused
  if ((await loadOpenMaintenance(tx, MAINTENANCE_OPEN_MAX)).length >= MAINTENANCE_OPEN_MAX) {
    return { kind: 'refused', field: 'count', message: `there are ${MAINTENANCE_OPEN_MAX} windows already: end some` }
  }
  const window: Maintenance = {
    ...pick(parts),
    id: ports.freshId(),
    version: 1,
    author: by,
    createdAt: tx.now,
    updatedAt: tx.now,
    endedAt: null,
  }
  await save(ports, tx, { act: 'maintenance.created', by, window })
  return { kind: 'done', window }
}

export async function changeMaintenance(
  ports: Ports,
  tx: Tx,
  id: string,
  change: Partial<MaintenanceParts> & { readonly by: Actor },
): Promise<MaintenanceAct> {
  const before = await lockMaintenance(tx, id)
  if (before === undefined) return { kind: 'unknown' }
  if (before.endedAt !== null) return { kind: 'refused', field: 'ended', message: 'it was ended: make another' }
  const { by, ...parts } = change
  const window: Maintenance = { ...before, ...parts, version: before.version + 1, updatedAt: tx.now }
  const refused = refuse(ports, window)
  if (refused !== null) return refused
  await save(ports, tx, { act: 'maintenance.changed', by, window })
  return { kind: 'done', window }
}

/** For good: no occurrence of it comes any more, and one that runs ends now. */
export async function endMaintenance(ports: Ports, tx: Tx, id: string, by: Actor): Promise<MaintenanceAct> {
  const before = await lockMaintenance(tx, id)
  if (before === undefined) return { kind: 'unknown' }
  if (before.endedAt !== null) return { kind: 'done', window: before }
  const window: Maintenance = { ...before, version: before.version + 1, updatedAt: tx.now, endedAt: tx.now }
  await save(ports, tx, { act: 'maintenance.ended', by, window })
  return { kind: 'done', window }
}

function pick({ title, reason, zone, schedule, matchers, services, types, sources }: MaintenanceParts): MaintenanceParts {
  return { title, reason: reason.trim(), zone, schedule, matchers, services, types, sources }
}

type Refused = Extract<MaintenanceAct, { kind: 'refused' }>

function refuse(ports: Ports, parts: MaintenanceParts): Refused | null {
  const playbook = ports.playbooks.current()
  const no = (field: Refused['field'], message: string): Refused => ({ kind: 'refused', field, message })
  if (readZone(parts.zone) === null) return no('zone', `${parts.zone} is no time zone: write it as Europe/Berlin`)
  const fault = faultOf(parts.schedule, parts.zone)
  if (fault !== null) return no('schedule', fault)
  if (isEmptyScope(parts)) return no('scope', 'name matchers, services, types or sources: a window over everything is none')
  const compiled = compileMatchers(parts.matchers)
  if (compiled.kind === 'fault') return no('matchers', compiled.message)
  const named = parts.services.length > 0 || parts.types.length > 0 || parts.sources.length > 0
  if (!named && matchesEverything(compiled.matchers)) return no('matchers', 'at least one matcher must not match the empty text')
  const service = parts.services.find((name) => findService(playbook, name) === undefined)
  if (service !== undefined) return no('services', `the playbook has no service ${service}`)
  const type = parts.types.find((id) => findType(playbook, id) === undefined)
  if (type !== undefined) return no('types', `the playbook has no incident type ${type}`)
  const missing = reasonMissing(playbook, { matchers: compiled.matchers, types: parts.types, reason: parts.reason })
  if (missing.length === 0) return null
  return no('reason', `it may hold alerts of ${missing.join(', ')}: the playbook wants a reason`)
}

async function save(ports: Ports, tx: Tx, { act, by, window }: { act: string; by: Actor; window: Maintenance }): Promise<void> {
  await saveMaintenance(tx, window)
  await moveDue(tx, { by: 'maintenance', refId: window.id }, tx.now)
  await countMuteChange(tx)
  const data = {
    title: window.title,
    about: describeScope(window),
    when: describeSchedule(window.schedule, window.zone),
    reason: window.reason,
    version: window.version,
  }
  await appendLeaves(tx, [{ at: tx.now, actor: by, act, subject: `maintenance:${window.id}`, data }])
  noteMuteChange(ports, tx)
}
