/** The parts of Opsgenie's own client that the test calls; it brings no types. Source: opsgenie-sdk 0.5.1, lib/. */
declare module 'opsgenie-sdk' {
  type Done = (error: unknown, answer: unknown) => void
  type Call = (...given: [...unknown[], Done]) => unknown
  const sdk: {
    readonly configure: (options: { readonly host: string; readonly api_key: string }) => void
    readonly alertV2: Readonly<Record<string, Call>>
    readonly heartbeat: Readonly<Record<string, Call>>
  }
  export default sdk
}
