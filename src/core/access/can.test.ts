import { expect, test } from 'vitest'
import { asId, type PersonId } from '../id.ts'
import { ACTIONS, type AccessRole, actionsOf, can, type Viewer } from './can.ts'

const as = (role: AccessRole): Viewer => ({ personId: asId<PersonId>('p'), name: 'Mara', role })
const ROLES: readonly AccessRole[] = ['owner', 'admin', 'responder', 'stakeholder', 'auditor']

test('a private incident exists for its members only, whatever the role', () => {
  for (const role of ROLES) {
    expect(can(as(role), 'incident.read', { kind: 'incident', private: true, member: false })).toBe(false)
    expect(can(as(role), 'incident.read', { kind: 'incident', private: true, member: true })).toBe(true)
    expect(can(as(role), 'incident.read', { kind: 'incident', private: false, member: false })).toBe(true)
  }
})

test('those who only read cannot respond, also as members', () => {
  for (const role of ['stakeholder', 'auditor'] as const) {
    expect(can(as(role), 'incident.respond', { kind: 'incident', private: true, member: true })).toBe(false)
    expect(can(as(role), 'incident.declare')).toBe(false)
  }
})

test('an administrator cannot touch an owner', () => {
  const owner = { kind: 'person', id: asId<PersonId>('o'), role: 'owner' } as const
  expect(can(as('admin'), 'people.manage', owner)).toBe(false)
  expect(can(as('owner'), 'people.manage', owner)).toBe(true)
  expect(can(as('admin'), 'people.manage', { ...owner, role: 'responder' })).toBe(true)
})

test('the matrix of roles and actions is as written down here', () => {
  const denied = (role: AccessRole) => ACTIONS.filter((action) => !actionsOf(as(role)).includes(action))
  expect(denied('owner')).toEqual([])
  expect(denied('admin')).toEqual([])
  expect(denied('responder')).toEqual(['playbook.save', 'people.manage', 'source.manage', 'key.manage', 'audit.read', 'server.maintain'])
  expect(actionsOf(as('stakeholder'))).toEqual(['incident.read', 'playbook.read', 'oncall.read', 'people.read'])
  expect(denied('auditor')).toEqual([
    'incident.declare',
    'incident.respond',
    'playbook.check',
    'playbook.save',
    'people.manage',
    'source.manage',
    'key.own',
    'key.manage',
    'server.maintain',
  ])
})
