/**
 * What usually measures an alarm of that name, where the playbook does not say: the series that instrumentation libraries
 * and AWS write by themselves. A guess, which the rendered rule says.
 * Sources: https://prometheus.io/docs/practices/naming/, https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html (read 2026-11-24).
 */
import { MINUTE_MS } from '../../time.ts'
import type { DetectionMetric } from '../playbook.ts'

interface UsualMetric {
  readonly words: RegExp
  readonly measure: string
  readonly prometheus: DetectionMetric
  readonly cloudwatch: DetectionMetric
}

const NOTHING: DetectionMetric = { prometheus: null, cloudwatch: null, measures: null, forMs: null }
const P95_PROMETHEUS = 'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))'

const USUAL: readonly UsualMetric[] = [
  {
    words: /5xx|error.?rate|server.?error/i,
    measure: 'error_rate',
    prometheus: {
      ...NOTHING,
      prometheus: 'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))',
      measures: { measure: 'error_rate', unit: '%', factor: 100 },
    },
    cloudwatch: {
      ...NOTHING,
      // Its average is the share of requests: each counts 0 or 1.
      cloudwatch: { namespace: 'AWS/ApiGateway', name: '5XXError', statistic: 'Average', dimensions: { ApiName: '' }, periodMs: MINUTE_MS },
      measures: { measure: 'error_rate', unit: '%', factor: 100 },
    },
  },
  {
    words: /latency|p95|slow|duration/i,
    measure: 'latency_p95',
    prometheus: { ...NOTHING, prometheus: P95_PROMETHEUS, measures: { measure: 'latency_p95', unit: 'ms', factor: 1_000 } },
    cloudwatch: {
      ...NOTHING,
      cloudwatch: { namespace: 'AWS/Lambda', name: 'Duration', statistic: 'p95', dimensions: { FunctionName: '' }, periodMs: MINUTE_MS },
      measures: { measure: 'latency_p95', unit: 'ms', factor: 1 },
    },
  },
]

/** By the alarm's name, then by the title of what it opens. @returns undefined where neither says anything */
export function usualMetric(alarm: string, title: string, system: 'prometheus' | 'cloudwatch'): DetectionMetric | undefined {
  return USUAL.find(({ words }) => words.test(alarm) || words.test(title))?.[system]
}
