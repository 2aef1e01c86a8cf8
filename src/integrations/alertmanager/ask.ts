/**
 * Alertmanager, asked what fires: `GET /api/v2/alerts`. An alert here is the one that its webhook sends, by fingerprint. What
 * is silenced or inhibited there is no news, and is not missed.
 * Source: Alertmanager 0.25.0 on loopback; its openapi.yaml of API v2 (read 2026-11-24).
 */
import { isObject } from '../../core/alert/json.ts'
import type { Signal } from '../../core/alert/signal.ts'
import type { AskConnection, Asked, AskSource } from '../../integration.ts'
import { getJson } from '../../integration-asked.ts'
import { toAlert } from './receive.ts'

export const askAlertmanager: AskSource = {
  kind: 'alertmanager',
  title: 'Alertmanager',
  doors: ['alertmanager', 'alertmanager-bearer'],
  settings: {
    receiver: 'Only alerts that go to a receiver whose name matches this pattern: the one that sends to Tocsin. Left out: all.',
  },
  ask: ask,
}

async function ask(connection: AskConnection): Promise<Asked> {
  const { receiver } = connection.settings
  const query = new URLSearchParams({ unprocessed: 'true', ...(receiver === undefined ? {} : { receiver }) })
  const answer = await getJson(connection, `/api/v2/alerts?${query}`)
  if (answer.kind === 'failed') return answer
  if (!Array.isArray(answer.value)) return { kind: 'failed', reason: 'its answer is no list of alerts' }
  const signals: Signal[] = []
  const quiet: Signal[] = []
  for (const alert of answer.value as readonly unknown[]) {
    if (!isObject(alert)) continue
    // Its end is in the future as long as it fires.
    const signal = toAlert({ ...alert, status: 'firing', endsAt: null }, { externalURL: connection.url })
    if (signal !== null) (isSuppressed(alert) ? quiet : signals).push(signal)
  }
  return {
    kind: 'answered',
    signals,
    quiet,
    complete: true,
    note: quiet.length === 0 ? null : `${quiet.length} are silenced or inhibited there.`,
  }
}

function isSuppressed(alert: Readonly<Record<string, unknown>>): boolean {
  return isObject(alert['status']) && alert['status']['state'] === 'suppressed'
}
