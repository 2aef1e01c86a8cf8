/**
 * The settings, read once from an environment record and checked as a whole: a server that starts has sound settings,
 * and one that does not says which variable is wrong and what it should hold. Values are never repeated in errors,
 * because some of them are secrets.
 */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'

export interface Config {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Absolute path. */
  readonly dataDir: string
  /** Null: the embedded Postgres in `dataDir`. Holds a password: never log it. */
  readonly databaseUrl: string | null
  /** Absolute path of the folder with `playbook.yaml`. */
  readonly playbookDir: string
  /** Public address without a trailing slash, as pages link to it. */
  readonly url: string
  /** False: `url` was made up from host and port, so links in pages work on this machine alone. */
  readonly urlIsSet: boolean
  readonly apiKey: string | null
  readonly ingestKey: string | null
  readonly mailUrl: string | null
  readonly mailFrom: string
  /** File that holds the installation's secret; null: made in `dataDir`. */
  readonly secretFile: string | null
  /** Lower case. */
  readonly ownerEmail: string
  readonly smtpPort: number | null
  /** The second listener, which serves only what outsiders need. */
  readonly publicListener: { readonly host: string; readonly port: number } | null
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  /** `challengePort` is where HTTP-01 is answered; the authority always asks port 80 of the domain. */
  readonly acme: { readonly domain: string; readonly email: string; readonly directoryUrl: string; readonly challengePort: number } | null
  /** CIDR blocks whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies: readonly string[]
  readonly logLevel: LogLevel
  /** True under NODE_ENV=test: the knobs below are refused elsewhere. */
  readonly testing: boolean
  /** File with an offset in milliseconds that is added to the domain's time. */
  readonly testClockFile: string | null
  readonly failpoint: string | null
  /** Waits that a test shortens, in milliseconds by name; empty outside tests. */
  readonly timing: Readonly<Record<string, number>>
  /** Worth telling the operator at start, such as a variable nobody reads. */
  readonly warnings: readonly string[]
  /** PATH and HOME, for the programs that are started: nothing else of the environment is handed on to them. */
  readonly programEnvironment: Readonly<Record<string, string>>
  /** A secret that `connections.yaml` names: the variable's value, else the content of the file that `<name>_FILE` names. */
  readonly findSecret: (name: string) => string | null
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
type LogLevel = (typeof LOG_LEVELS)[number]

/** One or more settings are wrong; `problems` has a line for each, beginning with the variable's name. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The settings are not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

const LETS_ENCRYPT_URL = 'https://acme-v02.api.letsencrypt.org/directory'

const text = z.string().min(1)
const port = (least: number) =>
  z.string().transform((value, context) => {
    const number = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
    if (number >= least && number <= 65_535) return number
    context.addIssue({ code: 'custom', message: `expected a port, a whole number from ${least} to 65535` })
    return z.NEVER
  })
const urlOf = (expected: string, ...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), `expected ${expected}`)
const email = z
  .string()
  .regex(/^[^\s@]+@[^\s@]+$/, 'expected an e-mail address, such as ops@example.com')
  .max(254)

const Environment = z.object({
  TOCSIN_PORT: port(0).default(4600),
  TOCSIN_HOST: text.default('127.0.0.1'),
  TOCSIN_DATA: text.default('./data'),
  DATABASE_URL: urlOf('a URL such as postgresql://user:password@host:5432/database', 'postgres:', 'postgresql:').optional(),
  TOCSIN_PLAYBOOK: text.default('./playbook'),
  TOCSIN_URL: urlOf('the public address, such as https://tocsin.example.com', 'http:', 'https:')
    .refine((value) => !/[?#]/.test(value), 'expected an address without query and fragment')
    .optional(),
  TOCSIN_API_KEY: text.optional(),
  TOCSIN_INGEST_KEY: text.optional(),
  TOCSIN_MAIL_URL: urlOf('smtp://user:password@host:587 or smtps://host', 'smtp:', 'smtps:').optional(),
  TOCSIN_MAIL_FROM: text
    .regex(/@/, 'expected a sender, such as "Tocsin <tocsin@example.com>"')
    .regex(/^[^\r\n]*$/, 'expected one line')
    .optional(),
  TOCSIN_SECRET_FILE: text.optional(),
  TOCSIN_OWNER_EMAIL: email.default('owner@localhost'),
  TOCSIN_SMTP_PORT: port(1).optional(),
  TOCSIN_PUBLIC_PORT: port(0).optional(),
  TOCSIN_PUBLIC_HOST: text.optional(),
  TOCSIN_TLS_CERT: text.optional(),
  TOCSIN_TLS_KEY: text.optional(),
  TOCSIN_ACME_DOMAIN: text.regex(/^[a-z0-9.-]+$/i, 'expected a host name, such as tocsin.example.com').optional(),
  TOCSIN_ACME_EMAIL: email.optional(),
  TOCSIN_ACME_DIRECTORY: urlOf('the https address of an ACME directory', 'https:', 'http:').default(LETS_ENCRYPT_URL),
  TOCSIN_ACME_PORT: port(0).default(80),
  TOCSIN_TRUSTED_PROXIES: z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((block) => block.trim())
        .filter((block) => block !== ''),
    )
    .refine((blocks) => blocks.every(isBlock), 'expected CIDR blocks separated by commas, such as 10.0.0.0/8,fd00::/8')
    .default([]),
  TOCSIN_LOG_LEVEL: z.enum(LOG_LEVELS, { error: `expected one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  TOCSIN_TEST_CLOCK: text.optional(),
  TOCSIN_FAILPOINT: text.optional(),
  TOCSIN_TEST_TIMING: z
    .string()
    .regex(/^[a-zA-Z]+=\d+(,[a-zA-Z]+=\d+)*$/, 'expected waits in ms, such as leaseMs=500,pollMs=50')
    .optional(),
})
type Environment = z.infer<typeof Environment>

/** Where the data is kept unless TOCSIN_DATA says otherwise; relative to where the program is started. */
export const DATA_DIR_DEFAULT = Environment.shape.TOCSIN_DATA.parse(undefined)

const TEST_ONLY = ['TOCSIN_TEST_CLOCK', 'TOCSIN_FAILPOINT', 'TOCSIN_TEST_TIMING'] as const

/**
 * Reads the settings. A variable that is set to nothing counts as unset; relative paths are taken from the working
 * directory. @throws {ConfigError} naming every wrong variable and what is expected of it.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const testing = present['NODE_ENV'] === 'test'
  const parsed = Environment.safeParse(present)
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  for (const name of testing ? [] : TEST_ONLY) {
    if (present[name] !== undefined) problems.push(`${name}: expected to be unset, it is for tests (NODE_ENV=test) only`)
  }
  if (!parsed.success) throw new ConfigError(problems)
  const together = findContradictions(parsed.data)
  if (problems.length + together.length > 0) throw new ConfigError([...problems, ...together])
  return {
    ...toConfig(parsed.data, testing),
    warnings: findUnread(present),
    programEnvironment: Object.fromEntries(
      ['PATH', 'HOME'].flatMap((name) => (present[name] === undefined ? [] : [[name, present[name]]])),
    ),
    findSecret: (name) => findSecret(present, name),
  }
}

/** Pairs that only make sense together, and things that exclude each other. */
function findContradictions(values: Environment): string[] {
  const problems: string[] = []
  const together = (one: keyof Environment, other: keyof Environment) => {
    if (values[one] !== undefined && values[other] === undefined) problems.push(`${other}: expected to be set, because ${one} is`)
  }
  together('TOCSIN_TLS_CERT', 'TOCSIN_TLS_KEY')
  together('TOCSIN_TLS_KEY', 'TOCSIN_TLS_CERT')
  together('TOCSIN_ACME_DOMAIN', 'TOCSIN_ACME_EMAIL')
  together('TOCSIN_PUBLIC_HOST', 'TOCSIN_PUBLIC_PORT')
  if (values.TOCSIN_TLS_CERT !== undefined && values.TOCSIN_ACME_DOMAIN !== undefined) {
    problems.push('TOCSIN_ACME_DOMAIN: expected to be unset, because TOCSIN_TLS_CERT gives a certificate already')
  }
  if (values.TOCSIN_PUBLIC_PORT === values.TOCSIN_PORT && values.TOCSIN_PORT !== 0) {
    problems.push('TOCSIN_PUBLIC_PORT: expected another port than TOCSIN_PORT')
  }
  return problems
}

function toConfig(values: Environment, testing: boolean): Omit<Config, 'warnings' | 'programEnvironment' | 'findSecret'> {
  const encrypted = values.TOCSIN_TLS_CERT !== undefined || values.TOCSIN_ACME_DOMAIN !== undefined
  return {
    host: values.TOCSIN_HOST,
    port: values.TOCSIN_PORT,
    dataDir: resolve(values.TOCSIN_DATA),
    databaseUrl: values.DATABASE_URL ?? null,
    playbookDir: resolve(values.TOCSIN_PLAYBOOK),
    url: (values.TOCSIN_URL ?? localUrl(values.TOCSIN_HOST, values.TOCSIN_PORT, encrypted)).replace(/\/+$/, ''),
    urlIsSet: values.TOCSIN_URL !== undefined,
    apiKey: values.TOCSIN_API_KEY ?? null,
    ingestKey: values.TOCSIN_INGEST_KEY ?? null,
    mailUrl: values.TOCSIN_MAIL_URL ?? null,
    mailFrom: values.TOCSIN_MAIL_FROM ?? 'Tocsin <tocsin@localhost>',
    secretFile: values.TOCSIN_SECRET_FILE === undefined ? null : resolve(values.TOCSIN_SECRET_FILE),
    ownerEmail: values.TOCSIN_OWNER_EMAIL.toLowerCase(),
    smtpPort: values.TOCSIN_SMTP_PORT ?? null,
    publicListener:
      values.TOCSIN_PUBLIC_PORT === undefined ? null : { host: values.TOCSIN_PUBLIC_HOST ?? '0.0.0.0', port: values.TOCSIN_PUBLIC_PORT },
    tls:
      values.TOCSIN_TLS_CERT === undefined || values.TOCSIN_TLS_KEY === undefined
        ? null
        : { certFile: resolve(values.TOCSIN_TLS_CERT), keyFile: resolve(values.TOCSIN_TLS_KEY) },
    acme:
      values.TOCSIN_ACME_DOMAIN === undefined || values.TOCSIN_ACME_EMAIL === undefined
        ? null
        : {
            domain: values.TOCSIN_ACME_DOMAIN,
            email: values.TOCSIN_ACME_EMAIL,
            directoryUrl: values.TOCSIN_ACME_DIRECTORY,
            challengePort: values.TOCSIN_ACME_PORT,
          },
    trustedProxies: values.TOCSIN_TRUSTED_PROXIES,
    logLevel: values.TOCSIN_LOG_LEVEL,
    testing,
    testClockFile: values.TOCSIN_TEST_CLOCK === undefined ? null : resolve(values.TOCSIN_TEST_CLOCK),
    failpoint: values.TOCSIN_FAILPOINT ?? null,
    timing: parseTiming(values.TOCSIN_TEST_TIMING ?? ''),
  }
}

/** An address that works in a browser on this machine, whatever the server listens on. */
function localUrl(host: string, portNumber: number, encrypted: boolean): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `${encrypted ? 'https' : 'http'}://${isIP(name) === 6 ? `[${name}]` : name}:${portNumber}`
}

function parseTiming(list: string): Record<string, number> {
  const pairs = list.split(',').filter((pair) => pair !== '')
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), Number(pair.slice(pair.indexOf('=') + 1))]))
}

function isBlock(block: string): boolean {
  const [address = '', bits, ...rest] = block.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

/** A misspelt name would otherwise be a setting that silently does nothing. */
function findUnread(present: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(present)
    .filter((name) => name.startsWith('TOCSIN_') && !(name in Environment.shape) && !/SECRET|TOKEN|PASSWORD|_KEY/.test(name))
    .map((name) => `${name} is set, but Tocsin knows no such setting`)
}

/** A variable, or the file that the variable with `_FILE` after its name names. @throws when that file cannot be read */
export function findSecret(present: Readonly<Record<string, string | undefined>>, name: string): string | null {
  const value = present[name]
  if (value !== undefined) return value
  const file = present[`${name}_FILE`]
  return file === undefined ? null : readFileSync(file, 'utf8').replace(/\r?\n$/, '')
}
