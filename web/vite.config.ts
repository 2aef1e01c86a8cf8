/** Builds the console into web/dist; in development it serves the pages itself and asks a running Tocsin for data. */
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where the development server finds the API; the mock server in dev/ listens on the same port by default. */
const API = process.env['TOCSIN_URL'] ?? 'http://127.0.0.1:4600'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 600 },
  server: { host: '127.0.0.1', proxy: { '/api': API, '/readyz': API, '/healthz': API, '/sign-in/link': API } },
})
