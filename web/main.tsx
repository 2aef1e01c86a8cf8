/** Starts the console. */
import '@fontsource-variable/inter/wght.css'
import './styles/app.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './app/query-client.ts'
import { createConsoleRouter } from './app/router.tsx'
import { leaveToSignIn } from './app/signed-out.ts'
import { watchSystemTheme } from './lib/theme.ts'

const RELOAD_PAUSE_MS = 60_000

watchSystemTheme()
registerWorker()
reloadAfterUpdate()
const client = createQueryClient(() => leaveToSignIn())
const router = createConsoleRouter(client)
const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)

/** Not in development: it would serve what was built before. Browsers have it on https and on this machine alone. */
function registerWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  window.addEventListener('load', () => void navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }).catch(() => undefined))
}

/** After an update of the server the chunks of an open console are gone: loading it anew gets the new ones. Not in a loop. */
function reloadAfterUpdate(): void {
  window.addEventListener('vite:preloadError', () => {
    const last = Number(sessionStorage.getItem('tocsin.reloaded') ?? 0)
    if (Date.now() - last < RELOAD_PAUSE_MS) return
    sessionStorage.setItem('tocsin.reloaded', String(Date.now()))
    location.reload()
  })
}
