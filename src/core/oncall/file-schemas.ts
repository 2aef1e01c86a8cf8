/** The published JSON Schemas (draft 2020-12) of the three files, by the name that each has without its ending. */
import { playbookJsonSchema } from '../playbook/schema.ts'
import { connectionsJsonSchema, onCallJsonSchema } from './schema.ts'

export const SCHEMA_NAMES = ['playbook', 'oncall', 'connections'] as const
export type SchemaName = (typeof SCHEMA_NAMES)[number]

export function fileSchemas(): Readonly<Record<SchemaName, Record<string, unknown>>> {
  return { playbook: playbookJsonSchema(), oncall: onCallJsonSchema(), connections: connectionsJsonSchema() }
}
