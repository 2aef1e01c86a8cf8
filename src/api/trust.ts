/** Sources whose senders sign with certificates and ask to be confirmed (SNS): topics, certificates, what waits to be checked. */
import { z } from 'zod'
import { Timestamp } from './common.ts'

/** A topic that asked to speak through a source. */
export const Subscription = z
  .object({
    topic: z.string(),
    /** `asked`: being confirmed; `failed`: it could not be, see `reason`; `ended`: somebody unsubscribed it. */
    state: z.enum(['asked', 'confirmed', 'failed', 'ended']),
    asked_at: Timestamp,
    confirmed_at: Timestamp.nullable(),
    ended_at: Timestamp.nullable(),
    /** Tries to confirm it since it last asked, when the next one is, and why the last one failed. */
    tries: z.number().int(),
    next_try_at: Timestamp.nullable(),
    reason: z.string().nullable(),
    /** Its last message that was believed; may be some seconds behind. */
    last_message_at: Timestamp.nullable(),
    /** Its messages that wait to be checked: what alarms among them has paged, what calms is withheld. */
    waiting: z.number().int(),
  })
  .meta({ id: 'Subscription' })
export type Subscription = z.infer<typeof Subscription>

/** A certificate that is known here, or that messages of the source named and nobody could get, with what became of these. */
export const SignerCertificate = z
  .object({
    url: z.string(),
    /** `fetched` from its address, `given` by an owner, `missing`: messages wait for it. */
    state: z.enum(['fetched', 'given', 'missing']),
    /** Messages that wait to be checked; those of them that alarm have paged all the same. */
    waiting: z.number().int(),
    /** Checked later and found good, in the last 30 days. */
    good: z.number().int(),
    /** Checked later and found forged: what they alone had made fire was taken back. */
    forged: z.number().int(),
    /** Never checked: the certificate could not be had for a week. */
    given_up: z.number().int(),
    /** Why it could not be had, or what was wrong with a message. */
    reason: z.string().nullable(),
    /** What it says of itself; null where it is missing. */
    certificate: z
      .object({
        subject: z.string(),
        issuer: z.string(),
        valid_from: Timestamp,
        valid_until: Timestamp,
        /** SHA-256, hex with colons. */
        fingerprint: z.string(),
        added_at: Timestamp,
      })
      .nullable(),
  })
  .meta({ id: 'SignerCertificate' })
export type SignerCertificate = z.infer<typeof SignerCertificate>

const PEM_CHARS_MAX = 32_768

/** A certificate by hand, for installations that cannot fetch any. */
export const SignerCertificateBody = z
  .strictObject({
    /** As messages name it. */
    url: z.url({ protocol: /^https$/ }).max(2_048),
    /** In PEM. */
    pem: z.string().min(1).max(PEM_CHARS_MAX),
  })
  .meta({ id: 'GiveSignerCertificate' })
export type SignerCertificateBody = z.infer<typeof SignerCertificateBody>
