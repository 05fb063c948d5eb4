export type MemoryWorkload = 'loads' | 'stores' | 'mixed' | 'anywhere' | 'streams'

/** Accesses of a round. */
export const ACCESSES: Readonly<Record<MemoryWorkload, number>> = {
  loads: 20_000_000,
  stores: 20_000_000,
  mixed: 2_000_000,
  anywhere: 500_000,
  streams: 20_000_000,
}

export const WORKLOADS: readonly {
  readonly workload: MemoryWorkload
  readonly title: string
  readonly target?: number
}[] = [
  { workload: 'loads', title: 'loads that hit the nearest level', target: 20e6 },
  { workload: 'stores', title: 'stores that hit the nearest level', target: 20e6 },
  { workload: 'mixed', title: '4 cores, 128 KiB each and 64 KiB together' },
  { workload: 'anywhere', title: '4 cores, anywhere in 16 MiB together' },
  { workload: 'streams', title: '4 cores, streams of new lines' },
]
