/** What a device is called in a list, before its person calls it anything. Pure. */

/** "Chrome on Android": what the person can change before it is kept. */
export function deviceName(userAgent: string = navigator.userAgent): string {
  const browser = /Edg\//.test(userAgent)
    ? 'Edge'
    : /Firefox|FxiOS/.test(userAgent)
      ? 'Firefox'
      : /Chrome|CriOS/.test(userAgent)
        ? 'Chrome'
        : 'Safari'
  const system = [
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/Android/, 'Android'],
    [/Windows/, 'Windows'],
    [/Macintosh|Mac OS/, 'Mac'],
    [/Linux|X11/, 'Linux'],
  ] as const
  return `${browser} on ${system.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'this device'}`
}
