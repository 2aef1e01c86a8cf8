/**
 * What an integration is. A folder under `src/integrations/` holds one outside system; outside the folder only
 * `src/integrations/index.ts` names it. Routes, limits, forms and docs are drawn from the manifest.
 */
import type { z } from 'zod'
import type { ChangeReport, Signal } from './core/alert/signal.ts'
import type { Threshold } from './core/playbook/playbook.ts'
import type { Instant } from './core/time.ts'

/** One request as it came: nothing parsed, nothing decoded but the content encoding. */
export interface InboundMessage {
  readonly method: string
  /** Path without the prefix, the key and the query, such as `/api/v2/alerts`. */
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. Keys and signatures are still in here: never log it. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly receivedAt: Instant
}

/** What a message turned out to be. `receive` is pure: it reads no clock, no file, no network, and never throws. */
export type Received =
  /** Understood. `reply` is what the vendor's contract says; it is sent only after the receipt is committed. */
  | {
      readonly kind: 'signals'
      readonly signals: readonly Signal[]
      readonly changes: readonly ChangeReport[]
      readonly reply: Reply
      /** The vendor's own id of this delivery: a second message of the same id is answered alike, kept, and applied no second time. */
      readonly messageId?: string
      /** True: that id alone tells deliveries apart, whatever else differs in their bytes, such as what relays write on top of a mail. */
      readonly messageIdAlone?: true
      /** Which of the source's topics speaks, where its sender has such and is believed. */
      readonly topic?: string
      /** What is to be done about the message once it is kept, beside applying its signals. */
      readonly followUp?: FollowUp
    }
  /**
   * The vendor's contract makes us refuse it, or it could not be understood. It is kept all the same; `page` says
   * whether people are told of it plainly (a message with a valid key that cannot be understood always is).
   */
  | { readonly kind: 'refused'; readonly reason: string; readonly page: boolean; readonly title: string; readonly reply: Reply }
  /** Its signature is missing, wrong or too old: kept and counted on its source's page, never believed, pages nobody. */
  | { readonly kind: 'distrusted'; readonly reason: string; readonly reply: Reply }

/** What a message asks for beside its signals; the shell does it after the message is kept, within its bounds. */
export type FollowUp =
  /** Its sender wants to hear that it is welcome: an address of the sender's own, checked against the door's host rule. */
  | { readonly kind: 'confirm'; readonly topic: string; readonly url: string }
  /** Its sender will send no more. */
  | { readonly kind: 'ended'; readonly topic: string }
  /**
   * The certificate could not be had: once it can, the message is read again with it. What is withheld until then (an end,
   * a confirmation) is done when it proves good; what was believed for safety's sake is taken back when it does not.
   */
  | { readonly kind: 'verify-later'; readonly topic: string; readonly messageId: string; readonly certificateUrl: string }

/** The certificate of a message's signer, as the shell could get it. */
export type SignerCertificate =
  /** PEM, its chain checked. */
  | { readonly kind: 'known'; readonly pem: string }
  /** Whoever serves certificates there says that there is no such one, or it is none to trust. */
  | { readonly kind: 'absent'; readonly reason: string }
  /** It could not be had in time; one sentence without a full stop. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** The message is read again: its signature was found good when it came. */
  | { readonly kind: 'checked' }

/** What a source's owner demands of its messages. */
export interface SourceDemands {
  /** Names of topics that may speak through it; empty: any. */
  readonly topics: readonly string[]
  /** True: messages that cannot prove who sent them are not believed, rather than believed where they alarm. */
  readonly signed: boolean
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Already encoded; empty for none. */
  readonly body: string
}

