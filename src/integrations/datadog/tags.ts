/** Datadog's tags, `env:production, monitor, team:platform`, as labels; a tag without a value is left among `tags`. */
import { toLabels } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import { present } from '../../integration-hook.ts'

const TAGS_MAX = 100

export function labelsOf(body: JsonObject, more: Readonly<Record<string, string>>): Record<string, string> {
  const scope = listOf(field(body, 'alert_scope') ?? field(body, 'scopes'))
  const tags = [...listOf(field(body, 'tags')), ...scope].slice(0, TAGS_MAX)
  const pairs = tags.flatMap((tag): [string, string][] => {
    const at = tag.indexOf(':')
    return at <= 0 || at === tag.length - 1 ? [] : [[tag.slice(0, at), tag.slice(at + 1)]]
  })
  return toLabels({
    ...Object.fromEntries(pairs),
    ...present({
      host: textField(body, 'hostname'),
      monitor_id: textField(body, 'alert_id') ?? textField(body, 'monitor_id'),
      event_type: textField(body, 'event_type'),
    }),
    ...more,
  })
}

function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((tag) => typeof tag === 'string')
  if (isObject(value)) return Object.entries(toLabels(value)).map(([name, text]) => `${name}:${text}`)
  return typeof value === 'string' && !value.startsWith('$')
    ? value
        .slice(0, 16_384)
        .split(',')
        .map((tag) => tag.trim())
    : []
}
