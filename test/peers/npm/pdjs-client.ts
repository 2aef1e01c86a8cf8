/** Runs PagerDuty's own client as a user would: `node pdjs-client.ts <server> <event as JSON>`. It always speaks https. */
import { event } from '@pagerduty/pdjs'

const [server = '', data = '{}'] = process.argv.slice(2)
const answer = await event({ server, data: JSON.parse(data) as Parameters<typeof event>[0]['data'] })
process.stdout.write(JSON.stringify({ status: answer.status, data: answer.data }))
