/** The browser tab: the page's title, and while the reader is paged the page in its place, turn and turn about. */
import { useEffect } from 'react'

const FLASH_MS = 1_000

let base = 'Tocsin'
let alarm: string | null = null
let showAlarm = true
let timer: number | undefined

/** Sets the tab's title while the component is mounted. */
export function useTitle(title: string): void {
  useEffect(() => {
    base = title
    paint()
  }, [title])
}

/** `text` in the tab until it is null again. With reduced motion it stands still. */
export function setTitleAlarm(text: string | null): void {
  if (alarm === text) return
  alarm = text
  clearInterval(timer)
  showAlarm = true
  if (alarm !== null && !matchMedia('(prefers-reduced-motion: reduce)').matches) {
    timer = window.setInterval(() => {
      showAlarm = !showAlarm
      paint()
    }, FLASH_MS)
  }
  document.querySelector('link[rel="icon"]')?.setAttribute('href', alarm === null ? '/icon.svg' : '/icon-paged.svg')
  paint()
}

function paint(): void {
  document.title = alarm !== null && showAlarm ? alarm : `${base} · Tocsin`
}
