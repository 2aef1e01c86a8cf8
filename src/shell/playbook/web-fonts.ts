/** Fonts within the rendered page, so that it looks the same wherever it is opened; the letters of other scripts are the reader's own. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const WEIGHTS = [400, 600] as const

let faces: string | null = null

/** Rules of `@font-face`; read once. */
export function readFontFaces(): string {
  if (faces !== null) return faces
  const folder = join(dirname(createRequire(import.meta.url).resolve('@fontsource/inter/package.json')), 'files')
  const rules = WEIGHTS.map((weight) => {
    const font = readFileSync(join(folder, `inter-latin-${weight}-normal.woff2`)).toString('base64')
    const range = weight === 400 ? '400 500' : '501 800'
    return `@font-face{font-family:Inter;font-weight:${range};src:url(data:font/woff2;base64,${font}) format("woff2");unicode-range:U+0-FF,U+2000-206F,U+20AC,U+2122}\n`
  })
  faces = rules.join('')
  return faces
}
