/** What "Connect a source" shows for Zendesk. */
import type { SourceSetup } from '../../integration.ts'
import { TEMPLATE } from './template.ts'

const SAMPLE = {
  ticket_id: '35436',
  status: 'Open',
  priority: 'Urgent',
  type: 'Incident',
  url: 'https://example.zendesk.com/agent/tickets/35436',
  via: 'Web Form',
  brand: 'Example',
  group: 'Support',
  organization: 'Customer Ltd',
  tags: 'mobile login',
  subject: 'Nobody of us can sign in',
  description: 'Since half an hour the app says "try again later" to all of our people.',
}

export const setup: SourceSetup = {
  purpose: 'Takes customers’ tickets from Zendesk, and closes with them.',
  steps: [
    'In the Admin Center of Zendesk, open Apps and integrations, Webhooks, and create one that is connected to a trigger: endpoint {{url}}/hooks/zendesk, method POST, format JSON, authentication Bearer token {{key}}.',
    'Copy its signing secret (Reveal secret) into this source.',
    'Create a trigger "Tell Tocsin of urgent tickets" with the conditions that shall wake somebody, such as: ticket is created, priority is urgent, type is incident. Its action is "Notify active webhook", this one, with the JSON below.',
    'Create a second trigger for the end: status changed to solved, or closed; same action, same JSON. Without it a ticket here never ends by itself.',
    'Or let the webhook subscribe to the ticket events "created", "status changed" and "priority changed" instead: then every new ticket comes here.',
  ],
  snippets: [{ title: 'JSON body of both triggers', language: 'json', text: JSON.stringify(TEMPLATE, null, 2) }],
  signing: { header: 'X-Zendesk-Webhook-Signature', secretFrom: 'On the page of the webhook in Zendesk: "Reveal secret".' },
  sample: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(SAMPLE) },
  askable: false,
}
