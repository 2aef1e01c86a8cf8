/** How the reader is reached, and a test that goes through every channel. */
import { useMutation } from '@tanstack/react-query'
import type { Me, TestPage } from '../../../src/api/schema.ts'
import { explainError } from '../../api/problem.ts'
import { pageMe } from '../../api/session.ts'
import { playOnce } from '../../lib/ring.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError } from '../../parts/field.tsx'
import { Tag, type Tone } from '../../parts/tag.tsx'

export function ChannelsCard({ me }: { readonly me: Me }) {
  const test = useMutation({ mutationFn: pageMe, onSuccess: playOnce })
  const outside = me.contacts.filter((contact) => contact.channel !== 'console')
  return (
    <Card
      title="How you are paged"
      aside={
        <Button size="s" busy={test.isPending} onClick={() => test.mutate()}>
          {test.isPending ? 'Paging you' : 'Page me now'}
        </Button>
      }
    >
      {outside.length === 0 && (
        <p className="mb-3 rounded-[6px] bg-warn-soft px-3 py-2 text-warn">
          This console is your only channel: with no tab open you cannot be reached. Turn on push below, or ask whoever runs Tocsin to set
          up another way for you in oncall.yaml.
        </p>
      )}
      <ul className="divide-y divide-line">
        {outside.map((contact) => (
          <Channel
            key={contact.channel}
            name={contact.channel}
            detail={contact.channel.startsWith('push:') ? 'a device of the list below' : (contact.address ?? '')}
            result={resultOf(test.data, contact.channel)}
          >
            <Tag tone={contact.verified_at === null ? 'warn' : 'ok'}>{contact.verified_at === null ? 'not verified' : 'verified'}</Tag>
          </Channel>
        ))}
        <Channel name="this console" detail="while a tab is open" result={resultOf(test.data, 'console')} />
      </ul>
      {test.isError && (
        <div className="mt-3">
          <FormError>{explainError(test.error)}</FormError>
        </div>
      )}
      {test.data !== undefined && (
        <p className="mt-2 text-s text-muted">Sent by a server is not read by you: check that each one really arrived.</p>
      )}
    </Card>
  )
}

interface ChannelProps {
  readonly name: string
  readonly detail: string
  readonly result: TestPage['deliveries'][number] | undefined
  readonly children?: React.ReactNode
}

function Channel({ name, detail, result, children }: ChannelProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-2.5 gap-y-1 py-2 first:pt-0 last:pb-0">
      <span className="font-[590]">{name}</span>
      <span className="min-w-0 truncate text-muted" dir="auto">
        {detail}
      </span>
      {children}
      {result !== undefined && (
        <span role="status" className="ml-auto flex flex-wrap items-center gap-2">
          <Tag tone={toneOf(result.state)}>test: {result.state}</Tag>
          {result.reason !== null && <span className="text-s text-muted [overflow-wrap:anywhere]">{result.reason}</span>}
        </span>
      )}
    </li>
  )
}

function resultOf(test: TestPage | undefined, channel: string): TestPage['deliveries'][number] | undefined {
  return test?.deliveries.find((delivery) => delivery.channel === channel)
}

function toneOf(state: string): Tone {
  if (state === 'failed' || state === 'rejected') return 'late'
  if (state === 'seen' || state === 'delivered') return 'ok'
  return state === 'retry' || state === 'unknown' ? 'warn' : 'plain'
}
