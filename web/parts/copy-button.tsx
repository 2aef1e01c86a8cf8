/** Copies a text and says so. */
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { tellError } from '../app/toast-store.ts'
import { Button } from './button.tsx'

const SAID_MS = 2_000

interface CopyProps {
  readonly text: string
  /** What is copied, for screen readers. */
  readonly label: string
  /** On the button; `Copy` when left out. */
  readonly word?: string
}

export function CopyButton({ text, label, word }: CopyProps) {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
      setTimeout(() => setCopied(false), SAID_MS)
    } catch {
      tellError('Not copied', 'The browser allows copying only on https and on this machine. Select the text instead.')
    }
  }
  return (
    <Button size="s" onClick={() => void copy()} aria-label={copied ? 'Copied' : label}>
      {copied ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
      {copied ? 'Copied' : (word ?? 'Copy')}
    </Button>
  )
}
