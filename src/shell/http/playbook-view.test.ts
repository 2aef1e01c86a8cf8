/** The playbook as the API tells it: every rule that a reader of an incident may ask for. */
import { expect, test } from 'vitest'
import { testPlaybook } from '../../../test/support/playbook.ts'
import { PlaybookView } from '../../api/schema.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts'
import { showPlaybook } from './playbook-view.ts'

const rules = {
  grouping: { by: ['region'], windowMs: 10 * MINUTE_MS },
  pagesPerPerson: { max: 20, withinMs: 10 * MINUTE_MS },
  muting: { reasonRequired: ['red'], maxMs: HOUR_MS, never: ['amber'], noticeBeforeMs: MINUTE_MS },
  heartbeats: [{ name: 'backup', description: 'nightly', intervalMs: HOUR_MS, graceMs: MINUTE_MS, alarm: 'Backup', labels: { env: 'p' } }],
  inhibition: [
    {
      name: 'down',
      source: [{ name: 'alertname', value: 'Down', isRegex: false, isEqual: true }],
      target: [{ name: 'severity', value: 'warning|info', isRegex: true, isEqual: true }],
      equal: ['cluster'],
    },
  ],
}

test('it tells how alerts come together, what bounds a storm, what may be muted and whose silence is an alarm', () => {
  const shown = showPlaybook(testPlaybook(rules), undefined)
  expect(shown).toMatchObject({
    grouping: { by: ['region'], window_seconds: 600 },
    limits: { new_incidents_per_minute: 10, pages_per_person: { pages: 20, within_seconds: 600 } },
    resolution: { quiet_seconds: 300, flapping: { changes: 4, within_seconds: 1_800 } },
    muting: { reason_required: ['red'], max_seconds: 3_600, never: ['amber'], notice_before_seconds: 60 },
    inhibition: [
      { name: 'down', source_matchers: ['alertname="Down"'], target_matchers: ['severity=~"warning|info"'], equal: ['cluster'] },
    ],
    heartbeats: [{ name: 'backup', interval_seconds: 3_600, grace_seconds: 60, alarm: 'Backup', labels: { env: 'p' } }],
    incident_types: [{ group_by: [], window_seconds: null }],
  })
  expect(PlaybookView.parse(shown)).toEqual(shown)
})

test('no bound of pages and no longest time are null', () => {
  const unbounded = { pagesPerPerson: { max: 100_000, withinMs: MINUTE_MS }, muting: { ...rules.muting, maxMs: null } }
  expect(showPlaybook(testPlaybook(unbounded), undefined)).toMatchObject({
    limits: { pages_per_person: null },
    muting: { max_seconds: null },
  })
})
