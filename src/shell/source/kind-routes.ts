/** What can be connected, from the manifests: the console fills in address and key. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { listOf, SourceKind } from '../../api/schema.ts'
import type { Door, IntegrationManifest } from '../../integration.ts'
import { integrations } from '../../integrations/index.ts'
import { require } from '../http/authenticate.ts'
import { answers } from '../http/route-kit.ts'
import type { Ports } from '../ports.ts'

export function sourceKindRoutes({ config }: Pick<Ports, 'config'>): FastifyPluginAsyncZod {
  const kinds = integrations
    .filter(({ doors, setup }) => doors.length > 0 || setup !== undefined)
    .map((manifest) => showKind(manifest, config.url))
  return async (app) => {
    app.get(
      '/source_kinds',
      {
        schema: {
          tags: ['sources'],
          operationId: 'listSourceKinds',
          summary: 'Kinds of sources that can be connected, and what their vendors must be told',
          response: answers({ 200: listOf(SourceKind) }),
        },
      },
      async (request) => {
        require(request, 'source.read')
        return { items: kinds, next: null }
      },
    )
  }
}

function showKind({ id, title, setup, doors }: IntegrationManifest, url: string): SourceKind {
  return {
    id,
    title,
    setup:
      setup === undefined
        ? null
        : {
            purpose: setup.purpose,
            steps: [...setup.steps],
            snippets: setup.snippets.map((snippet) => ({ ...snippet })),
            signing: setup.signing === null ? null : { header: setup.signing.header, secret_from: setup.signing.secretFrom },
            sample: { headers: { ...setup.sample.headers }, body: setup.sample.body },
            askable: setup.askable,
          },
    certificates: doors.some((door) => door.certificateUrl !== undefined),
    doors: doors.map((door) => ({
      id: door.id,
      method: door.method,
      url: `${url}${door.path.replace(':key', '{{key}}')}`,
      key_in: keyPlace(door),
    })),
  }
}

function keyPlace({ keyIn, path }: Door): SourceKind['doors'][number]['key_in'] {
  if (keyIn === 'body') return 'body'
  return path.includes(':key') ? 'url' : 'header'
}
