/** How to put Tocsin on the home screen: by the browser's own question where it has one, in words where it has not. */
import { useEffect, useState } from 'react'
import { isInstalled } from '../../lib/push.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'

interface InstallQuestion extends Event {
  readonly prompt: () => Promise<unknown>
}

export function InstallHint() {
  const [question, setQuestion] = useState<InstallQuestion | null>(null)
  useEffect(() => {
    const onAsk = (event: Event): void => {
      event.preventDefault()
      setQuestion(event as InstallQuestion)
    }
    window.addEventListener('beforeinstallprompt', onAsk)
    return () => window.removeEventListener('beforeinstallprompt', onAsk)
  }, [])
  const phone = matchMedia('(max-width: 760px)').matches
  if (isInstalled() || (question === null && !phone)) return null
  return (
    <Card title="On your home screen">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="min-w-0 flex-1 basis-60 text-muted">
          {isSecureContext
            ? 'Installed, Tocsin opens on this page, also without a network. On iPhone and iPad: share, then “Add to Home Screen”.'
            : 'Browsers install pages that come by https alone.'}
        </p>
        {question !== null && (
          <Button
            onClick={() => {
              void question.prompt()
              setQuestion(null)
            }}
          >
            Install
          </Button>
        )}
      </div>
    </Card>
  )
}
