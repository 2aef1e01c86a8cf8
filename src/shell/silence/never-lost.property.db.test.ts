/**
 * Whatever is silenced, expired, snoozed and restarted in between, in whatever order: at the end, when nothing holds any
 * more, every alert that fires is of an open incident, and no alert that fires was ever held by what was over.
 */
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.ts'
import { KEY, seedSource, startTestIntake, type TestIntake } from '../../../test/support/intake.ts'
import { testPlaybook } from '../../../test/support/playbook.ts'
import type { Actor } from '../../core/incident/event.ts'
import { HOUR_MS } from '../../core/time.ts'
import { muteBookOf } from './mute-book.ts'
import { releaseDue } from './release.ts'
import { createSilence, expireSilence } from './silence-act.ts'
import { snoozeAlert, wakeAlert } from './snooze-act.ts'

const ann: Actor = { kind: 'system', name: 'Ann' }
const ALARMS = ['Spike', 'Down', 'Low'] as const
const INSTANCES = ['a', 'b'] as const

const playbook = testPlaybook({
  newIncidentsPerMinuteMax: 1_000,
  inhibition: [
    {
      name: 'down',
      source: [{ name: 'alertname', value: 'Down', isRegex: false, isEqual: true }],
      target: [{ name: 'alertname', value: 'Low', isRegex: false, isEqual: true }],
      equal: ['instance'],
    },
  ],
})

type Step =
  | {
      readonly do: 'fire' | 'end' | 'snooze' | 'wake'
      readonly alarm: (typeof ALARMS)[number]
      readonly instance: (typeof INSTANCES)[number]
    }
  | { readonly do: 'silence'; readonly alarm: (typeof ALARMS)[number] }
  | { readonly do: 'expire' | 'release' | 'forget' | 'restart' }

const alert = { alarm: fc.constantFrom(...ALARMS), instance: fc.constantFrom(...INSTANCES) }
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('fire' as const), ...alert }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), ...alert }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('snooze' as const, 'wake' as const), ...alert }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('silence' as const), alarm: alert.alarm }) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constantFrom('expire' as const, 'release' as const, 'forget' as const, 'restart' as const) }),
    },
  ),
  { minLength: 4, maxLength: 14 },
)

let base: TestDatabase | null = null
let it: TestIntake | null = null
afterEach(async () => {
  await it?.close()
  await base?.close()
})

async function run(step: Step, scene: TestIntake, silences: string[]): Promise<void> {
  const { ports } = scene
  const inTransaction = ports.database.inTransaction
  switch (step.do) {
    case 'fire':
    case 'end': {
      const labels = { alertname: step.alarm, instance: step.instance }
      const ended = step.do === 'end'
      const endsAt = ended ? new Date(Date.now() - 5_000) : '2030-01-01T00:00:00Z'
      // Without a start each message counts by its order, however fast they follow each other.
      await scene.post('/alertmanager/api/v2/alerts', [{ labels, endsAt }], { authorization: `Bearer ${KEY}` })
      await scene.settled()
      return
    }
    case 'silence': {
      const made = await inTransaction('main', (tx) =>
        createSilence(ports, tx, {
          matchers: [{ name: 'alertname', value: step.alarm, isRegex: false, isEqual: true }],
          startsAt: tx.now,
          endsAt: tx.now + HOUR_MS,
          reason: 'r',
          author: ann,
        }),
      )
      if (made.kind === 'done') silences.push(made.silence.id)
      return
    }
    case 'expire': {
      const id = silences.shift()
      if (id !== undefined) await inTransaction('main', (tx) => expireSilence(ports, tx, id, ann))
      return
    }
    case 'snooze':
    case 'wake': {
      const [found] = await scene.rows<{ id: string; fingerprint: string }>(
        `select id, fingerprint from alert where alarm = $1 and labels ->> 'instance' = $2 order by id desc limit 1`,
        [step.alarm, step.instance],
      )
      if (found === undefined) return
      const { id: alertId, fingerprint } = found
      if (step.do === 'wake') await inTransaction('main', (tx) => wakeAlert(ports, tx, fingerprint, ann))
      else {
        await inTransaction('main', (tx) =>
          snoozeAlert(ports, tx, { alertId, fingerprint, severity: null, until: tx.now + HOUR_MS, reason: '', by: ann }),
        )
      }
      return
    }
    case 'release':
      await releaseDue(ports)
      return
    case 'forget':
      muteBookOf(ports.database).forget()
  }
}

test('a silence never loses an alert', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (asked) => {
      base = await openTestDatabase()
      await seedSource(base.database)
      it = await startTestIntake(base.database, { playbook })
      const silences: string[] = []
      for (const step of asked) {
        if (step.do === 'restart') {
          await it.close()
          it = await startTestIntake(base.database, { playbook })
        } else await run(step, it, silences)
      }
      for (const alarm of ALARMS) for (const instance of INSTANCES) await run({ do: 'wake', alarm, instance }, it, silences)
      while (silences.length > 0) await run({ do: 'expire' }, it, silences)
      // One round for what the silences held, one for what only an inhibition holds then.
      for (let round = 0; round < 3; round += 1) await releaseDue(it.ports)
      const lost = await it.rows(
        `select a.alarm, a.labels ->> 'instance' as instance, h.by_kind from alert a left join incident i on i.id = a.incident_id
           left join alert_hold h on h.alert_id = a.id and h.ended_at is null
         where a.resolved_at is null and i.open is distinct from true and not (h.by_kind is not distinct from 'inhibition' and exists (
           select from alert d where d.alarm = 'Down' and d.resolved_at is null and d.labels ->> 'instance' = a.labels ->> 'instance'))`,
      )
      expect(lost).toEqual([])
      const counted = await it.rows(
        `select i.number from incident i where i.open and i.alerts_firing <>
           (select count(*) from alert a where a.incident_id = i.id and a.resolved_at is null)`,
      )
      expect(counted).toEqual([])
      await it.close()
      await base.close()
      it = null
      base = null
    }),
    { numRuns: 6, interruptAfterTimeLimit: 60_000, endOnFailure: true },
  )
}, 120_000)
