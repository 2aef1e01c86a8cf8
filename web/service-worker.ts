/**
 * Builds `sw.js` after the pages, as one file without imports, and tells it which of their files a phone keeps: those of
 * the frame, of home and of the playbook as a document.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build, type Plugin } from 'vite'

/** Modules whose chunks are kept, with all that these load at once. */
const KEPT =
  /\/web\/(?:main\.tsx|index\.html|app\/shell\.tsx|pages\/home\/[\w-]+\.tsx|pages\/sign-in\/sign-in-page\.tsx|parts\/markdown\.tsx|app\/menu-sheet\.tsx)$/
const PUBLIC = ['/theme.js', '/icon.svg', '/icon-192.png', '/manifest.webmanifest']
/** The console's letters; other scripts are asked for when they are needed. */
const FONT = /inter-latin-wght-normal-[\w-]+\.woff2$/

export function serviceWorker(): Plugin {
  let root = ''
  let folder = ''
  let files: readonly string[] = []
  return {
    name: 'service-worker',
    apply: 'build',
    configResolved(config) {
      root = config.root
      folder = resolve(config.root, config.build.outDir)
    },
    generateBundle(_options, bundle) {
      files = filesOf(Object.values(bundle))
    },
    closeBundle: {
      order: 'pre',
      sequential: true,
      async handler() {
        await buildWorker(root, folder, { version: versionOf(folder, files), files })
      },
    },
  }
}

interface Output {
  readonly type: 'chunk' | 'asset'
  readonly fileName: string
  readonly moduleIds?: readonly string[]
  readonly imports?: readonly string[]
  readonly viteMetadata?: { readonly importedCss: ReadonlySet<string> }
}

function filesOf(outputs: readonly Output[]): readonly string[] {
  const byName = new Map(outputs.map((output) => [output.fileName, output]))
  const wanted = outputs.filter(({ moduleIds }) => moduleIds?.some((id) => KEPT.test(id.replaceAll('\\', '/'))) === true)
  const found = new Set<string>()
  const add = (output: Output | undefined): void => {
    if (output === undefined || found.has(output.fileName)) return
    found.add(output.fileName)
    for (const css of output.viteMetadata?.importedCss ?? []) found.add(css)
    for (const name of output.imports ?? []) add(byName.get(name))
  }
  for (const output of wanted) add(output)
  for (const { fileName } of outputs) if (FONT.test(fileName) || /^assets\/index-[\w-]+\.css$/.test(fileName)) found.add(fileName)
  return [...[...found].filter((name) => name !== 'index.html').map((name) => `/${name}`), ...PUBLIC].sort()
}

/** Another one whenever any of the files is another. */
function versionOf(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of ['/index.html', ...files]) hash.update(file).update(readFileSync(join(folder, file)))
  return hash.digest('hex').slice(0, 16)
}

async function buildWorker(
  root: string,
  folder: string,
  shell: { readonly version: string; readonly files: readonly string[] },
): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { TOCSIN_SHELL: JSON.stringify(shell) },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2022',
      lib: { entry: join(root, 'worker/worker.ts'), formats: ['iife'], name: 'tocsinWorker', fileName: () => 'sw.js' },
    },
  })
}
