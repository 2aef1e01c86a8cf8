/** Ports for servers of the tests: asked of the system, never guessed. */
import { createServer } from 'node:net'

/** A loopback TCP port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', resolve)
  })
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('the probe socket has no port')
  return address.port
}
