/** Topics that speak through a source: confirmed or not and why, when each last spoke, what waits, and which alone may speak. */
import { useQuery } from '@tanstack/react-query'
import type { SourceDetail, Subscription } from '../../../src/api/schema.ts'
import { subscriptionsQuery } from '../../api/detection.ts'
import { explainError } from '../../api/problem.ts'
import { toMs } from '../../lib/moment.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError } from '../../parts/field.tsx'
import { Ago, Moment } from '../../parts/moment.tsx'
import { Tag, type Tone } from '../../parts/tag.tsx'
import { counted } from '../incident/words.ts'
import type { ChangeSource } from './change-source.ts'
import { withheldWords } from './certificates.ts'
import { pinOffer, pinWords } from './topics.ts'

const LOOK_MS = 5_000

interface TopicsProps {
  readonly source: SourceDetail
  readonly mayManage: boolean
  readonly change: ChangeSource
}

export function TopicsCard({ source, mayManage, change }: TopicsProps) {
  const topics = useQuery({ ...subscriptionsQuery(source.id), refetchInterval: LOOK_MS })
  const listed = topics.data ?? []
  const offer = pinOffer(source.topics, listed)
  const pin = (pinned: readonly string[]): void => change.mutate({ topics: [...pinned] })
  return (
    <Card title="Topics" aside={pinWords(source.topics.length)} flush>
      {topics.isError && (
        <div className="px-3.5 py-3">
          <FormError>{explainError(topics.error)}</FormError>
        </div>
      )}
      {topics.data?.length === 0 && (
        <p className="px-3.5 py-3 text-muted">
          No topic has asked to speak here yet. Subscribe one to the address below: it is confirmed by itself.
        </p>
      )}
      <ul aria-label="Topics" className="divide-y divide-line">
        {listed.map((topic) => (
          <Topic key={topic.topic} topic={topic} source={source} />
        ))}
        {offer.unheard.map((name) => (
          <li key={name} className="px-3.5 py-2.5">
            <Name topic={name} />
            <p className="text-s text-muted">Pinned, and has not asked to speak.</p>
          </li>
        ))}
      </ul>
      {mayManage && (offer.pinnable.length > 0 || source.topics.length > 0) && (
        <div className="space-y-2 border-t border-line px-3.5 py-2.5">
          {offer.pinnable.length > 0 && (
            <p className="text-s text-muted">Whoever knows the key can subscribe a topic of theirs. Pinned, no other topic is believed.</p>
          )}
          <div className="flex flex-wrap gap-2">
            {offer.pinnable.length > 0 && (
              <Button size="s" busy={change.isPending} onClick={() => pin([...source.topics, ...offer.pinnable])}>
                Pin {offer.pinnable.length === 1 ? 'the confirmed topic' : `all ${offer.pinnable.length} confirmed topics`}
              </Button>
            )}
            {source.topics.length > 0 && (
              <Button size="s" busy={change.isPending} onClick={() => pin([])}>
                Let any topic speak
              </Button>
            )}
          </div>
        </div>
      )}
    </Card>
  )
}

const STATES: Readonly<Record<Subscription['state'], readonly [word: string, tone: Tone]>> = {
  confirmed: ['confirmed', 'ok'],
  asked: ['being confirmed', 'warn'],
  failed: ['not confirmed', 'late'],
  ended: ['unsubscribed', 'late'],
}

function Topic({ topic, source }: { readonly topic: Subscription; readonly source: SourceDetail }) {
  const { topics, signed_only: signedOnly } = source
  const pinned = topics.includes(topic.topic)
  const [word, tone] = STATES[topic.state]
  return (
    <li className="px-3.5 py-2.5">
      <div className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
        <Name topic={topic.topic} />
        <span className="flex flex-wrap gap-1.5">
          <Tag tone={tone}>{word}</Tag>
          {pinned && <Tag>pinned</Tag>}
          {topics.length > 0 && !pinned && <Tag tone="late">not believed: not pinned</Tag>}
        </span>
      </div>
      <p className="mt-0.5 text-s text-muted [overflow-wrap:anywhere]">
        <Since topic={topic} />
        {' · '}
        {topic.last_message_at === null ? (
          'no message yet'
        ) : (
          <>
            last message <Ago at={toMs(topic.last_message_at)} />
          </>
        )}
      </p>
      {topic.reason !== null && <Reason topic={topic} reason={topic.reason} />}
      {topic.waiting > 0 && (
        <p className="mt-1 text-s text-warn">
          {counted(topic.waiting, 'message')} could not be checked yet: {withheldWords(signedOnly)}.
        </p>
      )}
    </li>
  )
}

/** The name at the end says most: it may break anywhere. */
function Name({ topic }: { readonly topic: string }) {
  return (
    <code className="min-w-0 text-xs [overflow-wrap:anywhere]" dir="auto">
      {topic}
    </code>
  )
}

function Since({ topic }: { readonly topic: Subscription }) {
  if (topic.state === 'ended' && topic.ended_at !== null) {
    return (
      <>
        unsubscribed <Ago at={toMs(topic.ended_at)} />
      </>
    )
  }
  if (topic.state === 'confirmed' && topic.confirmed_at !== null) {
    return (
      <>
        confirmed <Ago at={toMs(topic.confirmed_at)} />
      </>
    )
  }
  return (
    <>
      asked <Ago at={toMs(topic.asked_at)} />
    </>
  )
}

function Reason({ topic, reason }: { readonly topic: Subscription; readonly reason: string }) {
  return (
    <p className={`mt-1 text-s [overflow-wrap:anywhere] ${topic.state === 'failed' ? 'text-late' : 'text-warn'}`} dir="auto">
      {topic.tries > 1 ? `Tried ${topic.tries} times: ` : ''}
      {reason}
      {topic.next_try_at !== null && (
        <>
          , next try <Moment at={toMs(topic.next_try_at)} />
        </>
      )}
      .
    </p>
  )
}
