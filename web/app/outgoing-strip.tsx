/** Acknowledgements that did not get through at once, each with which of the three it is: sent, waiting, failed. */
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, Clock } from 'lucide-react'
import { keys } from '../api/keys.ts'
import { classNames } from '../lib/class-names.ts'
import { describe, type Outgoing } from '../lib/offline/outgoing-judge.ts'
import { forgetOutgoing } from '../lib/offline/outgoing.ts'
import { useOutgoing } from '../lib/offline/use-outgoing.ts'
import { Button } from '../parts/button.tsx'
import { Ago } from '../parts/moment.tsx'

const LOOKS = {
  waiting: { icon: Clock, word: 'waiting', tone: 'border-warn bg-warn-soft text-warn' },
  sent: { icon: CircleCheck, word: 'sent', tone: 'border-ok bg-ok-soft text-ok' },
  failed: { icon: CircleAlert, word: 'failed', tone: 'border-late bg-late-soft text-late' },
} as const

export function OutgoingStrip() {
  const client = useQueryClient()
  const entries = useOutgoing(() => {
    void client.invalidateQueries({ queryKey: keys.me })
    void client.invalidateQueries({ queryKey: keys.incidents })
  })
  if (entries.length === 0) return null
  return (
    <section aria-label="Acknowledgements on their way" className="mx-auto max-w-[1280px] space-y-1.5 px-3 pt-2 min-[761px]:px-6">
      {entries.map((entry) => (
        <Strip key={entry.id} entry={entry} />
      ))}
    </section>
  )
}

function Strip({ entry }: { readonly entry: Outgoing }) {
  const { icon: Icon, word, tone } = LOOKS[entry.state]
  return (
    <div role="status" className={classNames('flex flex-wrap items-center gap-x-2.5 gap-y-1 rounded-[6px] border px-3 py-1.5', tone)}>
      <Icon size={16} aria-hidden className="flex-none" />
      <p className="min-w-0 flex-1 basis-60">
        <strong className="font-[620]">{describe(entry)}</strong>
        <span className="text-s">
          {' '}
          · {word} · pressed <Ago at={entry.at} />
          {entry.reason !== '' && ` · ${entry.reason}`}
          {entry.state === 'waiting' && ' It is sent as soon as the server answers, within the hour; until then others are paged.'}
        </span>
      </p>
      {entry.state === 'failed' && entry.number !== null && (
        <Link to="/incidents/$ref" params={{ ref: String(entry.number) }} className="font-[590] underline">
          Open
        </Link>
      )}
      {entry.state !== 'waiting' && (
        <Button size="s" onClick={() => void forgetOutgoing(entry.id)}>
          Dismiss
        </Button>
      )}
    </div>
  )
}
