/** From the settings of the environment to what the listeners need; pure. */
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import type { ListenerSettings } from './listeners.ts'

export type ReachConfig = Pick<Config, 'host' | 'port' | 'publicListener' | 'tls' | 'acme' | 'dataDir' | 'url'>

export function listenerSettings(config: ReachConfig): ListenerSettings {
  const { host, port, publicListener } = config
  return { host, port, public: publicListener, tls: tlsSettings(config) }
}

function tlsSettings(config: ReachConfig): ListenerSettings['tls'] {
  if (config.tls !== null) return { files: config.tls }
  if (config.acme === null) return null
  const { domain, email, directoryUrl, challengePort } = config.acme
  return {
    acme: {
      folder: join(config.dataDir, 'acme'),
      domain,
      email,
      directoryUrl,
      challenge: { host: config.publicListener?.host ?? config.host, port: challengePort },
      redirectTo: config.url,
    },
  }
}
