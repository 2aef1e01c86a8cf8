/** `tocsin diff`: what a change of the playbook means for people, without a server. */
import { Command } from 'commander'
import type { Effect } from '../../core/playbook/diff/change.ts'
import type { FileChange, FolderInForce } from '../../core/playbook/diff/folder.ts'
import { type CliContext, EXIT_FINDINGS, type JsonOption } from '../context.ts'
import { type GivenFolder, loadGiven } from '../folder.ts'
import { painter, safeLine } from '../layout.ts'

export function diffCommand(context: CliContext): Command {
  return new Command('diff')
    .summary('say what a change of the playbook means')
    .description(
      'Compares two playbook folders, or two playbook.yaml files, by what they do: who is paged later, what is owed sooner, ' +
        'which signal no longer opens anything. What pages people less comes first. Needs no server. Exit code: 0 no change, 1 changes.',
    )
    .argument('<old>', 'the folder or file of before')
    .argument('<new>', 'the folder or file of now')
    .option('--json', 'print a list of changes')
    .action(async (old: string, now: string, options: JsonOption) => {
      const [before, after] = [await loadGiven(old), await loadGiven(now)]
      const changes = await compare(before, after)
      if (options.json === true) context.print(JSON.stringify(changes))
      else context.print(describe(changes, context.colour))
      if (changes.length > 0) context.finish(EXIT_FINDINGS)
    })
}

async function compare(before: GivenFolder, after: GivenFolder): Promise<readonly FileChange[]> {
  const { diffFolders, placesOf } = await import('../../core/playbook/diff/folder.ts')
  const whole = before.kind === 'folder' && after.kind === 'folder'
  const places = { before: placesOf(before.linted), after: placesOf(after.linted) }
  return diffFolders(toFolder(before, whole), toFolder(after, whole), { from: Date.now(), places })
}

/** Where one side is a file alone, only playbooks are compared. */
function toFolder({ playbook, linted }: GivenFolder, whole: boolean): FolderInForce {
  return { playbook, onCall: whole ? linted.onCall.onCall : null, connections: whole ? linted.connections.connections : null }
}

const TITLES: Readonly<Record<Effect, string>> = {
  'pages-less': 'Pages less or later',
  'pages-otherwise': 'Pages otherwise',
  'pages-more': 'Pages more or earlier',
  'owes-less': 'Owed less or later',
  'owes-more': 'Owed more or sooner',
  behaviour: 'Behaves otherwise',
  wording: 'Reads otherwise',
}

/** Under a heading for each effect; the place in the file stands after the sentence. */
export function describe(changes: readonly FileChange[], colour: boolean): string {
  const paint = painter(colour)
  if (changes.length === 0) return 'No change: both do the same and read the same.'
  const groups = Map.groupBy(changes, (change) => change.effect)
  const blocks = [...groups].map(([effect, list]) => {
    const lines = list.map((change) => `  ${safeLine(change.sentence)} ${paint('dim', placeOf(change))}`)
    return [paint('bold', TITLES[effect]), ...lines].join('\n')
  })
  return blocks.join('\n\n')
}

function placeOf({ file, line, side }: FileChange): string {
  return `(${side === 'before' ? 'was ' : ''}${file}${line === null ? '' : `:${line}`})`
}
