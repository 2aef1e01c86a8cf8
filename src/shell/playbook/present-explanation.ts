/** An explanation in the API's shapes; the command line prints the same. */
import type { Clause, Explanation } from '../../api/schema.ts'
import type { Clause as CoreClause } from '../../core/playbook/explain/clause.ts'
import type { Considered } from '../../core/playbook/explain/considered.ts'
import type { ExplainedIncident, Explanation as CoreExplanation } from '../../core/playbook/explain/explain.ts'
import { type Instant, SECOND_MS, toRfc3339 } from '../../core/time.ts'

type Joins = Explanation['joins']

/** @param joins the open incident that takes it, if the reader may see that one */
export function showExplanation(explanation: CoreExplanation, joins: Joins): Explanation {
  const { signal, sourceKind, verdict, sentence, considered, consideredMore, incident } = explanation
  return {
    signal: {
      alarm: signal.alarm,
      title: signal.title,
      status: signal.status,
      value: signal.value,
      severity_hint: signal.severityHint,
      labels: { ...signal.labels },
      source: sourceKind,
    },
    verdict,
    sentence,
    considered: considered.map(showConsidered),
    considered_more: consideredMore,
    ...(incident === null ? NOTHING : showIncident(incident)),
    joins,
  }
}

type OfIncident = Omit<Explanation, 'signal' | 'verdict' | 'sentence' | 'considered' | 'considered_more' | 'joins'>

const NOTHING: OfIncident = {
  type: null,
  severity: null,
  service: null,
  team: null,
  team_reason: '',
  group_key: null,
  pages: [],
  pages_cut: false,
  notices: [],
  end: null,
  clocks: [],
  updates: [],
  first_step: null,
  mitigation: [],
  follow_ups: [],
}

function showIncident(incident: ExplainedIncident): OfIncident {
  const { type, severity, groupKey, firstStep, end } = incident
  return {
    type: type === null ? null : { id: type.type.id, title: type.type.title, clause: showClause(type.clause) },
    severity: {
      id: severity.row.id,
      rank: severity.row.rank,
      definition: severity.row.definition,
      reason: severity.reason,
      clause: showClause(severity.clause),
    },
    service: showNamed(incident.service),
    team: showNamed(incident.team),
    team_reason: incident.teamReason,
    group_key: groupKey,
    pages: incident.pages.map(({ role, person, later, heldUntil, step, round, because, clause, ...moment }) => ({
      ...showMoment(moment),
      role,
      person: showReached(person),
      later: later.map(({ channel, ...due }) => ({ channel, ...showMoment(due) })),
      held_until: heldUntil === null ? null : toRfc3339(heldUntil),
      step,
      round,
      because,
      clause: showClause(clause),
    })),
    pages_cut: incident.pagesCut,
    notices: incident.notices.map(({ about, people, sentence, clause, ...moment }) => ({
      ...showMoment(moment),
      about,
      people: people.map(showReached),
      sentence,
      clause: showClause(clause),
    })),
    end: end === null ? null : { ...showMoment(end), sentence: end.sentence, clause: showClause(end.clause) },
    clocks: incident.clocks.map(({ kind, dueAt, dueAfterMs, sentence, clause }) => ({
      kind,
      due_at: dueAt === null ? null : toRfc3339(dueAt),
      due_after_seconds: dueAfterMs === null ? null : dueAfterMs / SECOND_MS,
      sentence,
      clause: showClause(clause),
    })),
    updates: incident.updates.map(({ audience, channels, content, everyMs, firstDueAt, sentence, clause }) => ({
      audience,
      channels: [...channels],
      content,
      every_seconds: everyMs === null ? null : everyMs / SECOND_MS,
      first_due_at: toRfc3339(firstDueAt),
      sentence,
      clause: showClause(clause),
    })),
    first_step: firstStep === null ? null : { text: firstStep.text, clause: showClause(firstStep.clause) },
    mitigation: incident.mitigation.map(({ title, action, clause }) => ({ title, action, clause: showClause(clause) })),
    follow_ups: incident.followUps.map(({ title, clause }) => ({ title, clause: showClause(clause) })),
  }
}

function showConsidered({ type, verdict, detections, sentence }: Considered): Explanation['considered'][number] {
  return {
    type: type.id,
    title: type.title,
    severity: type.severity,
    verdict,
    detections: detections.map(({ clause, checks }) => ({
      clause: showClause(clause),
      checks: checks.map((check) => ({ part: check.part, ok: check.ok, sentence: check.sentence, clause: showClause(check.clause) })),
    })),
    sentence,
  }
}

function showNamed(named: ExplainedIncident['service']) {
  return named === null ? null : { name: named.name, clause: showClause(named.clause) }
}

function showMoment({ afterMs, at }: { readonly afterMs: number; readonly at: Instant }): { after_seconds: number; at: string } {
  return { after_seconds: afterMs / SECOND_MS, at: toRfc3339(at) }
}

function showReached({ id, name, channels }: { readonly id: string; readonly name: string; readonly channels: readonly string[] }) {
  return { id, name, channels: [...channels] }
}

function showClause({ path, line, column, quote }: CoreClause): Clause {
  return { path, line, column, quote }
}
