/** The reader's own account: how they are reached, whether a page will be heard, password, sessions, keys, look. */
import { useMutation, useQuery } from '@tanstack/react-query'
import type { Me } from '../../../src/api/schema.ts'
import { explainError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import { signOut } from '../../api/session.ts'
import { tellError } from '../../app/toast-store.ts'
import { SoundSetting } from '../../app/paged-banner.tsx'
import { wipeAllInTime } from '../../lib/offline/leave.ts'
import { findThisDevice, stopPush } from '../../lib/push.ts'
import { useTitle } from '../../lib/title.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Failed, SkeletonRows } from '../../parts/states.tsx'
import { PocketCard } from '../home/pocket-card.tsx'
import { ThemeSwitch } from '../../parts/theme-switch.tsx'
import { ApiKeysCard } from './api-keys-card.tsx'
import { ChannelsCard } from './channels-card.tsx'
import { KeysSetting } from './keys-setting.tsx'
import { PasswordCard } from './password-card.tsx'
import { PushCard } from './push-card.tsx'
import { ProfileCard } from './profile-card.tsx'
import { SessionsCard } from './sessions-card.tsx'

export function AccountPage() {
  useTitle('Your account')
  const me = useQuery(meQuery)
  if (me.data !== undefined) return <Account me={me.data} />
  return (
    <div className="mx-auto max-w-[760px]">
      <PageHead title="Your account" />
      {me.isError ? <Failed what="account" error={me.error} retry={() => void me.refetch()} /> : <SkeletonRows rows={3} />}
    </div>
  )
}

function Account({ me }: { readonly me: Me }) {
  const leave = useMutation({
    mutationFn: leaveNothing,
    onSuccess: () => location.assign('/sign-in'),
    onError: (error) => tellError('You are still signed in', explainError(error)),
  })
  return (
    <div className="mx-auto max-w-[760px] space-y-4">
      <PageHead title="Your account" about={`${me.email} · ${me.role}`}>
        <Button busy={leave.isPending} onClick={() => leave.mutate()}>
          Sign out
        </Button>
      </PageHead>
      <ChannelsCard me={me} />
      <PushCard />
      <PocketCard />
      <Card title="Sound in this browser">
        <SoundSetting />
      </Card>
      <ProfileCard key={`${me.name} ${me.zone}`} me={me} />
      <PasswordCard me={me} />
      <SessionsCard />
      {me.can.includes('key.own') && <ApiKeysCard meId={me.id} />}
      <Card title="Look and keys">
        <div className="space-y-3">
          <ThemeSwitch />
          <KeysSetting />
        </div>
      </Card>
    </div>
  )
}

/** Push to this browser ends as well: whoever holds it next must not be shown the pages of whoever left. */
async function leaveNothing(): Promise<void> {
  if ((await findThisDevice().catch(() => null)) !== null) await stopPush()
  await signOut()
  await wipeAllInTime()
}
