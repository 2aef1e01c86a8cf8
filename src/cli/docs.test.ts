/** The documentation lists every command with all its options, and nothing that does not exist. */
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { expectGenerated, table } from '../../test/support/generated-docs.ts'
import { EXIT_GOOD } from './context.ts'
import { buildProgram } from './program.ts'

const program = buildProgram(
  {
    env: {},
    print: () => undefined,
    write: () => undefined,
    warn: () => undefined,
    colour: false,
    zone: 'UTC',
    api: () => {
      throw new Error('the documentation needs no server')
    },
    finish: () => undefined,
    outcome: () => EXIT_GOOD,
  },
  '0.0.0',
)

function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves)
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`
}

function describe(command: Command): string {
  const help = command.createHelp()
  const usage = `${nameOf(command)} ${command.usage().replace('[options]', '').trim()}`.trim()
  const given = command.registeredArguments.map((argument) => [`\`<${argument.name()}>\``, argument.description])
  const options = command.options.map((option) => [`\`${option.flags}\``, help.optionDescription(option)])
  const rows = [...given, ...options]
  const parts = [`### \`${usage}\``, command.description(), ...(rows.length === 0 ? [] : [table(['', ''], rows)])]
  return parts.join('\n\n')
}

test('docs/cli.md lists every command', () => {
  const commands = program.commands.flatMap(leaves).filter((command) => command.name() !== 'help')
  expectGenerated('docs/cli.md', 'commands', commands.map(describe).join('\n\n'))
})

test('every command that reads or changes something can answer in JSON', () => {
  const without = program.commands.flatMap(leaves).filter((command) => !command.options.some((option) => option.long === '--json'))
  expect(without.map(nameOf)).toEqual(['tocsin start'])
})
