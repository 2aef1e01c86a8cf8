/** Issues of Sentry and the events in them. All that is said of one issue has its id as key, so that its end finds it. */
import { toLabels, toLinks, toSignal } from '../../core/alert/build.ts'
import { field, isObject, type JsonObject, textField } from '../../core/alert/json.ts'
import type { Signal, SignalStatus } from '../../core/alert/signal.ts'
import { objectField, present, severityIn } from '../../integration-hook.ts'

/** `event_alert` and `error`. @returns null when there is no event in it */
export function readEventAlert(data: JsonObject): Signal | null {
  const event = [field(data, 'event'), field(data, 'error')].find(isObject)
  if (event === undefined) return null
  const rule = textField(objectField(data, 'issue_alert'), 'title') ?? textField(data, 'triggered_rule')
  const tags = tagsOf(event)
  const title = textField(event, 'title') ?? textField(event, 'message') ?? rule
  if (title === null) return null
  const level = textField(event, 'level') ?? tags['level'] ?? null
  return toSignal({
    alarm: rule ?? title,
    status: 'firing',
    title,
    summary: textField(event, 'message') ?? textField(objectField(event, 'metadata'), 'value') ?? textField(event, 'culprit'),
    dedupKey: textField(event, 'issue_id') ?? issueIdIn(textField(event, 'issue_url')),
    severityHint: severityOfSettings(data) ?? severityIn(rule) ?? tags['severity'] ?? tags['priority'] ?? level,
    labels: {
      ...tags,
      ...toLabels(
        present({
          resource: isObject(field(data, 'error')) ? 'error' : 'event_alert',
          rule,
          level,
          project: textField(event, 'project_slug') ?? textField(event, 'project_name') ?? textField(event, 'project'),
          environment: textField(event, 'environment') ?? tags['environment'] ?? null,
          release: textField(event, 'release') ?? tags['release'] ?? null,
          platform: textField(event, 'platform'),
          culprit: textField(event, 'culprit'),
          event_id: textField(event, 'event_id'),
        }),
      ),
    },
    links: toLinks([[field(event, 'web_url'), 'Sentry']]),
  })
}

/** Who wrote the rule may have said it in its own form ("alert rule action"). */
function severityOfSettings(data: JsonObject): string | null {
  const settings = field(objectField(data, 'issue_alert'), 'settings')
  if (!Array.isArray(settings)) return null
  const named = settings.filter(isObject).find((setting) => /^(?:severity|priority)$/i.test(textField(setting, 'name') ?? ''))
  return named === undefined ? null : (severityIn(textField(named, 'value')) ?? textField(named, 'value'))
}

/** Pairs, or objects of `key` and `value`. Those that name a person are left out: nobody needs them to be woken. */
function tagsOf(event: JsonObject): Record<string, string> {
  const tags = field(event, 'tags')
  if (isObject(tags)) return toLabels(tags)
  if (!Array.isArray(tags)) return {}
  const pairs = tags.flatMap((tag: unknown): [string, unknown][] => {
    if (Array.isArray(tag)) return typeof tag[0] === 'string' ? [[tag[0], tag[1]]] : []
    const key = isObject(tag) ? textField(tag, 'key') : null
    return key === null || !isObject(tag) ? [] : [[key, field(tag, 'value')]]
  })
  return toLabels(Object.fromEntries(pairs.filter(([name]) => !/^user(?:\.|$)/.test(name))))
}

function issueIdIn(url: string | null): string | null {
  return /\/issues\/(\d{1,32})\//.exec(url ?? '')?.[1] ?? null
}

const STATUS_OF_ACTION: Readonly<Record<string, SignalStatus>> = {
  created: 'firing',
  unresolved: 'firing',
  resolved: 'resolved',
  // A person decided that it is nothing to act on; Sentry says nothing more until it escalates, which is `unresolved`.
  archived: 'resolved',
  ignored: 'resolved',
}

/** @returns null for what changes nothing, `unknown` when there is no issue in it */
export function readIssueAction(action: string | null, data: JsonObject): Signal | null | 'unknown' {
  const issue = field(data, 'issue')
  if (!isObject(issue) || action === null) return 'unknown'
  if (action === 'assigned' || action === 'unassigned') return null
  const status = Object.hasOwn(STATUS_OF_ACTION, action) ? STATUS_OF_ACTION[action] : undefined
  return readIssue(issue, status) ?? 'unknown'
}

/**
 * An issue as webhooks and the API give it. It has no start: an issue that comes back was seen first long ago.
 * @param status left out, it is the issue's own: what is not known is told rather than swallowed, unless the issue is over
 * @returns null for what is none
 */
export function readIssue(issue: JsonObject, status?: SignalStatus): Signal | null {
  const id = textField(issue, 'id')
  if (id === null) return null
  const title = textField(issue, 'title')
  const project = objectField(issue, 'project')
  const shortId = textField(issue, 'shortId')
  const level = textField(issue, 'level')
  return toSignal({
    alarm: title,
    status: status ?? (/^(?:resolved|ignored)$/.test(textField(issue, 'status') ?? '') ? 'resolved' : 'firing'),
    title: title ?? `Sentry issue ${shortId ?? id}`,
    summary: textField(objectField(issue, 'metadata'), 'value') ?? textField(issue, 'culprit'),
    dedupKey: id,
    severityHint: severityIn(title) ?? level,
    labels: toLabels(
      present({
        resource: 'issue',
        level,
        project: textField(project, 'slug') ?? textField(project, 'name'),
        platform: textField(issue, 'platform'),
        culprit: textField(issue, 'culprit'),
        short_id: shortId,
        status: textField(issue, 'status'),
        substatus: textField(issue, 'substatus'),
        priority: textField(issue, 'priority'),
      }),
    ),
    links: toLinks([
      [field(issue, 'web_url'), 'Sentry'],
      [field(issue, 'permalink'), 'Sentry'],
    ]),
  })
}

/** The webhook plugin of before 2019, which self-hosted installations still have. */
export function readLegacy(body: JsonObject): Signal | null {
  const event = objectField(body, 'event')
  const title = textField(event, 'title') ?? textField(body, 'message') ?? textField(body, 'culprit')
  if (title === null) return null
  const rules = field(body, 'triggering_rules')
  const rule = Array.isArray(rules) && typeof rules[0] === 'string' ? rules[0] : null
  const level = textField(body, 'level')
  const tags = tagsOf(event)
  return toSignal({
    alarm: rule ?? title,
    status: 'firing',
    title,
    summary: textField(body, 'message'),
    dedupKey: textField(body, 'id'),
    severityHint: severityIn(rule) ?? tags['severity'] ?? level,
    labels: {
      ...tags,
      ...toLabels(
        present({
          resource: 'event_alert',
          rule,
          level,
          project: textField(body, 'project_slug') ?? textField(body, 'project'),
          culprit: textField(body, 'culprit'),
        }),
      ),
    },
    links: toLinks([[field(body, 'url'), 'Sentry']]),
  })
}
