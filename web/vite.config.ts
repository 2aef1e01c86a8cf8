/** Builds the console into web/dist; in development it serves the pages itself and asks a running Tocsin for data. */
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type UserConfig } from 'vite'
import { compressedSiblings } from './compress.ts'
import { serviceWorker } from './service-worker.ts'

/** Where the development server finds the API: that of `npm start`, unless told. */
const API = process.env['TOCSIN_URL'] ?? 'http://127.0.0.1:4600'

export default defineConfig(({ command }) => {
  // Tests build it as well, and what is built is served until its sources change: never React's development copy.
  if (command === 'build') process.env['NODE_ENV'] = 'production'
  return config
})

const config: UserConfig = {
  root: import.meta.dirname,
  plugins: [react(), tailwindcss(), serviceWorker(), compressedSiblings()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    // Two files for what every page needs, the one that changes with dependencies only and our own; many small ones would
    // cost round trips on a phone.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'frame', test: /node_modules\/(react|react-dom|scheduler|@tanstack\/(?!react-virtual|virtual-core)[a-z-]+)\// },
            {
              name: 'base',
              test: /web\/(lib|api|app\/(commands|live|live-mark|paged-store|signed-out|toast-store|navigation))|web\/parts\/(button|severity|tag|moment|states|choices|card|avatar)\b/,
            },
          ],
        },
      },
    },
  },
  server: { host: '127.0.0.1', proxy: { '^/api/v1/': API, '^/readyz$': API, '^/sign-in/.': API, '^/a/': API } },
}