/** A way in: an address that a vendor's client can be pointed at. */
export interface Door {
  /** Stable name kept with each receipt, such as `pagerduty-v2`. */
  readonly id: string
  readonly method: 'POST' | 'PUT'
  /** Path pattern after the host: literal segments, `:key` (the integration key), `:id` (any segment). */
  readonly path: string
  /** Where the key stands: for `request` (path or header) it is checked before a byte of the body is read. */
  readonly keyIn: 'request' | 'body'
  /**
   * Finds the integration key. Called before anything is stored, so it must be cheap; for a key inside the body it
   * may return the parsed body, which is passed on to `receive`.
   */
  readonly findKey: (message: InboundMessage, params: Readonly<Record<string, string>>) => FoundKey
  readonly receive: (message: InboundMessage, context: ReceiveContext) => Received
  /**
   * Where messages name the certificate of their signer: its address by the door's own host rule, null for none. The shell
   * gets it, within a bound, before it calls `receive`. Pure and cheap.
   */
  readonly certificateUrl?: (message: InboundMessage) => string | null
  /** What overload answers: 503 unless this vendor's clients retry 429 (contracts differ). Both carry Retry-After. */
  readonly overloadStatus: 503 | 429
  /** Answer to an unknown or revoked key. */
  readonly refuseKey: () => Reply
  readonly bodyBytesMax: number
  /** Messages are read by their source's own mapping, where it has one. */
  readonly takesMapping?: true
  /** Other methods of this address are routes of the server: where alerts are posted, a list of them may be read. */
  readonly sharesAddress?: true
  /** Its clients may be set to the other method: the same message, the same answer. */
  readonly alsoMethod?: 'POST' | 'PUT'
  /** Answers OPTIONS, for clients that ask before they send; called with a valid key, nothing is kept. */
  readonly greet?: (message: InboundMessage) => Reply
  /** Refusals that every door makes (too large, too busy), in this vendor's shape; without it they have no body. */
  readonly explain?: (status: number, reason: string) => Reply
}

/** A kind of receipt that no address leads to: a route found out what the message is about, wrote it down, and hands it in. */
export interface InnerDoor {
  readonly id: string
  readonly receive: Door['receive']
}

export interface FoundKey {
  readonly key: string | null
  /** The body parsed while looking, to save doing it twice; undefined when it was not needed. */
  readonly parsed?: unknown
}

export interface ReceiveContext {
  readonly params: Readonly<Record<string, string>>
  readonly parsed?: unknown
  /** The source's signing secret where one is configured; the door verifies with it. */
  readonly signingSecret: string | null
  /** Of doors with a `certificateUrl`; undefined counts as unknown. */
  readonly certificate?: SignerCertificate
  /** Undefined: nothing beyond the key. */
  readonly demands?: SourceDemands
  /** The source's own mapping, as the text of a `MappingText`; null or undefined: it has none. */
  readonly mapping?: string | null
  /** For replies that must carry a fresh id (PagerDuty's `dedup_key`): 32 hex digits, given by the shell. */
  readonly freshId: string
}

/** What one attempt to send came to. The integration alone can tell which. */
export type Delivery =
  | { readonly kind: 'delivered'; readonly externalId: string | null; readonly evidence: string }
  /** A clear "not now": nothing happened, try again. */
  | { readonly kind: 'retry'; readonly afterMs: number | null; readonly reason: string }
  /** A clear "never": trying again cannot help. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /** It may have happened: time-out, reset, crash. */
  | { readonly kind: 'unknown'; readonly reason: string }

/** A page rendered at the moment it is sent, from the state of that moment. */
export interface PageMessage {
  /** Same for every attempt of one delivery: what a vendor can fold or we can look up. */
  readonly reference: string
  /** True when an earlier attempt may have arrived: the text says "(repeat)". */
  readonly repeat: boolean
  readonly incident: {
    readonly id: string
    readonly number: number
    readonly title: string
    readonly severity: string
    readonly summary: string
    readonly firstStep: string
    /** What is hit, with how much depends on it and where to look; null or left out: nobody knows. */
    readonly service?: {
      readonly name: string
      readonly tier: number | null
      readonly links: readonly { readonly title: string; readonly url: string }[]
    } | null
    readonly openedAt: Instant
  }
  /** Other incidents that page this person and that this one message stands for, the gravest first; left out: none. */
  readonly others?: readonly { readonly number: number; readonly title: string; readonly severity: string }[]
  readonly roles: readonly string[]
  readonly person: { readonly name: string; readonly zone: string }
  /** Opens the acknowledge page; GET shows, POST acts. */
  readonly acknowledgeUrl: string
  /** Of that link: names the message where its vendor tells of it. Left out: the message has none. */
  readonly token?: string
  readonly incidentUrl: string
  /** Why it is sent: `page`, or a `notice` that asks for no acknowledgement. */
  readonly purpose: 'page' | 'notice' | 'test'
  /** When someone else is paged, if nobody answers; null when unknown. */
  readonly escalatesAt: Instant | null
  /** What a notice is about, in one sentence; empty for a page. */
  readonly notice: string
}

