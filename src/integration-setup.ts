/**
 * Texts that the setup of several kinds shares: the queue for what AWS could not deliver, and the alarm that a test shows.
 * Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html and
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html (read 2026-11-24)
 */

export interface UndeliveredQueue {
  /** As AWS shows it. */
  readonly name: string
  /** Why it is there, for who reads the file later. */
  readonly comment: string
  /** Who may put messages into it, such as `sns.amazonaws.com`. */
  readonly principal: string
  /** The resource in whose name alone, as Terraform writes it. */
  readonly sourceArn: string
}

/** Terraform of a queue that keeps for 14 days, the most that SQS allows, and of who may write to it. */
export function undeliveredQueue({ name, comment, principal, sourceArn }: UndeliveredQueue): string {
  return `# ${comment}
resource "aws_sqs_queue" "tocsin_undelivered" {
  name                      = "${name}"
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue_policy" "tocsin_undelivered" {
  queue_url = aws_sqs_queue.tocsin_undelivered.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "${principal}" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.tocsin_undelivered.arn
      Condition = { ArnEquals = { "aws:SourceArn" = ${sourceArn} } }
    }]
  })
}
`
}

/** The alarm of the playbook that ships, as CloudWatch would tell it by any of its ways. */
export const SAMPLE_ALARM = {
  name: 'API5xxAlarm',
  description: 'API 5xx > 50 % for 10 min',
  account: '123456789012',
  region: 'us-east-1',
  arn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:API5xxAlarm',
  metric: { name: '5XXError', namespace: 'AWS/ApiGateway', period: 300, dimension: { name: 'ApiName', value: 'orders' } },
  threshold: 50,
  periods: 2,
  reason:
    'Threshold Crossed: 2 out of the last 2 datapoints [61.0 (24/11/26 09:40:00), 57.5 (24/11/26 09:35:00)] were greater than the threshold (50.0) (minimum 2 datapoints for OK -> ALARM transition).',
  changedAt: '2026-11-24T09:45:12.345+0000',
} as const
