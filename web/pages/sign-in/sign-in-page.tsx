/** Signing in with e-mail and password; a one-time link does it without this page. */
import { useMutation } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Bell } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { ApiError, explainError } from '../../api/problem.ts'
import { signIn } from '../../api/session.ts'
import { safeNext } from '../../app/signed-out.ts'
import { useTitle } from '../../lib/title.ts'
import { Button } from '../../parts/button.tsx'
import { FormError, TextField } from '../../parts/field.tsx'

export function SignInPage() {
  useTitle('Sign in')
  const { next, reason } = useSearch({ from: '/sign-in' })
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const attempt = useMutation({
    mutationFn: () => signIn({ email: email.trim(), password }),
    // A full load, so that nothing of an earlier reader is left in memory.
    onSuccess: () => location.replace(safeNext(next)),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    attempt.mutate()
  }
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-[360px]">
        <p className="mb-5 flex items-center justify-center gap-2 text-l font-[650]">
          <Bell size={19} aria-hidden /> Tocsin
        </p>
        <div className="rounded-card border border-line bg-surface p-5">
          <h1 className="mb-4 text-xl font-[620] tracking-[-.015em]">Sign in</h1>
          {reason === 'link' && attempt.isIdle && (
            <p className="mb-4 rounded-[6px] bg-warn-soft px-3 py-2 text-warn">
              That sign-in link was used already, or its time is up. Ask for a new one.
            </p>
          )}
          <form onSubmit={submit} className="space-y-4">
            <TextField
              label="E-mail"
              type="email"
              name="email"
              autoComplete="username"
              required
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
            <TextField
              label="Password"
              type="password"
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
            {attempt.isError && <FormError>{explainSignIn(attempt.error)}</FormError>}
            <Button type="submit" look="main" className="w-full py-2" busy={attempt.isPending || attempt.isSuccess}>
              Sign in
            </Button>
          </form>
        </div>
        <p className="mt-4 text-center text-s text-muted">
          No password yet, or forgotten? Ask whoever runs Tocsin for a link from <code className="text-xs text-text">tocsin user link</code>
          , then set one in your account.
        </p>
      </div>
    </main>
  )
}

function explainSignIn(error: unknown): string {
  if (error instanceof ApiError && error.status === 401)
    return 'E-mail and password do not belong together. Try again, or ask for a sign-in link.'
  if (error instanceof ApiError && error.status === 429)
    return 'Too many attempts. Wait a minute, or use a sign-in link: that always works.'
  return explainError(error)
}
