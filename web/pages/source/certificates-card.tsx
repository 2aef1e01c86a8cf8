/** Certificates that sign a source's messages: known and until when, or missing and what waits for it; one can be given by hand. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { SignerCertificate, SourceDetail } from '../../../src/api/schema.ts'
import { certificatesQuery } from '../../api/detection.ts'
import { explainError } from '../../api/problem.ts'
import { toMs } from '../../lib/moment.ts'
import { useNow } from '../../lib/now.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError } from '../../parts/field.tsx'
import { Ago, LongDate } from '../../parts/moment.tsx'
import { Tag, type Tone } from '../../parts/tag.tsx'
import { counted } from '../incident/words.ts'
import { CertificateDialog } from './certificate-dialog.tsx'
import { holderOf, standingOf, type Standing, withheldWords } from './certificates.ts'

const LOOK_MS = 5_000

interface CertificatesProps {
  readonly source: Pick<SourceDetail, 'id' | 'signed_only'>
  readonly mayManage: boolean
}

export function CertificatesCard({ source, mayManage }: CertificatesProps) {
  const certificates = useQuery({ ...certificatesQuery(source.id), refetchInterval: LOOK_MS })
  const [giving, setGiving] = useState<{ readonly url: string } | null>(null)
  const listed = certificates.data ?? []
  const missing = listed.filter((one) => one.state === 'missing').length
  return (
    <Card title="Certificates" aside={missing === 0 ? `${listed.length} known` : `${missing} missing`} flush>
      {certificates.isError && (
        <div className="px-3.5 py-3">
          <FormError>{explainError(certificates.error)}</FormError>
        </div>
      )}
      {certificates.data?.length === 0 && (
        <p className="px-3.5 py-3 text-muted">None is known yet. It is fetched when the first message names it.</p>
      )}
      <ul aria-label="Certificates" className="divide-y divide-line">
        {listed.map((one) => (
          <Certificate
            key={one.url}
            one={one}
            signedOnly={source.signed_only}
            give={mayManage ? () => setGiving({ url: one.url }) : null}
          />
        ))}
      </ul>
      {mayManage && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line px-3.5 py-2.5">
          <Button size="s" onClick={() => setGiving({ url: '' })}>
            Give a certificate
          </Button>
          <p className="min-w-0 flex-1 basis-60 text-s text-muted">
            For networks without a way out: nothing is fetched for an address that has one.
          </p>
        </div>
      )}
      {giving !== null && <CertificateDialog sourceId={source.id} url={giving.url} onClose={() => setGiving(null)} />}
    </Card>
  )
}

const STANDINGS: Readonly<Record<Standing, readonly [word: string, tone: Tone]>> = {
  missing: ['missing', 'late'],
  good: ['good', 'ok'],
  'ends-soon': ['ends soon', 'warn'],
  expired: ['expired', 'late'],
  'not-yet': ['not valid yet', 'late'],
}

interface CertificateProps {
  readonly one: SignerCertificate
  readonly signedOnly: boolean
  /** Null: the reader may not. */
  readonly give: (() => void) | null
}

function Certificate({ one, signedOnly, give }: CertificateProps) {
  const standing = standingOf(one, useNow())
  const [word, tone] = STANDINGS[standing]
  return (
    <li className="px-3.5 py-2.5">
      <div className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
        <span className="min-w-0 font-[560] [overflow-wrap:anywhere]" dir="auto">
          {one.certificate === null ? 'Not known' : holderOf(one.certificate.subject)}
        </span>
        <span className="flex flex-wrap gap-1.5">
          <Tag tone={tone}>{word}</Tag>
          {one.state === 'given' && <Tag>given by hand</Tag>}
        </span>
        {give !== null && one.state === 'missing' && (
          <span className="ml-auto">
            <Button size="s" onClick={give} aria-label={`Give the certificate of ${one.url}`}>
              Give it
            </Button>
          </span>
        )}
      </div>
      <code className="block text-xs text-muted [overflow-wrap:anywhere]" dir="auto">
        {one.url}
      </code>
      {one.certificate !== null && <Facts certificate={one.certificate} fetched={one.state === 'fetched'} />}
      <Waited one={one} signedOnly={signedOnly} />
    </li>
  )
}

function Facts({
  certificate,
  fetched,
}: {
  readonly certificate: NonNullable<SignerCertificate['certificate']>
  readonly fetched: boolean
}) {
  return (
    <>
      <p className="mt-0.5 text-s text-muted [overflow-wrap:anywhere]" dir="auto">
        valid from <LongDate at={toMs(certificate.valid_from)} /> until <LongDate at={toMs(certificate.valid_until)} /> ·{' '}
        {fetched ? 'fetched' : 'given'} <Ago at={toMs(certificate.added_at)} /> · issued by {holderOf(certificate.issuer)}
      </p>
      <details className="text-s text-muted">
        <summary className="cursor-pointer">Fingerprint</summary>
        <code className="block text-xs [overflow-wrap:anywhere]">{certificate.fingerprint}</code>
      </details>
    </>
  )
}

/** What became of messages that could not be checked when they came. */
function Waited({ one, signedOnly }: Omit<CertificateProps, 'give'>) {
  const said = [
    ...(one.good > 0 ? [`${counted(one.good, 'message')} proved good`] : []),
    ...(one.given_up > 0 ? [`${counted(one.given_up, 'message')} never checked`] : []),
  ]
  return (
    <>
      {one.waiting > 0 && (
        <p className="mt-1 text-s text-warn">
          {counted(one.waiting, 'message')} wait{one.waiting === 1 ? 's' : ''} for it: {withheldWords(signedOnly)}.
        </p>
      )}
      {one.forged > 0 && (
        <p className="mt-1 text-s text-late">
          {counted(one.forged, 'message')} proved forged: what {one.forged === 1 ? 'it' : 'they'} alone had made fire was taken back.
        </p>
      )}
      {one.reason !== null && (one.state === 'missing' || one.forged > 0) && (
        <p className="mt-1 text-s text-muted [overflow-wrap:anywhere]" dir="auto">
          {one.reason}.
        </p>
      )}
      {said.length > 0 && <p className="mt-1 text-s text-muted">{said.join(', ')} in the last 30 days.</p>}
    </>
  )
}
