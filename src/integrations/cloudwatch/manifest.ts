/** Amazon CloudWatch as something that can be asked. Its alarms come by SNS or EventBridge; it has no door of its own. */
import { defineIntegration } from '../../integration.ts'
import { askCloudWatch } from './ask.ts'

export const cloudwatch = defineIntegration({
  id: 'cloudwatch',
  title: 'Amazon CloudWatch',
  doors: [],
  ask: {
    kind: 'cloudwatch',
    title: 'CloudWatch alarms',
    doors: ['sns', 'eventbridge', 'eventbridge-header'],
    settings: {
      region: 'Region to ask, such as us-east-1. Left out: as the address says it.',
      alarm_prefix: 'Only alarms whose names begin with it. Left out: all.',
    },
    ask: askCloudWatch,
  },
})
