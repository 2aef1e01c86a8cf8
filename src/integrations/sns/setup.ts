/**
 * How a topic is pointed here. What AWS leaves wrong by default is set: three retries within a minute become an hour of
 * them (the most that SNS allows), what is lost after that waits in a queue, the topic signs with SHA-256, and alarms say
 * when they end.
 * Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html (read 2026-11-24)
 */
import { SAMPLE_ALARM, undeliveredQueue } from '../../integration-setup.ts'
import type { SourceSetup } from '../../integration.ts'

const QUEUE = undeliveredQueue({
  name: 'tocsin-alarms-undelivered',
  comment: 'What could not be delivered within an hour waits here instead of being lost.',
  principal: 'sns.amazonaws.com',
  sourceArn: 'aws_sns_topic.tocsin.arn',
})

const TERRAFORM = `resource "aws_sns_topic" "tocsin" {
  name              = "tocsin-alarms"
  signature_version = 2 # SHA-256; topics sign with SHA-1 unless told
}

${QUEUE}
resource "aws_sns_topic_subscription" "tocsin" {
  topic_arn              = aws_sns_topic.tocsin.arn
  protocol               = "https"
  endpoint               = "{{url}}/hooks/sns/{{key}}"
  endpoint_auto_confirms = true  # Tocsin confirms by itself
  raw_message_delivery   = false # raw messages carry no signature
  delivery_policy = jsonencode({
    healthyRetryPolicy = {
      numRetries         = 64
      numNoDelayRetries  = 2
      numMinDelayRetries = 3
      numMaxDelayRetries = 49
      minDelayTarget     = 5
      maxDelayTarget     = 60
      backoffFunction    = "exponential"
    }
  })
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.tocsin_undelivered.arn })
}

# Each alarm names the topic twice: when it fires, and when it ends.
#   alarm_actions = [aws_sns_topic.tocsin.arn]
#   ok_actions    = [aws_sns_topic.tocsin.arn]
`

const CLI = `TOPIC=$(aws sns create-topic --name tocsin-alarms --query TopicArn --output text)
aws sns set-topic-attributes --topic-arn "$TOPIC" --attribute-name SignatureVersion --attribute-value 2
QUEUE=$(aws sqs create-queue --queue-name tocsin-alarms-undelivered --attributes MessageRetentionPeriod=1209600 --query QueueUrl --output text)
QUEUE_ARN=$(aws sqs get-queue-attributes --queue-url "$QUEUE" --attribute-names QueueArn --query Attributes.QueueArn --output text)
jq -n --arg queue "$QUEUE_ARN" --arg topic "$TOPIC" '{Policy: ({Version: "2012-10-17", Statement: [{Effect: "Allow",
  Principal: {Service: "sns.amazonaws.com"}, Action: "sqs:SendMessage", Resource: $queue,
  Condition: {ArnEquals: {"aws:SourceArn": $topic}}}]} | tojson)}' > queue-policy.json
aws sqs set-queue-attributes --queue-url "$QUEUE" --attributes file://queue-policy.json
cat > subscription.json <<'JSON'
{"DeliveryPolicy": "{\\"healthyRetryPolicy\\":{\\"numRetries\\":64,\\"numNoDelayRetries\\":2,\\"numMinDelayRetries\\":3,\\"numMaxDelayRetries\\":49,\\"minDelayTarget\\":5,\\"maxDelayTarget\\":60,\\"backoffFunction\\":\\"exponential\\"}}"}
JSON
SUBSCRIPTION=$(aws sns subscribe --topic-arn "$TOPIC" --protocol https --notification-endpoint '{{url}}/hooks/sns/{{key}}' \\
  --attributes file://subscription.json --return-subscription-arn --query SubscriptionArn --output text)
sleep 30 # until Tocsin has confirmed it
aws sns set-subscription-attributes --subscription-arn "$SUBSCRIPTION" --attribute-name RedrivePolicy \\
  --attribute-value "{\\"deadLetterTargetArn\\":\\"$QUEUE_ARN\\"}"
# For each alarm: aws cloudwatch put-metric-alarm ... --alarm-actions "$TOPIC" --ok-actions "$TOPIC"
`

const { metric } = SAMPLE_ALARM
const ALARM = {
  AlarmName: SAMPLE_ALARM.name,
  AlarmDescription: SAMPLE_ALARM.description,
  AWSAccountId: SAMPLE_ALARM.account,
  NewStateValue: 'ALARM',
  NewStateReason: SAMPLE_ALARM.reason,
  StateChangeTime: SAMPLE_ALARM.changedAt,
  Region: 'US East (N. Virginia)',
  AlarmArn: SAMPLE_ALARM.arn,
  OldStateValue: 'OK',
  Trigger: {
    MetricName: metric.name,
    Namespace: metric.namespace,
    StatisticType: 'Statistic',
    Statistic: 'AVERAGE',
    Unit: null,
    Dimensions: [{ value: metric.dimension.value, name: metric.dimension.name }],
    Period: metric.period,
    EvaluationPeriods: SAMPLE_ALARM.periods,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: SAMPLE_ALARM.threshold,
    TreatMissingData: 'missing',
    EvaluateLowSampleCountPercentile: '',
  },
}

export const setup: SourceSetup = {
  purpose: 'CloudWatch alarms, and whatever else is published to an SNS topic.',
  steps: [
    'Create a topic, or take the one your alarms use already, and set its signature version to 2.',
    'Subscribe {{url}}/hooks/sns/{{key}} to it with the protocol HTTPS. Tocsin checks the signature and confirms the subscription by itself.',
    'Give the subscription the delivery policy and the dead-letter queue below: by default SNS gives up after about a minute and forgets the message.',
    'In each alarm choose the topic for "In alarm" and for "OK": without the second, alerts here never end by themselves.',
    'Pin the topic on this source, so that no other topic can speak through it.',
  ],
  snippets: [
    { title: 'Terraform', language: 'hcl', text: TERRAFORM },
    { title: 'AWS CLI', language: 'bash', text: CLI },
  ],
  signing: {
    header: 'Signature and SigningCertURL in the body',
    secretFrom: 'AWS signs every message with a certificate of its own, which Tocsin fetches and checks: there is no secret to enter.',
  },
  // Raw, so that it needs no signature: nobody but SNS can make one.
  sample: {
    headers: {
      'content-type': 'text/plain; charset=UTF-8',
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-rawdelivery': 'true',
      'x-amz-sns-topic-arn': 'arn:aws:sns:us-east-1:123456789012:tocsin-alarms',
    },
    body: JSON.stringify(ALARM),
  },
  askable: true,
}
