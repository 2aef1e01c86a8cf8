/** Which actions an incident offers its reader now, and which one its phase calls for. Pure. */
import type { Incident } from '../../../src/api/schema.ts'

export type OfferId =
  | 'acknowledge'
  | 'mitigate'
  | 'resolve'
  | 'keep'
  | 'note'
  | 'severity'
  | 'triage'
  | 'impact'
  | 'roles'
  | 'call'
  | 'decline'
  | 'release'
  | 'reopen'
  | 'close'
  | 'move'
  | 'merge'
  | 'link'
  | 'snooze'
  | 'why'

export interface Offer {
  readonly id: OfferId
  readonly label: string
  readonly shortcut: string
  /** More words for the palette. */
  readonly words: string
}

const OFFERS: Readonly<Record<OfferId, Offer>> = {
  acknowledge: { id: 'acknowledge', label: 'Acknowledge', shortcut: 'A', words: 'ack take it answer' },
  mitigate: { id: 'mitigate', label: 'Mitigate', shortcut: 'M', words: 'start working fix' },
  resolve: { id: 'resolve', label: 'Resolve', shortcut: 'R', words: 'done fixed over' },
  keep: { id: 'keep', label: 'Keep open: not over yet', shortcut: 'Y', words: 'decline proposed resolution not yet' },
  note: { id: 'note', label: 'Note', shortcut: 'N', words: 'add write comment timeline' },
  severity: { id: 'severity', label: 'Change severity', shortcut: 'S', words: 'raise lower' },
  triage: { id: 'triage', label: 'Triage', shortcut: 'T', words: 'classify type' },
  impact: { id: 'impact', label: 'Record impact', shortcut: 'I', words: 'measure users error rate latency how bad' },
  roles: { id: 'roles', label: 'Take or give a role', shortcut: 'K', words: 'commander lead scribe assign' },
  call: { id: 'call', label: 'Call somebody in', shortcut: 'P', words: 'page summon help person role' },
  decline: { id: 'decline', label: 'I can’t: page the next person', shortcut: 'X', words: 'decline pass hand on' },
  release: { id: 'release', label: 'Stop paging', shortcut: 'L', words: 'release stand down' },
  reopen: { id: 'reopen', label: 'Reopen', shortcut: 'O', words: 'again back' },
  close: { id: 'close', label: 'Close', shortcut: 'D', words: 'finish archive' },
  merge: { id: 'merge', label: 'Merge into another', shortcut: 'J', words: 'join same duplicate' },
  link: { id: 'link', label: 'Link to another', shortcut: 'H', words: 'related belongs together' },
  snooze: { id: 'snooze', label: 'Snooze', shortcut: 'Z', words: 'later wake remind' },
  why: { id: 'why', label: 'Why? Who was paged, and who was not', shortcut: 'W', words: 'not paged explain reason' },
  move: { id: 'move', label: 'Move to the playbook in force', shortcut: 'V', words: 'version newer' },
}

/** In the order in which they are listed. `paging`: somebody is still being paged. `newer`: another version of the playbook is in force. */
export function offersOf(
  incident: Incident,
  { mayRespond, paging, newer }: { readonly mayRespond: boolean; readonly paging: boolean; readonly newer?: boolean },
): readonly Offer[] {
  if (!mayRespond) return [OFFERS.why]
  const ids: OfferId[] = []
  if (incident.open) {
    if (incident.paging_you || incident.acknowledged_at === null) ids.push('acknowledge')
    if (incident.phase !== 'mitigating') ids.push('mitigate')
    ids.push('resolve', 'note', 'severity', 'triage', 'impact', 'roles', 'call')
    if (incident.paging_you) ids.push('decline')
    if (paging) ids.push('release')
    if (mayBeKept(incident)) ids.push('keep')
    ids.push('snooze', 'merge')
    if (newer === true) ids.push('move')
  } else if (incident.merged_into === null) {
    if (incident.phase !== 'closed') ids.push('close', 'note', 'roles')
    ids.push('reopen')
  }
  ids.push('link', 'why')
  return ids.map((id) => OFFERS[id])
}

/** All its alerts are clear, so that it is or will be proposed, and nobody has said yet that it is not over. */
function mayBeKept({ alerts_total, alerts_firing, kept_open }: Incident): boolean {
  return alerts_total > 0 && alerts_firing === 0 && kept_open === null
}

/** The one main action: answer first, then mitigate, then resolve, then close. */
export function primaryOf(incident: Incident, offers: readonly Offer[]): Offer | undefined {
  const order: readonly OfferId[] = incident.phase === 'mitigating' ? ['acknowledge', 'resolve'] : ['acknowledge', 'mitigate', 'close']
  return order.map((id) => offers.find((offer) => offer.id === id)).find((offer) => offer !== undefined)
}

/** Shown as buttons left of the main one; the rest is in the menu. */
export function secondaryOf(offers: readonly Offer[], primary: Offer | undefined): readonly Offer[] {
  const wanted: readonly OfferId[] = ['note', 'resolve', 'mitigate', 'reopen']
  return wanted.flatMap((id) => offers.filter((offer) => offer.id === id && offer.id !== primary?.id)).slice(0, 2)
}
