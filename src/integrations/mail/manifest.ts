/** E-mail in: the address holds the key. The listener is `src/shell/mail/`, which reads a mail and hands it in. */
import { defineIntegration } from '../../integration.ts'
import { receiveMail } from './receive.ts'

export const mail = defineIntegration({
  id: 'email',
  title: 'E-mail',
  doors: [],
  innerDoors: [{ id: 'email', receive: receiveMail }],
  setup: {
    purpose: 'Alarms of tools that can only send mail, and addresses where people report something.',
    steps: [
      'Start Tocsin with TOCSIN_SMTP_PORT, such as 2525, and let your mail server relay a domain or an address to that port.',
      'Send alarms to {{key}}@ that domain, or to alerts+{{key}}@ it.',
      'Let the mail server in front check SPF, DKIM and DMARC: Tocsin shows what it found and checks nothing itself.',
    ],
    snippets: [
      { title: 'Address', language: 'text', text: 'alerts+{{key}}@{{host}}' },
      {
        title: 'Alertmanager',
        language: 'yaml',
        text: "receivers:\n  - name: tocsin\n    email_configs:\n      - to: alerts+{{key}}@{{host}}\n        from: alertmanager@example.com\n        smarthost: '{{host}}:2525'\n        require_tls: false\n        send_resolved: true\n",
      },
      { title: 'Postfix, /etc/postfix/transport', language: 'text', text: 'alerts.example.com smtp:[{{host}}]:2525' },
    ],
    signing: null,
    sample: {
      headers: {},
      body: 'From: Monitoring <monitoring@example.com>\r\nTo: alerts@example.com\r\nSubject: [FIRING] API5xxAlarm\r\nMessage-ID: <1@example.com>\r\n\r\nMore than half of the requests fail.\r\n',
    },
    askable: false,
  },
})
