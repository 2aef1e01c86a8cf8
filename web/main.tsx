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

watchSystemTheme()
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
