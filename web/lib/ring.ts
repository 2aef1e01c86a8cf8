/** The sound of a page: two tones made by the browser, repeated until somebody acts or its time is up. */
import { useSyncExternalStore } from 'react'

/** `blocked`: the browser allows sound only after the reader has touched the page. */
export type SoundState = 'ready' | 'blocked' | 'off'

const KEY = 'tocsin.sound'
const REPEAT_MS = 2_500
/** One page rings this long; the next page rings again. */
const RING_MS_MAX = 120_000

let context: AudioContext | undefined
let ringing: number | undefined
let ringUntil = 0
let asked = false
const listeners = new Set<() => void>()

function announce(): void {
  for (const listener of listeners) listener()
}

export function readSoundState(): SoundState {
  if (isOff()) return 'off'
  return context?.state === 'running' ? 'ready' : 'blocked'
}

export function useSoundState(): SoundState {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, readSoundState)
}

/** Whether a page rings right now; it ends by itself after a while. */
export function useRinging(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => ringing !== undefined,
  )
}

/** Must run inside a click or key press the first time. */
export async function enableSound(): Promise<void> {
  remember(true)
  context ??= makeContext()
  await context?.resume().catch(() => undefined)
  announce()
  if (ringing !== undefined) playOnce()
}

export function disableSound(): void {
  remember(false)
  stopRinging()
  announce()
}

/** Any touch of the page lets later pages be heard, without another question. */
export function armSound(): void {
  if (asked) return
  asked = true
  const arm = (): void => {
    if (isOff()) return
    context ??= makeContext()
    void context?.resume().then(announce, () => undefined)
    if (context?.state === 'running') {
      window.removeEventListener('pointerdown', arm)
      window.removeEventListener('keydown', arm)
    }
  }
  window.addEventListener('pointerdown', arm)
  window.addEventListener('keydown', arm)
}

export function startRinging(): void {
  ringUntil = Date.now() + RING_MS_MAX
  if (ringing !== undefined) return
  playOnce()
  ringing = window.setInterval(() => {
    if (Date.now() > ringUntil) stopRinging()
    else playOnce()
  }, REPEAT_MS)
  announce()
}

export function stopRinging(): void {
  if (ringing === undefined) return
  clearInterval(ringing)
  ringing = undefined
  announce()
}

/** One ring, to hear what it will be like. */
export function playOnce(): void {
  if (context?.state !== 'running' || isOff()) return
  const start = context.currentTime
  tone(context, { hertz: 880, from: start, seconds: 0.22 })
  tone(context, { hertz: 660, from: start + 0.26, seconds: 0.34 })
  tone(context, { hertz: 880, from: start + 0.66, seconds: 0.22 })
}

function tone(audio: AudioContext, { hertz, from, seconds }: { hertz: number; from: number; seconds: number }): void {
  const oscillator = audio.createOscillator()
  const gain = audio.createGain()
  oscillator.type = 'triangle'
  oscillator.frequency.value = hertz
  gain.gain.setValueAtTime(0, from)
  gain.gain.linearRampToValueAtTime(0.35, from + 0.02)
  gain.gain.setValueAtTime(0.35, from + seconds - 0.06)
  gain.gain.linearRampToValueAtTime(0, from + seconds)
  oscillator.connect(gain).connect(audio.destination)
  oscillator.start(from)
  oscillator.stop(from + seconds)
}

function makeContext(): AudioContext | undefined {
  if (typeof AudioContext === 'undefined') return undefined
  const made = new AudioContext()
  made.addEventListener('statechange', announce)
  return made
}

function isOff(): boolean {
  try {
    return localStorage.getItem(KEY) === 'off'
  } catch {
    return false
  }
}

function remember(on: boolean): void {
  try {
    if (on) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, 'off')
  } catch {
    // Storage is off: sound stays on.
  }
}
