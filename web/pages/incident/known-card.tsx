/** What is known: the summary, the first step of the playbook, and the labels of the alert that says most. */
import { ExternalLink } from 'lucide-react'
import type { Alert, Incident } from '../../../src/api/schema.ts'
import { safeHref } from '../../lib/safe-href.ts'
import { Card } from '../../parts/card.tsx'
import { tellingSummary } from './telling-summary.ts'
import { Labels } from './labels.tsx'
import { counted } from './words.ts'

const LABELS_SHOWN = 8
const LINKS_SHOWN = 5

export function KnownCard({ incident, alerts }: { readonly incident: Incident; readonly alerts: readonly Alert[] }) {
  const main = alerts.find((alert) => alert.state === 'firing') ?? alerts[0]
  const summary = tellingSummary(incident.summary, { labels: main?.labels ?? {}, source: incident.source })
  const nothing = summary === '' && incident.first_step === '' && main === undefined
  return (
    <Card title="What is known" aside={tally(incident)}>
      <div className="grid gap-3">
        {summary !== '' && (
          <p className="[overflow-wrap:anywhere] whitespace-pre-wrap" dir="auto">
            {summary}
          </p>
        )}
        {summary === '' && main !== undefined && main.title !== incident.title && (
          <p className="line-clamp-6 [overflow-wrap:anywhere]" dir="auto">
            {main.title}
          </p>
        )}
        {nothing && <p className="text-muted">Nothing yet beyond the title. A note helps whoever joins.</p>}
        {incident.first_step !== '' && (
          <p className="rounded-[6px] bg-accent-soft px-2.5 py-2 font-[550] [overflow-wrap:anywhere]" dir="auto">
            First step: {incident.first_step}
          </p>
        )}
        {main !== undefined && <MainAlert alert={main} typeTitle={incident.type_title} />}
      </div>
    </Card>
  )
}

function MainAlert({ alert, typeTitle }: { readonly alert: Alert; readonly typeTitle: string | null }) {
  const facts = {
    ...(typeTitle === null ? {} : { Type: typeTitle }),
    ...(alert.value === null ? {} : { Value: String(alert.value) }),
    ...(alert.severity_hint === null ? {} : { 'Sender says': alert.severity_hint }),
  }
  return (
    <div>
      <Labels labels={{ ...facts, ...alert.labels }} shown={LABELS_SHOWN} />
      <AlertLinks alert={alert} />
    </div>
  )
}

export function AlertLinks({ alert }: { readonly alert: Alert }) {
  const links = alert.links.flatMap((link) => {
    const href = safeHref(link.href)
    return href === undefined ? [] : [{ href, text: link.text === '' ? new URL(href).host : link.text }]
  })
  if (links.length === 0) return null
  return (
    <p className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-s">
      {links.slice(0, LINKS_SHOWN).map((link) => (
        <a
          key={link.href}
          href={link.href}
          target="_blank"
          rel="noopener noreferrer nofollow"
          title={link.href}
          className="inline-flex max-w-full items-center gap-1 text-accent hover:underline"
        >
          <span className="truncate" dir="auto">
            {link.text}
          </span>
          <ExternalLink size={11} aria-label="opens a new tab" className="flex-none" />
        </a>
      ))}
    </p>
  )
}

function tally(incident: Incident): string {
  if (incident.alerts_total === 0) return 'declared by a person'
  if (incident.alerts_firing === 0) return `all ${counted(incident.alerts_total, 'alert')} clear`
  return `${incident.alerts_firing} of ${counted(incident.alerts_total, 'alert')} firing`
}
