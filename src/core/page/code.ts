/** The short code by which people and vendors name one delivery. */

/** Without letters that are taken for digits: https://www.crockford.com/base32.html (read 2026-11-24). */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
export const CODE_CHARACTERS = 6

/** 30 bits of a reference such as `tocsin-5b0c…`: the same for every attempt of one delivery. */
export function codeOf(reference: string): string {
  const bits = Number.parseInt(
    reference
      .replace(/^[^-]*-(?:test-)?/u, '')
      .replaceAll(/[^0-9a-f]/giu, '')
      .slice(0, 8)
      .padEnd(8, '0'),
    16,
  )
  let rest = Math.floor(bits / 4)
  let code = ''
  for (let at = 0; at < CODE_CHARACTERS; at += 1) {
    code = (DIGITS[rest % 32] ?? '0') + code
    rest = Math.floor(rest / 32)
  }
  return code
}

/** As it was meant: small letters, and what is taken for a digit. Null: it is no code. */
export function readCode(written: string): string | null {
  const meant = written.toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/gu, '1')
  return meant.length === CODE_CHARACTERS && Array.from(meant).every((digit) => DIGITS.includes(digit)) ? meant : null
}
