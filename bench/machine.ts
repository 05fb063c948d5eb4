import { cpus } from 'node:os'

/** What the figures were taken on, as far as it matters to them. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly system: string
  readonly node: string
}

export function thisMachine(): Machine {
  const cores = cpus()
  const processor = cores[0]?.model.trim() ?? 'unknown processor'
  return { processor, cores: cores.length, system: `${process.platform} ${process.arch}`, node: process.version }
}

export function describeMachine({ processor, cores, system, node }: Machine, spin: string | null): string {
  return `${processor}, ${cores} cores, ${system}, Node ${node}, ${spin === null ? 'without SPIN' : `SPIN ${spin}`}.`
}
