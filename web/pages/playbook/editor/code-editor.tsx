/**
 * CodeMirror as a component. It lives in a shadow root: there it adopts its style sheets, which the content policy allows; in a
 * document it would write style elements, which it forbids. Our variables reach into it, our classes do not.
 */
import { setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import type { PlaybookFinding } from '../../../../src/api/schema.ts'
import type { Proposal } from './propose.ts'
import { setUp, toDiagnostics } from './setup.ts'
import type { YamlPlace } from './yaml-place.ts'

export interface EditorHandle {
  /** Puts the cursor there and brings it into view; both count from 1. */
  readonly goTo: (line: number, column: number) => void
  /** Puts another text in the place of a stretch of it, counted in UTF-16 code units; can be undone. */
  readonly mend: (edit: { readonly offset: number; readonly length: number; readonly text: string }) => void
  /** Takes the place of the whole text; can be undone. */
  readonly replace: (text: string) => void
}

interface CodeEditorProps {
  readonly initial: string
  readonly label: string
  readonly findings: readonly PlaybookFinding[]
  readonly propose: (place: YamlPlace) => readonly Proposal[]
  readonly onChange: (text: string) => void
  readonly onSave: () => void
  readonly ref?: Ref<EditorHandle>
}

export function CodeEditor(props: CodeEditorProps) {
  const { initial, label, findings, ref } = props
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    if (host.current === null) return undefined
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' })
    const editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: initial,
        extensions: setUp({
          label,
          propose: (place) => latest.current.propose(place),
          onChange: (text) => latest.current.onChange(text),
          onSave: () => latest.current.onSave(),
        }),
      }),
    })
    view.current = editor
    return () => {
      editor.destroy()
      view.current = null
    }
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- made once; a new text comes by `replace`
  }, [])

  useEffect(() => {
    const editor = view.current
    if (editor !== null) editor.dispatch(setDiagnostics(editor.state, toDiagnostics(editor.state.doc, findings)))
  }, [findings])

  useImperativeHandle(
    ref,
    () => ({
      goTo: (line, column) => goTo(view.current, line, column),
      mend: ({ offset, length, text }) => mend(view.current, { from: offset, to: offset + length, insert: text }),
      replace: (text) => mend(view.current, { from: 0, to: view.current?.state.doc.length ?? 0, insert: text }),
    }),
    [],
  )
  return <div ref={host} className="h-full min-w-0" />
}

function goTo(editor: EditorView | null, line: number, column: number): void {
  if (editor === null) return
  const { doc } = editor.state
  const row = doc.line(Math.min(Math.max(1, line), doc.lines))
  const place = Math.min(row.from + Math.max(0, column - 1), row.to)
  editor.dispatch({ selection: { anchor: place }, effects: EditorView.scrollIntoView(place, { y: 'center' }) })
  editor.focus()
}

function mend(editor: EditorView | null, change: { readonly from: number; readonly to: number; readonly insert: string }): void {
  if (editor === null || change.to > editor.state.doc.length) return
  editor.dispatch({ changes: change, scrollIntoView: true })
}
