/** SQL of certificates of signers, by the address that messages name. */
import type { Instant } from '../../core/time.ts'
import type { Tx } from '../database/database.ts'

export interface CertificateRow {
  readonly url: string
  readonly pem: string
  readonly origin: 'fetched' | 'given'
  readonly addedAt: Instant
}

interface CertificateSql {
  readonly url: string
  readonly pem: string
  readonly origin: CertificateRow['origin']
  readonly added_at: Date
}

export async function findCertificate(tx: Tx, url: string): Promise<CertificateRow | undefined> {
  const { rows } = await tx.query<CertificateSql>('select url, pem, origin, added_at from signing_certificate where url = $1', [url])
  return rows.map(toCertificate)[0]
}

/** All that are known here, whichever source they were named to; the latest first. */
export async function listCertificates(tx: Tx): Promise<CertificateRow[]> {
  const { rows } = await tx.query<CertificateSql>(
    `select url, pem, origin, added_at from signing_certificate order by added_at desc, url limit ${CERTIFICATES_MAX}`,
  )
  return rows.map(toCertificate)
}
const CERTIFICATES_MAX = 100

function toCertificate(row: CertificateSql): CertificateRow {
  return { url: row.url, pem: row.pem, origin: row.origin, addedAt: row.added_at.getTime() }
}

/** One that an owner gave is kept before one that was fetched. */
export async function putCertificate(tx: Tx, certificate: Omit<CertificateRow, 'addedAt'>): Promise<void> {
  await tx.query(
    `insert into signing_certificate (url, pem, origin) values ($1, $2, $3)
     on conflict (url) do update set pem = excluded.pem, origin = excluded.origin, added_at = now()
     where excluded.origin = 'given' or signing_certificate.origin = 'fetched'`,
    [certificate.url, certificate.pem, certificate.origin],
  )
}
