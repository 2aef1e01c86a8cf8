/** The playbook in the API's spelling: durations in seconds, names in snake_case. */
import type { PlaybookView, SeverityRow } from '../../api/schema.ts'
import {
  dutyRolesOf,
  type EscalationStep,
  type IncidentType,
  type Playbook,
  type Service,
  type SeverityRow as CoreRow,
  type Sla,
} from '../../core/playbook/playbook.ts'
import { formatImpactThreshold } from '../../core/playbook/impact-threshold.ts'
import { titleOfMeasure } from '../../core/playbook/measure.ts'
import { formatThreshold } from '../../core/playbook/threshold.ts'
import { UNBOUNDED } from '../../core/page/bound.ts'
import { formatMatcher } from '../../core/silence/matcher.ts'
import { SECOND_MS } from '../../core/time.ts'

export function showPlaybook(playbook: Playbook, version: { number: number; loaded_at: Date } | undefined): PlaybookView {
  const { metadata, postMortem } = playbook
  return {
    version: version?.number ?? 0,
    digest: playbook.digest,
    loaded_at: version?.loaded_at.toISOString() ?? null,
    metadata: {
      id: metadata.id,
      maintainer: { ...metadata.maintainer },
      last_review: metadata.lastReview,
      next_review_due: metadata.nextReviewDue,
    },
    severities: playbook.severities.map(showSeverity),
    default_severity: playbook.defaultSeverity,
    lifecycle: playbook.lifecycle.map((step) => ({ ...step })),
    resolution: {
      quiet_seconds: playbook.resolution.quietMs / SECOND_MS,
      automatic: [...playbook.resolution.automatic],
      flapping: { changes: playbook.resolution.flapping.changes, within_seconds: playbook.resolution.flapping.withinMs / SECOND_MS },
    },
    ...showStormRules(playbook),
    incident_types: playbook.incidentTypes.map(showType),
    roles: playbook.roles.map(({ heldBy, checklist, ...role }) => ({ ...role, checklist: [...checklist], held_by: [...heldBy] })),
    communication: playbook.communication.map(({ everyMs, ...row }) => ({
      ...row,
      channels: [...row.channels],
      severities: [...row.severities],
      every_seconds: everyMs === null ? null : everyMs / SECOND_MS,
    })),
    post_mortem: {
      within_seconds: postMortem.withinMs / SECOND_MS,
      severities: [...postMortem.severities],
      sections: postMortem.sections.map((section) => ({ ...section })),
    },
    compliance: playbook.compliance.map((row) => ({ ...row })),
    pass_criteria: [...playbook.passCriteria],
    duty_roles: [...dutyRolesOf(playbook)],
    slas: playbook.slas.map(showSla),
    services: playbook.services.map(showService),
    teams: playbook.teams.map((team) => ({ ...team })),
    document: { title: playbook.document.title, sections: playbook.document.sections.map((section) => ({ ...section })) },
    prose: playbook.prose.map((entry) => ({ ...entry })),
  }
}

/** How alerts come together, what bounds a storm, what may be muted, and whose silence is an alarm. */
function showStormRules({ grouping, newIncidentsPerMinuteMax, pagesPerPerson, muting, inhibition, heartbeats }: Playbook) {
  const { max, withinMs } = pagesPerPerson
  return {
    grouping: { by: [...grouping.by], window_seconds: inSeconds(grouping.windowMs) },
    limits: {
      new_incidents_per_minute: newIncidentsPerMinuteMax,
      pages_per_person: max >= UNBOUNDED ? null : { pages: max, within_seconds: withinMs / SECOND_MS },
    },
    muting: {
      reason_required: [...muting.reasonRequired],
      max_seconds: inSeconds(muting.maxMs),
      never: [...muting.never],
      notice_before_seconds: muting.noticeBeforeMs / SECOND_MS,
    },
    inhibition: inhibition.map(({ name, source, target, equal }) => ({
      name,
      source_matchers: source.map(formatMatcher),
      target_matchers: target.map(formatMatcher),
      equal: [...equal],
    })),
    heartbeats: heartbeats.map(({ name, description, intervalMs, graceMs, alarm, labels }) => ({
      name,
      description,
      interval_seconds: intervalMs / SECOND_MS,
      grace_seconds: graceMs / SECOND_MS,
      alarm,
      labels: { ...labels },
    })),
  }
}

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / SECOND_MS
}

function showSla({ objective, responses, ...sla }: Sla) {
  return {
    ...sla,
    services: [...sla.services],
    severities: [...sla.severities],
    objective: objective === null ? null : { percent: objective.percent, window_seconds: objective.windowMs / SECOND_MS },
    responses: responses.map(({ severity, withinMs }) => ({ severity, within_seconds: withinMs / SECOND_MS })),
  }
}

function showService(service: Service) {
  return {
    ...service,
    labels: service.labels.map(({ name, values }) => ({ name, values: [...values] })),
    links: service.links.map((link) => ({ ...link })),
  }
}

function showSeverity(row: CoreRow): SeverityRow {
  return {
    id: row.id,
    rank: row.rank,
    definition: row.definition,
    example: row.example,
    thresholds: row.thresholds.map((threshold) => ({
      measure: threshold.measure,
      title: titleOfMeasure(threshold.measure),
      text: formatImpactThreshold(threshold),
    })),
    response_seconds: row.responseMs / SECOND_MS,
    roles: [...row.roles],
    acknowledgement: row.acknowledgement,
    escalation: { steps: row.escalation.steps.map(showStep), rounds: row.escalation.rounds },
    notify: [...row.notify],
  }
}

function showStep(step: EscalationStep) {
  return { page: typeof step.page === 'string' ? step.page : step.page.role, wait_seconds: step.waitMs / SECOND_MS }
}

function showType(type: IncidentType) {
  return {
    id: type.id,
    title: type.title,
    detection: type.detection.map(({ alarm, sources, threshold, when }) => ({
      alarm,
      sources: [...sources],
      threshold: threshold === null ? null : formatThreshold(threshold),
      when,
    })),
    severity: type.severity,
    measures: type.measures?.measure ?? null,
    team: type.team,
    group_by: [...type.groupBy],
    window_seconds: inSeconds(type.windowMs),
    first_step: type.firstStep,
    mitigation: type.mitigation.map((step) => ({ ...step })),
    follow_up: [...type.followUp],
  }
}
