/** An Opsgenie alert as a signal: the alias is its key, tags, details, entity and source are its labels. */
import { toLabels, toLinks, toSignal } from '../alert/build.ts'
import type { Signal } from '../alert/signal.ts'
import { toNumber } from '../alert/json.ts'
import type { AlertPayload } from './payload.ts'

/** @param fallbackKey the key of an alert without an alias: Opsgenie takes the alert's own id */
export function signalOf(alert: AlertPayload, fallbackKey: string): Signal {
  const { alias, message, description, details, tags, entity, source, priority } = alert
  return toSignal({
    alarm: details['alertname'] ?? (alias === null || isOpaque(alias) ? message : alias),
    status: 'firing',
    title: message,
    summary: description,
    dedupKey: alias ?? fallbackKey,
    severityHint: priority,
    value: toNumber(details['value']),
    labels: toLabels({ ...own({ entity, source, priority, tags: tags.join(',') }), ...details }),
    links: toLinks([...Object.entries(details).map(([name, value]) => [value, name] as const), [source, 'Source']]),
  })
}

function own(labels: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, value]])))
}

/**
 * A digest or a UUID names nothing that a playbook could. Alertmanager's notifier makes its alias so: SHA-256 of the group's key.
 * Source: captured from Debian's Alertmanager 0.25.0.
 */
function isOpaque(alias: string): boolean {
  return /^[0-9a-f]{32,128}$/i.test(alias) || UUID.test(alias)
}
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