export interface Channel {
  /** `email`, `sms`, `webhook`, `console`. */
  readonly kind: string
  readonly title: string
  /** What its strongest automatic evidence is worth, in words for the ledger. */
  readonly evidence: string
  readonly timeoutMs: number
  /** Sends once. Never throws; a programming error is caught by the outbox and counts as `unknown`. */
  readonly send: (message: PageMessage, address: ChannelAddress, signal: AbortSignal) => Promise<Delivery>
  /** Goes as far as it can without sending anything, so that `doctor` can tell before a page needs it. Never throws. */
  readonly check: (address: ChannelAddress | null, signal: AbortSignal) => Promise<ChannelCheck>
}

/**
 * A channel of a vendor that is asked, after a message was taken, what became of it. The shell asks as often as the vendor
 * allows while somebody may still answer.
 */
export interface FollowedChannel extends Channel {
  /** What became of it; never throws. @param externalId as `send` gave it */
  readonly follow: (externalId: string, address: ChannelAddress, signal: AbortSignal) => Promise<Followed>
  /** Stops it from ringing any more; never throws. False: not now, try again. */
  readonly callOff: (externalId: string, address: ChannelAddress, signal: AbortSignal) => Promise<boolean>
}

export type Followed =
  | { readonly kind: 'waiting' }
  /** The person who was written to answered there. */
  | { readonly kind: 'acknowledged'; readonly evidence: string }
  /** Nobody will answer there any more. */
  | { readonly kind: 'over'; readonly reason: string }
  /** Could not be found out now. */
  | { readonly kind: 'unknown'; readonly reason: string }

export interface ChannelCheck {
  readonly ok: boolean
  /** One sentence for people; no secrets, no addresses with credentials in them. */
  readonly detail: string
}

/** An outbound system that `connections.yaml` names, its secret resolved; undefined when it names none by that id. */
export interface Connection {
  readonly url: string
  readonly secret: string | null
}
export interface Connections {
  readonly find: (id: string) => Connection | undefined
  readonly ids: () => readonly string[]
}

/** A connection through which a vendor carries pages to people, its secrets resolved just now. */
export interface CarrierConnection extends Connection {
  readonly name: string
  readonly kind: string
  /** What the vendor signs with what it tells us; null where it cannot be found. */
  readonly callbackSecret: string | null
  /** Plain texts, no secrets. */
  readonly settings: Readonly<Record<string, string>>
}
export interface Carriers {
  /** By the id of a channel, such as `sms` or `sms:eu`; undefined when connections.yaml has none for it. */
  readonly find: (channelId: string) => CarrierConnection | undefined
  readonly named: (name: string) => CarrierConnection | undefined
  readonly list: () => readonly CarrierConnection[]
}

/** A request that a vendor makes of its own accord, as it came; its path names a connection. */
export interface VendorCallback {
  /** What it is about, and perhaps the token of the message: the parts of the path after the connection. */
  readonly what: string
  readonly token: string | null
  /** The public address that the vendor was given, with path and query. */
  readonly url: string
  /** Lower-case names. Signatures are in here: never log it. */
  readonly headers: Readonly<Record<string, string>>
  readonly form: URLSearchParams
}

