/** Keeps the people of the database in step with `oncall.yaml`: once at start, then after every change of the folder. */
import type { Logger } from 'pino'
import type { Database } from '../database/database.ts'
import type { PlaybookService } from '../playbook/playbooks.ts'
import type { RosterService } from './rosters.ts'

const RETRY_MS = 5_000

/** @throws when the first time fails. @returns how to stop */
export async function followPeople(
  database: Database,
  playbooks: PlaybookService,
  rosters: RosterService,
  log: Logger,
): Promise<() => void> {
  let retry: NodeJS.Timeout | undefined
  const sync = (): Promise<void> => database.inTransaction('main', rosters.syncPeople)
  const trySync = (): void => {
    clearTimeout(retry)
    sync().catch((error: unknown) => {
      log.error({ err: error, retryMs: RETRY_MS }, 'the people of oncall.yaml could not be stored; who is new there cannot be paged yet')
      retry = setTimeout(trySync, RETRY_MS)
      retry.unref()
    })
  }
  await sync()
  const stopListening = playbooks.onChange(trySync)
  return () => {
    clearTimeout(retry)
    stopListening()
  }
}
