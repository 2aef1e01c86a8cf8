/**
 * What changes when one playbook takes the place of another, told by what it means for people: who is paged later, what
 * is due sooner, which signal no longer opens anything. Empty for two playbooks that do the same and read the same.
 */
import type { Playbook } from '../playbook.ts'
import { byGravity, type Change } from './change.ts'
import { diffCommunication } from './communication.ts'
import { diffFields } from './fields.ts'
import { diffIncidentRoles } from './incident-role.ts'
import { diffTypes } from './incident-type.ts'
import { diffOwnership } from './ownership.ts'
import { findRenames, type Renamed } from './rename.ts'
import { diffRest } from './rest.ts'
import { diffSeverities } from './severity.ts'

/** Sections that the comparisons below know; whatever else a playbook has is told field by field. */
const KNOWN = [
  'digest',
  'metadata',
  'severities',
  'defaultSeverity',
  'lifecycle',
  'resolution',
  'incidentTypes',
  'roles',
  'communication',
  'postMortem',
  'compliance',
  'passCriteria',
  'slas',
  'services',
  'teams',
  'newIncidentsPerMinuteMax',
  'pagesPerPerson',
  'carries',
  'document',
  'prose',
]

/** The gravest first. Both are playbooks that were parsed without an error; the digest does not count. */
export function diffPlaybooks(before: Playbook, after: Playbook): readonly Change[] {
  return diffRenamed(findRenames(before, after), after)
}

/** For callers that need to know the renames as well. */
export function diffRenamed({ playbook: named, changes }: Renamed, after: Playbook): readonly Change[] {
  return byGravity([
    ...changes,
    ...diffSeverities(named, after),
    ...diffTypes(named, after),
    ...diffCommunication(named.communication, after.communication),
    ...diffIncidentRoles(named.roles, after.roles),
    ...diffOwnership(named, after),
    ...diffRest(named, after),
    ...diffFields(named, after, { what: '', path: [], known: KNOWN }),
  ])
}