/** What it turned out to be. `hear` is pure and never throws. */
export type Heard =
  /** Its signature is missing or wrong: nothing of it is believed or kept. */
  | { readonly kind: 'distrusted'; readonly reason: string; readonly reply: Reply }
  /** About a message of ours, whose token the path holds. */
  | {
      readonly kind: 'told'
      readonly report: VendorReport | null
      /** What the person who was reached asks for. */
      readonly press: { readonly wish: 'acknowledge' | 'decline'; readonly via: 'voice' } | null
      /** What is answered, from how things stand then; null: nothing is known of the message. */
      readonly reply: (view: AnswerView | null) => Reply
    }
  /** Somebody wrote to us. */
  | {
      readonly kind: 'written'
      /** The vendor's: a second of the same id is answered alike and does nothing. */
      readonly messageId: string
      /** A phone number. */
      readonly from: string
      readonly ask: WrittenAsk
      /** @param text what to write back; empty: nothing */
      readonly reply: (text: string) => Reply
    }

export interface VendorReport {
  /** The vendor's id of the message or call. */
  readonly externalId: string
  /** The vendor's own word: the same word about the same message counts once. */
  readonly word: string
  /** `failed` is final: that message reaches nobody any more. */
  readonly outcome: 'progress' | 'delivered' | 'failed'
  /** For the ledger: one sentence without addresses; empty: nothing worth telling. */
  readonly sentence: string
  /** It was no person that answered: what is pressed there counts for nothing. */
  readonly machine?: true
  /** The way itself is dead, not only this message: waiting for an answer by it is useless. */
  readonly dead?: true
}

export type WrittenAsk =
  | {
      readonly kind: 'act'
      readonly wish: 'acknowledge' | 'decline'
      readonly which: 'one' | 'all' | { readonly number: number } | { readonly code: string }
    }
  | { readonly kind: 'status' }
  /** The vendor or the network answers it by itself, as STOP and HELP. `stops`: it will hand nothing to that number any more. */
  | { readonly kind: 'silent'; readonly stops?: true }
  | { readonly kind: 'unclear' }

/** How things stand for the person that a message went to. */
export interface AnswerView {
  readonly person: { readonly name: string; readonly zone: string }
  readonly incident: {
    readonly number: number
    /** Without what a private one is about. */
    readonly title: string
    readonly severity: string
    readonly firstStep: string
    readonly open: boolean
  }
  /** The person is still being paged about it. */
  readonly paging: boolean
  readonly acknowledged: boolean
  /** Names of others who have acknowledged. */
  readonly othersAcknowledged: readonly string[]
  /** How many more incidents the message told of. */
  readonly othersCount: number
  /** What this very request did; null: nothing. */
  readonly done: 'acknowledge' | 'decline' | null
}

/** How a vendor's callbacks are read. */
export type Hear = (callback: VendorCallback, connection: CarrierConnection) => Heard

/** Every way out that this installation has. A channel id is a kind, or a kind and a connection: `webhook:ops`. */
export interface ChannelBook {
  /** Where and how to send; `missing` says in one sentence why it cannot. `contact` is the person's own address. */
  readonly find: (channelId: string, contact: string | null) => FoundChannel
  /** All that could be checked: each kind, with each of its connections. */
  readonly list: () => readonly { readonly id: string; readonly channel: Channel; readonly address: ChannelAddress | null }[]
}
export type FoundChannel =
  | { readonly kind: 'found'; readonly channel: Channel; readonly address: ChannelAddress }
  | { readonly kind: 'missing'; readonly reason: string }

/** Where a person is reached on a channel; secrets are resolved just before sending and never stored with it. */
export interface ChannelAddress {
  readonly to: string
  readonly secret: string | null
  /** Of a channel that a vendor carries. */
  readonly carrier?: CarrierConnection
}

