/** What an ACME set-up keeps in TOCSIN_DATA/acme: the account's key, the certificate and its key, readable by nobody else. */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Certificate, checkCertificate } from './tls.ts'

export interface AcmeFiles {
  /** The stored account key, else a fresh one, stored before it is used. PEM. */
  readonly accountKey: (make: () => Promise<Buffer>) => Promise<string>
  /** Null when there is none or it cannot be used (a half-written pair after a crash). */
  readonly loadCertificate: () => Promise<Certificate | null>
  /** @throws when the pair does not belong together. */
  readonly storeCertificate: (cert: string, key: string) => Promise<Certificate>
}

/** @throws when the folder cannot be made. */
export async function openAcmeFiles(folder: string, domain: string): Promise<AcmeFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const accountFile = join(folder, 'account.key')
  // Both halves in one file, so that a crash cannot leave a new certificate beside an old key.
  const pairFile = join(folder, `${domain}.json`)
  const check = (pair: { cert: string; key: string }) => checkCertificate({ ...pair, certName: pairFile, keyName: pairFile })
  return {
    accountKey: async (make) => {
      const stored = await readIfThere(accountFile)
      if (stored !== null) return stored
      const fresh = (await make()).toString()
      await writeWhole(accountFile, fresh)
      return fresh
    },
    loadCertificate: async () => {
      const pair = parsePair(await readIfThere(pairFile))
      const reading = pair && check(pair)
      return reading?.kind === 'good' ? reading.certificate : null
    },
    storeCertificate: async (cert, key) => {
      const reading = check({ cert, key })
      if (reading.kind === 'bad') throw new Error(`the authority's certificate cannot be used: ${reading.reason}`)
      await writeWhole(pairFile, JSON.stringify({ cert, key }))
      return reading.certificate
    },
  }
}

const Pair = z.object({ cert: z.string(), key: z.string() })

function parsePair(text: string | null): z.infer<typeof Pair> | null {
  if (text === null) return null
  try {
    return Pair.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Writes beside, syncs, renames: the file is the old one or the new one. */
async function writeWhole(file: string, text: string): Promise<void> {
  const beside = `${file}.new`
  await rm(beside, { force: true })
  const handle = await open(beside, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(beside, file)
}
