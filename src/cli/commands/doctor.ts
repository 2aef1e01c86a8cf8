/** `tocsin doctor`: does paging work, what does it mean at 03:00 where it does not, and what is to be done. */
import { Argument, Command } from 'commander'
import { type DoctorCheck, DoctorPart, DoctorReport } from '../../api/doctor.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption } from '../context.ts'
import { painter, safeText } from '../layout.ts'

/** It logs in to the mail server and looks names up: slower than any other answer. */
const TIMEOUT_MS = 60_000
const MARKS = { fail: 'FAIL', warn: 'WARN', ok: 'ok  ' } as const
const STYLES = { fail: 'red', warn: 'yellow', ok: 'green' } as const
const INDENT = '      '

export function doctorCommand(context: CliContext): Command {
  return new Command('doctor')
    .summary('check whether paging works')
    .description('Checks whether a page would reach people, and says what to do where it would not. Failures come first.')
    .addArgument(
      new Argument('[part]', 'look at one part alone: `sources`, that is keys, signatures, silence and faults of each').choices(
        DoctorPart.options,
      ),
    )
    .option('--json', 'print the report as the API answers it')
    .action(async (part: DoctorPart | undefined, options: JsonOption) => {
      const path = part === undefined ? '/api/v1/doctor' : `/api/v1/doctor?part=${part}`
      const report = await context.api().get(path, DoctorReport, { timeoutMs: TIMEOUT_MS })
      context.print(options.json === true ? JSON.stringify(report) : describe(report, context.colour, part))
      if (report.state !== 'ok') context.finish(EXIT_FINDINGS)
    })
}

/** Failures with all that is known about them, what is well in one line each. */
export function describe(report: DoctorReport, colour: boolean, part?: DoctorPart): string {
  const paint = painter(colour)
  const lines = report.checks.map((check) => {
    const head = `${paint(STYLES[check.state], MARKS[check.state])}  ${paint('bold', safeText(check.title))}: ${indented(check.found)}`
    return check.state === 'ok' ? head : [head, ...rest(check)].join('\n')
  })
  return [...lines, '', paint('bold', part === undefined ? summary(report) : summaryOfPart(report))].join('\n')
}

function rest(check: DoctorCheck): string[] {
  const meaning = check.meaning === '' ? [] : [`${INDENT}At 03:00: ${indented(check.meaning)}`]
  const remedy = check.remedy === '' ? [] : [`${INDENT}To do: ${indented(check.remedy)}`]
  return [...meaning, ...remedy]
}

function indented(text: string): string {
  return safeText(text).replaceAll('\n', `\n${INDENT}`)
}

function summary(report: DoctorReport): string {
  const count = (state: DoctorCheck['state']) => report.checks.filter((check) => check.state === state).length
  if (report.state === 'fail')
    return `Paging does not work as it should: ${count('fail')} failed, ${count('warn')} to look at, ${count('ok')} well.`
  if (report.state === 'warn') return `Paging works, with ${count('warn')} to look at; ${count('ok')} well.`
  return `Paging works: all ${count('ok')} checks are well.`
}

function summaryOfPart(report: DoctorReport): string {
  const trouble = report.checks.filter(({ state }) => state !== 'ok').length
  return trouble === 0 ? `All ${report.checks.length} checks are well.` : `${trouble} to look at, ${report.checks.length - trouble} well.`
}
