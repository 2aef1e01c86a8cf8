/** CodeMirror for playbook.yaml: our colours, markers in the gutter, completion. Styles by variables, so that both themes fit. */
import { autocompletion, closeBrackets, completionKeymap, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, lintKeymap } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension, type Text } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { PlaybookFinding } from '../../../../src/api/schema.ts'
import type { Proposal } from './propose.ts'
import type { YamlPlace } from './yaml-place.ts'
import { placeAt } from './yaml-place.ts'

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: tags.comment, color: 'var(--faint)' },
  { tag: [tags.string, tags.content, tags.attributeValue], color: 'var(--text)' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--muted)' },
])

const LOOK = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '13px' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)', paddingBottom: '40vh' },
  '.cm-gutters': { backgroundColor: 'var(--bg)', color: 'var(--faint)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent-soft) 45%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--accent-soft)', color: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--accent-soft)',
    outline: '1px solid var(--line-strong)',
  },
  '.cm-selectionMatch, .cm-searchMatch': { backgroundColor: 'var(--warn-soft)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow)',
    fontFamily: 'var(--font)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '14em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent-soft)', color: 'var(--text)' },
  '.cm-completionInfo': { maxWidth: '320px', padding: '6px 10px', fontSize: '12.5px' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '650' },
  '.cm-diagnostic': { padding: '6px 10px', maxWidth: '420px', borderLeft: '0', whiteSpace: 'normal' },
  '.cm-diagnostic-error': { color: 'var(--late)' },
  '.cm-diagnostic-warning': { color: 'var(--warn)' },
  '.cm-diagnosticFix': { color: 'var(--muted)', display: 'block', fontSize: '12.5px' },
  // The wavy line is a picture by default, which has a colour of its own.
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--late)' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--warn)' },
  '.cm-panels': { backgroundColor: 'var(--bg)', color: 'var(--text)', borderColor: 'var(--line)' },
  '.cm-textfield, .cm-button': {
    backgroundColor: 'var(--surface)',
    backgroundImage: 'none',
    color: 'var(--text)',
    border: '1px solid var(--line-strong)',
    borderRadius: '5px',
  },
})

interface SetupOptions {
  /** Names it for screen readers. */
  readonly label: string
  /** Keys and values that fit there. */
  readonly propose: (place: YamlPlace) => readonly Proposal[]
  readonly onChange: (text: string) => void
  readonly onSave: () => void
}

export function setUp({ label, propose, onChange, onSave }: SetupOptions): Extension {
  return [
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    indentUnit.of('  '),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    search({ top: true }),
    yaml(),
    syntaxHighlighting(COLOURS),
    LOOK,
    EditorView.lineWrapping,
    EditorState.tabSize.of(2),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off' }),
    autocompletion({ override: [(context) => complete(context, propose)], icons: false }),
    keymap.of([
      {
        key: 'Mod-s',
        preventDefault: true,
        run: () => {
          onSave()
          return true
        },
      },
      ...completionKeymap,
      ...lintKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString())
    }),
  ]
}

function complete(context: CompletionContext, propose: SetupOptions['propose']): CompletionResult | null {
  const place = placeAt(context.state.doc.toString(), context.pos)
  if (place === null || (!context.explicit && place.typed === '' && place.kind === 'key')) return null
  const options = propose(place).map(({ label, apply, type, info }) => ({ label, apply, type, ...(info === '' ? {} : { info }) }))
  return options.length === 0 ? null : { from: place.from, options, validFor: /^[\w ./-]*$/ }
}

/** Findings as markers: from their place to the end of the word there. Of other files nothing stands in this text. */
export function toDiagnostics(doc: Text, findings: readonly PlaybookFinding[]): Diagnostic[] {
  return findings
    .filter((finding) => finding.file === 'playbook.yaml')
    .map((finding) => {
      const line = doc.line(Math.min(Math.max(1, finding.line), doc.lines))
      const from = Math.min(line.from + Math.max(0, finding.column - 1), line.to)
      const word = /^[^\s:,\]}#]+/.exec(line.text.slice(from - line.from))?.[0].length ?? 0
      return {
        from,
        to: Math.min(line.to, from + Math.max(1, word)),
        severity: finding.severity,
        message: `${finding.message} (${finding.code}) ${finding.fix}`,
        renderMessage: () => showFinding(finding),
      }
    })
}

function showFinding(finding: PlaybookFinding): HTMLElement {
  const box = document.createElement('div')
  const message = document.createElement('span')
  message.textContent = finding.message
  const fix = document.createElement('span')
  fix.className = 'cm-diagnosticFix'
  fix.textContent = `${finding.fix} ${finding.code}`.trim()
  box.append(message, fix)
  return box
}
