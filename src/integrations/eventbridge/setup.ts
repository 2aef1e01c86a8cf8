/**
 * How a rule is pointed here. What AWS leaves wrong by default is set: an event that could not be delivered for a day goes
 * to a queue instead of being dropped.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html, eb-rule-dlq.html (read 2026-11-24)
 */
import { SAMPLE_ALARM, undeliveredQueue } from '../../integration-setup.ts'
import type { SourceSetup } from '../../integration.ts'

const QUEUE = undeliveredQueue({
  name: 'tocsin-events-undelivered',
  comment: 'What could not be delivered within a day waits here instead of being dropped.',
  principal: 'events.amazonaws.com',
  sourceArn: 'aws_cloudwatch_event_rule.tocsin.arn',
})

const TERRAFORM = `resource "aws_cloudwatch_event_connection" "tocsin" {
  name               = "tocsin"
  authorization_type = "API_KEY"
  auth_parameters {
    api_key {
      key   = "X-Api-Key"
      value = "{{key}}"
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "tocsin" {
  name                             = "tocsin"
  connection_arn                   = aws_cloudwatch_event_connection.tocsin.arn
  invocation_endpoint              = "{{url}}/hooks/eventbridge"
  http_method                      = "POST"
  invocation_rate_limit_per_second = 300
}

resource "aws_cloudwatch_event_rule" "tocsin" {
  name = "tocsin"
  event_pattern = jsonencode({
    source      = ["aws.cloudwatch", "aws.guardduty", "aws.codedeploy", "aws.codepipeline"]
    detail-type = [
      "CloudWatch Alarm State Change", "CloudWatch Alarm Contributor State Change", "CloudWatch Alarm Configuration Change",
      "GuardDuty Finding",
      "CodeDeploy Deployment State-change Notification", "CodePipeline Pipeline Execution State Change",
    ]
  })
}

${QUEUE}
resource "aws_iam_role" "tocsin" {
  name = "tocsin-events"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "events.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "tocsin" {
  role = aws_iam_role.tocsin.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "events:InvokeApiDestination"
      Resource = aws_cloudwatch_event_api_destination.tocsin.arn
    }]
  })
}

resource "aws_cloudwatch_event_target" "tocsin" {
  rule     = aws_cloudwatch_event_rule.tocsin.name
  arn      = aws_cloudwatch_event_api_destination.tocsin.arn
  role_arn = aws_iam_role.tocsin.arn
  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }
  dead_letter_config {
    arn = aws_sqs_queue.tocsin_undelivered.arn
  }
}
`

const PATTERN = `{
  "source": ["aws.cloudwatch", "aws.guardduty"],
  "detail-type": ["CloudWatch Alarm State Change", "CloudWatch Alarm Contributor State Change", "GuardDuty Finding"]
}
`

const { metric } = SAMPLE_ALARM
const EVENT = {
  version: '0',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: SAMPLE_ALARM.account,
  time: '2026-11-24T09:45:12Z',
  region: SAMPLE_ALARM.region,
  resources: [SAMPLE_ALARM.arn],
  detail: {
    alarmName: SAMPLE_ALARM.name,
    configuration: {
      description: SAMPLE_ALARM.description,
      metrics: [
        {
          id: 'm1',
          metricStat: {
            metric: { dimensions: { [metric.dimension.name]: metric.dimension.value }, name: metric.name, namespace: metric.namespace },
            period: metric.period,
            stat: 'Average',
          },
          returnData: true,
        },
      ],
    },
    previousState: { reason: 'Unchecked: Initial alarm creation', timestamp: '2026-11-24T08:00:00.000+0000', value: 'OK' },
    state: { reason: SAMPLE_ALARM.reason, timestamp: SAMPLE_ALARM.changedAt, value: 'ALARM' },
  },
}

export const setup: SourceSetup = {
  purpose: 'CloudWatch alarms, GuardDuty findings, deployments and other events of AWS, without a topic in between.',
  steps: [
    'Create a connection with the authorization type "API key": name X-Api-Key, value the key of this source.',
    'Create an API destination with the address {{url}}/hooks/eventbridge, method POST, and that connection. Where no header can be set, {{url}}/hooks/eventbridge/{{key}} does it alone.',
    'Create a rule with the pattern below and the API destination as its target.',
    'In the target, choose a dead-letter queue: without one, an event is dropped after a day.',
  ],
  snippets: [
    { title: 'Terraform', language: 'hcl', text: TERRAFORM },
    { title: 'Event pattern', language: 'json', text: PATTERN },
  ],
  signing: null,
  sample: { headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(EVENT) },
  askable: true,
}
