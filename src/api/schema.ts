/**
 * Every shape of the API under `/api/v1`: snake_case, times RFC 3339 in UTC. The server validates what it takes and what
 * it answers against these; the console imports the inferred types. A const and its type share a name.
 */
export * from './alert.ts'
export * from './asked.ts'
export * from './common.ts'
export * from './doctor.ts'
export * from './explain.ts'
export * from './heartbeat.ts'
export * from './incident.ts'
export * from './mapping.ts'
export * from './person.ts'
export * from './playbook-version.ts'
export * from './playbook.ts'
export * from './service.ts'
export * from './silence.ts'
export * from './source.ts'
export * from './stream.ts'
export * from './trust.ts'
export * from './why.ts'
