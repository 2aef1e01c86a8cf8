/** `tocsin user`: people, their access, and one-time links to sign in with. */
import { Command, Option } from 'commander'
import {
  ACCESS_ROLES,
  type AccessRole,
  listOf,
  Person,
  type PersonBody,
  type PersonPatch,
  SignInLink,
  SwapRequest,
} from '../../api/schema.ts'
import type { Api } from '../client.ts'
import { type CliContext, type JsonOption, UsageError } from '../context.ts'
import { columns, safeLine, timeIn } from '../layout.ts'
import { listAll } from '../list.ts'

interface AddOptions extends JsonOption {
  readonly name?: string
  readonly role: AccessRole
  readonly zone?: string
}

const PEOPLE_PATH = '/api/v1/people'

export function userCommand(context: CliContext): Command {
  const user = new Command('user')
    .summary('add, list and disable people')
    .description('People, their access, and one-time links to sign in with.')
  user
    .command('add')
    .summary('add a person')
    .description('Adds a person. `tocsin user link` then makes the link to sign in with.')
    .argument('<email>', 'address; oncall.yaml names people by it')
    .option('-n, --name <name>', 'name (default: the part before @)')
    .addOption(new Option('-r, --role <role>', 'access').choices([...ACCESS_ROLES]).default('responder'))
    .option('-z, --zone <zone>', 'IANA time zone, such as Europe/Berlin (default: UTC)')
    .option('--json', 'print the person as the API answers it')
    .action((email: string, options: AddOptions) => add(context, email, options))
  user
    .command('list')
    .summary('list people and how each is reached')
    .description('Lists people, their access, and the ways each is reached.')
    .option('--json', 'print a list as the API answers it')
    .action((options: JsonOption) => list(context, options))
  user
    .command('link')
    .summary('print a one-time sign-in link')
    .description('Prints a link that signs a person in once. Give it to that person alone.')
    .argument('<person>', 'e-mail address or id')
    .option('--json', 'print the link as the API answers it')
    .action((wanted: string, options: JsonOption) => link(context, wanted, options))
  user
    .command('disable')
    .summary('end a person’s access and pages')
    .description('Ends the access of a person: sessions, keys, and pages from then on. Nothing that they did is removed.')
    .argument('<person>', 'e-mail address or id')
    .option('--json', 'print the person as the API answers it')
    .action((wanted: string, options: JsonOption) => disable(context, wanted, options))
  return user
}

async function add(context: CliContext, email: string, options: AddOptions): Promise<void> {
  const name = options.name ?? email.split('@', 1)[0] ?? email
  const body: PersonBody = { email, name, role: options.role, ...(options.zone !== undefined && { zone: options.zone }) }
  const person = await context.api().post(PEOPLE_PATH, body, Person)
  context.print(
    options.json === true ? JSON.stringify(person) : `${safeLine(person.name)} <${safeLine(person.email)}> is added as ${person.role}.`,
  )
}

async function list(context: CliContext, options: JsonOption): Promise<void> {
  const people = await listAll(context.api(), PEOPLE_PATH, listOf(Person))
  const rows = people.map((person) => [
    safeLine(person.email),
    safeLine(person.name),
    person.disabled_at === null ? person.role : 'disabled',
    person.zone,
    waysOf(person),
  ])
  context.print(options.json === true ? JSON.stringify(people) : columns([['E-MAIL', 'NAME', 'ACCESS', 'ZONE', 'REACHED BY'], ...rows]))
}

function waysOf(person: Person): string {
  const ways = person.contacts.map((contact) => contact.channel).filter((channel) => channel !== 'console')
  return ways.length === 0 ? 'console only' : ways.join(', ')
}

async function link(context: CliContext, wanted: string, options: JsonOption): Promise<void> {
  const api = context.api()
  const person = await findPerson(api, wanted)
  const made = await api.post(`${PEOPLE_PATH}/${encodeURIComponent(person.id)}/sign_in_link`, {}, SignInLink)
  if (options.json === true) {
    context.print(JSON.stringify(made))
    return
  }
  context.print(made.url)
  context.warn(`Signs ${safeLine(person.name)} in, once, until ${timeIn(context.zone, made.expires_at)}.`)
}

async function disable(context: CliContext, wanted: string, options: JsonOption): Promise<void> {
  const api = context.api()
  const person = await findPerson(api, wanted)
  const change: PersonPatch = { disabled: true }
  const changed = await api.patch(`${PEOPLE_PATH}/${encodeURIComponent(person.id)}`, change, Person)
  if (options.json === true) {
    context.print(JSON.stringify(changed))
    return
  }
  context.print(`${safeLine(changed.name)} <${safeLine(changed.email)}> is disabled.`)
  // What they would have held and nobody does now: others are asked, by the server.
  const { items } = await api.get('/api/v1/swaps', listOf(SwapRequest))
  for (const { shift } of items.filter((request) => request.state === 'open' && request.person.id === changed.id).toReversed()) {
    const span = `${timeIn(context.zone, shift.from)} to ${timeIn(context.zone, shift.until)}`
    context.print(`Nobody holds ${safeLine(shift.role)} from ${span}: the owners stand in, and others are asked.`)
  }
}

/** By e-mail address or id. @throws {UsageError} when nobody is meant by it. */
async function findPerson(api: Api, wanted: string): Promise<Person> {
  const people = await listAll(api, PEOPLE_PATH, listOf(Person))
  const found = people.find((person) => person.id === wanted || person.email === wanted.toLowerCase())
  if (found === undefined) throw new UsageError(`nobody has the address or id ${safeLine(wanted)}; \`tocsin user list\` shows who is there`)
  return found
}
