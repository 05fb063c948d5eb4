// The published types describe the package's main entry, which loads seven generators; the engine loads alea alone.
declare module 'seedrandom/lib/alea.js' {
  interface AleaState {
    readonly c: number
    readonly s0: number
    readonly s1: number
    readonly s2: number
  }
  export default function alea(
    seed: string,
    options: { readonly state: true | AleaState },
  ): (() => number) & { state(): AleaState }
}