/** What "Connect a source" shows and does for a way in; texts are plain. */
export interface SourceSetup {
  /** What it is for, in one sentence. */
  readonly purpose: string
  /** In the vendor's own words and order. */
  readonly steps: readonly string[]
  /**
   * Ready to paste, with what the vendor's defaults get wrong set right. `{{url}}` (address of this server), `{{host}}` and
   * `{{key}}` are filled in, here and in the steps.
   */
  readonly snippets: readonly { readonly title: string; readonly language: string; readonly text: string }[]
  /** How its messages are signed; null where it cannot sign. */
  readonly signing: { readonly header: string; readonly secretFrom: string } | null
  /** A message as the vendor sends it, for "send a test"; the door is the manifest's first. */
  readonly sample: { readonly headers: Readonly<Record<string, string>>; readonly body: string }
  /** True where Tocsin can ask it, after a downtime, what fires now. */
  readonly askable: boolean
}

/**
 * What a source answered when it was asked what fires now. The signals are the very ones that its door would have made of
 * the same alerts (same `alarm`, `dedupKey`, `labels`), so that both are one alert here.
 */
export type Asked =
  | {
      readonly kind: 'answered'
      /** All that fires, or is acknowledged, there now; what has ended may be among them as `resolved`. */
      readonly signals: readonly Signal[]
      /** False: the list was cut at a bound, or covers only a part, so that what is missing in it proves nothing. */
      readonly complete: boolean
      /**
       * What fires there too, and is no news: silenced there, or of no interest. It opens nothing, and what fires here is
       * not missed for it.
       */
      readonly quiet?: readonly Signal[]
      /** What people should know of this answer in one sentence, such as what could not be seen; null for nothing. */
      readonly note: string | null
    }
  /** One sentence without secrets. */
  | { readonly kind: 'failed'; readonly reason: string }

/** A request of an `AskSource`; bounds, time limits and repeats are the shell's. */
export interface AskRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** May hold credentials: never logged. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}
export type AskReply =
  | { readonly kind: 'reply'; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }
  /** It could not be reached, took too long, or answered too much; without secrets. */
  | { readonly kind: 'failed'; readonly reason: string }

/** A connection of `connections.yaml` through which a source is asked, its secret resolved just now. */
export interface AskConnection extends Connection {
  readonly name: string
  /** Its `settings` there; plain texts, no secrets. */
  readonly settings: Readonly<Record<string, string>>
  readonly now: Instant
  /** What the playbook measures in this system; none where it names nothing. */
  readonly queries?: readonly AskedQuery[]
  /**
   * The only way out: follows no redirect, bounds time and size, repeats a GET that failed, stops with `signal`. Never throws.
   */
  readonly request: (request: AskRequest) => Promise<AskReply>
}

/** A number that the playbook watches: a detection's alarm with the expression that measures it. */
export interface AskedQuery {
  readonly alarm: string
  readonly title: string
  readonly expression: string
  /** All must hold for it to fire; never empty. */
  readonly bounds: readonly Threshold[]
  /** Without a break. */
  readonly forMs: number
}

/**
 * How a source that has an API is asked what fires now. It reads, changes nothing there, and knows nothing of storage:
 * the shell compares the answer with what it knows. See docs/decisions/0012-asking.md.
 */
export interface AskSource {
  /** `kind` of its connections in `connections.yaml`. */
  readonly kind: string
  readonly title: string
  /** Doors whose alerts its answer is about: only alerts that came by them, or by asking, may be missed in it. */
  readonly doors: readonly string[]
  /** Names of `settings` that it reads, each with what it is for. */
  readonly settings: Readonly<Record<string, string>>
  /** Never throws; `signal` ends it. */
  readonly ask: (connection: AskConnection, signal: AbortSignal) => Promise<Asked>
}

export interface IntegrationManifest {
  readonly id: string
  readonly title: string
  readonly doors: readonly Door[]
  readonly innerDoors?: readonly InnerDoor[]
  readonly setup?: SourceSetup
  /** Its messages are what people say, not what a monitor sees: their end proves nothing, so a person attests a resolution. */
  readonly spokenBy?: 'people'
  /** Present where the source can be asked what fires now. */
  readonly ask?: AskSource | readonly AskSource[]
  /** Settings of a connection in `connections.yaml`, without secrets. */
  readonly config?: z.ZodType
}

export function defineIntegration<const Manifest extends IntegrationManifest>(manifest: Manifest): Manifest {
  return manifest
}
