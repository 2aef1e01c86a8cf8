#!/usr/bin/env node
// Starts the command line under a Node that runs TypeScript: this one if it is new enough, else the bundled one.
// Plain JavaScript for Node 18 and newer, because the machine's own Node is what runs it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE_MAJOR_MIN = 24
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const entry = join(root, 'src', 'cli', 'tocsin.ts')

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
  process.argv[1] = entry
  await import(new URL('../src/cli/tocsin.ts', import.meta.url))
} else {
  const node = findBundledNode()
  if (node === null) {
    console.error(`tocsin needs Node ${NODE_MAJOR_MIN} or newer; this is ${process.version}, and no bundled one is installed`)
    process.exit(2)
  }
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`tocsin could not start ${node}: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
}

/** Beside the package, or hoisted to the folder it is installed in. */
function findBundledNode() {
  const name = `node-${process.platform}-${process.arch}`
  for (let folder = root; ; folder = dirname(folder)) {
    const node = join(folder, 'node_modules', name, 'bin', 'node')
    if (existsSync(node)) return node
    if (folder === dirname(folder)) return null
  }
}
