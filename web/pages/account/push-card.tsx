/** Push messages: turned on for this device, tried, and the list of devices with how each fares. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { PushDevice } from '../../../src/api/schema.ts'
import { explainError, explainReading } from '../../api/problem.ts'
import { pushQuery, removePush, tellPushShown, testPush } from '../../api/push.ts'
import { meQuery } from '../../api/queries.ts'
import { tellError } from '../../app/toast-store.ts'
import { deviceName } from '../../lib/device-name.ts'
import { toMs } from '../../lib/moment.ts'
import { findThisDevice, type PushAbility, pushAbility, startPush, stopPush } from '../../lib/push.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { FormError } from '../../parts/field.tsx'
import { Ago } from '../../parts/moment.tsx'
import { Skeleton } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'

const CANNOT: Readonly<Record<Exclude<PushAbility, 'ready'>, string>> = {
  insecure: 'Browsers give push to pages that come by https alone. Whoever runs Tocsin can set that up (docs/reach.md).',
  'install-first': 'On iPhone and iPad push works from the home screen alone: share, “Add to Home Screen”, then open Tocsin from there.',
  denied: 'This browser was told to show no notifications of Tocsin. Change that in its settings for this page, then reload.',
  unsupported: 'This browser cannot take push messages.',
}

export function PushCard() {
  const push = useQuery(pushQuery)
  const [mine, setMine] = useState<string | null>(null)
  useEffect(() => void findThisDevice().then(setMine), [push.dataUpdatedAt])
  const here = push.data?.items.find((device) => device.id === mine && device.revoked_at === null)
  const others = push.data?.items.filter((device) => device !== here) ?? []
  return (
    <Card title="Push messages" aside={push.data === undefined ? undefined : countOf(push.data.items)}>
      {push.data === undefined && !push.isError && <Skeleton className="h-10" />}
      {push.isError && push.data === undefined && <p role="alert">{explainReading(push.error)}</p>}
      {push.data !== undefined && (
        <div className="space-y-3">
          <ThisDevice publicKey={push.data.public_key} device={here} />
          {others.length > 0 && (
            <ul className="divide-y divide-line border-t border-line">
              {others.map((device) => (
                <Row key={device.id} device={device} />
              ))}
            </ul>
          )}
          <p className="text-s text-muted">
            Messages go by the relay that the browser’s vendor runs (Google, Mozilla, Apple, Microsoft): it learns when and to which device,
            and cannot read them. Signing out on a device ends push there. No relay promises to be quick, or to wake a phone that saves
            power: keep a second way.
          </p>
        </div>
      )}
    </Card>
  )
}

function countOf(devices: readonly PushDevice[]): string {
  const live = devices.filter((device) => device.revoked_at === null).length
  return live === 0 ? 'no device' : live === 1 ? '1 device' : `${live} devices`
}

function ThisDevice({ publicKey, device }: { readonly publicKey: string | null; readonly device: PushDevice | undefined }) {
  const ability = pushAbility()
  const refresh = useRefresh()
  const start = useMutation({ mutationFn: (key: string) => startPush(key, deviceName()), onSettled: refresh })
  const stop = useMutation({
    mutationFn: stopPush,
    onSettled: refresh,
    onError: (error) => tellError('Push is still on', explainError(error)),
  })
  if (device !== undefined) {
    return (
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Facts device={device} here />
        <div className="ml-auto flex gap-2">
          <TryButton device={device} />
          <Button size="s" busy={stop.isPending} onClick={() => stop.mutate()}>
            Turn off here
          </Button>
        </div>
      </div>
    )
  }
  if (ability !== 'ready') return <p className="rounded-[6px] bg-warn-soft px-3 py-2 text-warn">{CANNOT[ability]}</p>
  if (publicKey === null) return <p className="text-warn">Push is off: the server has no key to sign with. Its doctor says why.</p>
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center gap-3">
        <Button look="main" busy={start.isPending} onClick={() => start.mutate(publicKey)}>
          Turn on for this device
        </Button>
        <span className="text-s text-muted">Pages then ring here, also while Tocsin is closed.</span>
      </div>
      {start.isError && <FormError>{explainError(start.error)}</FormError>}
    </div>
  )
}

function Facts({ device, here }: { readonly device: PushDevice; readonly here?: boolean }) {
  return (
    <span className="min-w-0 flex-1 basis-52">
      <span className="flex flex-wrap items-center gap-x-2">
        <span className="font-[590] [overflow-wrap:anywhere]" dir="auto">
          {device.name}
        </span>
        {here === true && <Tag tone="ok">this device</Tag>}
        {device.revoked_at !== null && <Tag tone="late">ended</Tag>}
      </span>
      <span className="block text-s text-muted [overflow-wrap:anywhere]">
        {device.revoked_at !== null ? (
          <>
            <Ago at={toMs(device.revoked_at)} />: {device.revoked_reason}. Turn it on again there.
          </>
        ) : (
          <LastTaken device={device} />
        )}
      </span>
    </span>
  )
}

function LastTaken({ device: { service, last_shown_at: shown, last_success_at: taken } }: { readonly device: PushDevice }) {
  if (taken === null) return <>by {service} · nothing sent yet</>
  return (
    <>
      by {service} · taken <Ago at={toMs(taken)} />
      {shown === null ? (
        ' · not proven to be shown'
      ) : (
        <>
          {' '}
          · shown <Ago at={toMs(shown)} />
        </>
      )}
    </>
  )
}

function Row({ device }: { readonly device: PushDevice }) {
  const refresh = useRefresh()
  const remove = useMutation({
    mutationFn: () => removePush(device.id),
    onSettled: refresh,
    onError: (error) => tellError('The device was not removed', explainError(error)),
  })
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2 last:pb-0">
      <Facts device={device} />
      <Button size="s" busy={remove.isPending} aria-label={`Remove ${device.name}`} onClick={() => remove.mutate()}>
        Remove
      </Button>
    </li>
  )
}

/** Sent is a server's word; shown is this device's own, told by its service worker. */
function TryButton({ device }: { readonly device: PushDevice }) {
  const refresh = useRefresh()
  const [shown, setShown] = useState(false)
  const test = useMutation({ mutationFn: () => testPush(device.id), onSettled: refresh })
  useEffect(() => {
    const onMessage = (event: MessageEvent<unknown>): void => {
      const { type, kind } = (event.data ?? {}) as { readonly type?: unknown; readonly kind?: unknown }
      if (type !== 'tocsin-push-shown' || kind !== 'test') return
      setShown(true)
      void tellPushShown(device.id).then(refresh)
    }
    navigator.serviceWorker.addEventListener('message', onMessage)
    return () => navigator.serviceWorker.removeEventListener('message', onMessage)
  })
  return (
    <>
      {test.data !== undefined && (
        <span role="status" className="self-center text-s text-muted">
          {shown ? 'shown here' : (test.data.reason ?? 'sent; waits to be shown')}
        </span>
      )}
      <Button
        size="s"
        busy={test.isPending}
        onClick={() => {
          setShown(false)
          test.mutate()
        }}
      >
        Try it
      </Button>
    </>
  )
}

function useRefresh(): () => void {
  const client = useQueryClient()
  return () => {
    void client.invalidateQueries({ queryKey: pushQuery.queryKey })
    void client.invalidateQueries({ queryKey: meQuery.queryKey })
  }
}
