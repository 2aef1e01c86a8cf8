/**
 * The playbook's rules as an Alertmanager would be configured for them: its incident types are receivers, what detects
 * them are routes. `amtool config show` prints it, `amtool config routes test` says which type an alert is of. Thresholds
 * and conditions have no place in it: a route says which type may be meant.
 */
import { Document } from 'yaml'
import type { Playbook } from '../../core/playbook/playbook.ts'
import { formatMatcher } from '../../core/silence/matcher.ts'
import { TRIAGE } from './alerts.ts'

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

export function toAlertmanagerConfig(playbook: Playbook): string {
  const routes = playbook.incidentTypes.flatMap((type) =>
    type.detection.flatMap((rule) =>
      rule.alarm === null
        ? []
        : [
            {
              receiver: type.id,
              matchers: [formatMatcher({ name: 'alertname', value: rule.alarm, isRegex: false, isEqual: true })],
              ...groupBy(type.groupBy),
            },
          ],
    ),
  )
  // Rules over names that its language does not have are left out.
  const rules = playbook.inhibition
    .filter((rule) => [...rule.source, ...rule.target].every(({ name }) => NAME.test(name)) && rule.equal.every((name) => NAME.test(name)))
    .map((rule) => ({
      source_matchers: rule.source.map(formatMatcher),
      target_matchers: rule.target.map(formatMatcher),
      ...(rule.equal.length === 0 ? {} : { equal: [...rule.equal] }),
    }))
  const config = {
    route: { receiver: TRIAGE, ...(routes.length === 0 ? {} : { routes }) },
    ...(rules.length === 0 ? {} : { inhibit_rules: rules }),
    receivers: receiversOf(playbook).map((name) => ({ name })),
  }
  const document = new Document(config)
  document.commentBefore = ` Drawn from the playbook ${playbook.metadata.id.replaceAll(/\s+/g, ' ')}: change it there.`
  return document.toString()
}

export function receiversOf(playbook: Playbook): readonly string[] {
  return [...new Set([TRIAGE, ...playbook.incidentTypes.map((type) => type.id)])]
}

function groupBy(names: readonly string[]) {
  const known = names.filter((name) => NAME.test(name))
  return known.length === 0 ? {} : { group_by: [...known] }
}
