/** The service worker: one file at the root of the console, built by service-worker.ts beside the pages. */
import { takePushes } from './notify.ts'
import type { WorkerScope } from './scope.ts'
import { keepShell, type Shell } from './shell-files.ts'

/** Put in by the build. */
declare const TOCSIN_SHELL: Shell

const scope = globalThis as unknown as WorkerScope
keepShell(scope, TOCSIN_SHELL)
takePushes(scope)
