import { type Program } from 'entrelacs'
import {
  LITMUS,
  ainc,
  binc,
  brokenMutualExclusion,
  cas,
  casrot,
  cinc,
  combinationLock,
  dekkerWithFences,
  disjointReadsAndWrites,
  eratosthenes,
  indexer,
  lastzero,
  lockinc,
  mutexDeadlock,
  mutexHard,
  mutexTrylockDeadlock,
  mutexTrylockUnlock,
  mutexVsTrylock,
  peterson,
  poplExample,
  publish,
  readers,
  readersOfTwo,
  reorder,
  simplifiedDekker,
  wainc,
  writers,
  writersAndReader,
} from './published-programs.js'
import { lostUpdate, philosophers } from './small-programs.js'

/** A program and how many traces it has. */
export interface PublishedCount {
  readonly title: string
  readonly build: () => Program
  /** Complete and deadlocked ones. */
  readonly executions: number
  readonly deadlocked?: number
  readonly assumeFailed?: number
  /** Too many states for the plainest methods, which look at all of them. */
  readonly isLarge?: boolean
}

function family(
  build: (parameter: number) => Program,
  counts: Readonly<Record<number, number>>,
  largeFrom = Infinity,
): PublishedCount[] {
  return Object.entries(counts).map(([key, executions]) => {
    const parameter = Number(key)
    const title = `${build(parameter).name} ${parameter}`
    return { title, build: () => build(parameter), executions, isLarge: parameter >= largeFrom }
  })
}

function single(build: () => Program, executions: number, others: Partial<PublishedCount> = {}): PublishedCount {
  return { title: build().name, build, executions, ...others }
}

/** What GenMC, Nidhugg, Concuerror and others have published, and what two methods agreed on for this project. */
export const PUBLISHED_COUNTS: readonly PublishedCount[] = [
  ...family(ainc, { 2: 2, 3: 6, 4: 24, 5: 120, 6: 720, 7: 5040 }),
  ...family(binc, { 2: 4, 3: 36, 4: 576 }),
  ...family(cinc, { 2: 8, 3: 216, 4: 13_824 }),
  ...family(cas, { 2: 2, 3: 3, 4: 4, 5: 5 }),
  ...family(casrot, { 2: 2, 3: 5, 4: 14, 5: 43, 6: 144, 7: 523, 8: 2048, 9: 8597 }),
  ...family(wainc, { 2: 6, 3: 24, 4: 120 }),
  ...family(readers, { 2: 4, 8: 256, 13: 8192 }, 13),
  ...family(lastzero, { 1: 2, 2: 5, 3: 12, 4: 28, 5: 64, 6: 144, 7: 320, 8: 704, 10: 3328 }, 10),
  ...family(indexer, { 12: 8, 13: 64, 14: 512, 15: 4096 }, 12),
  ...family(lockinc, { 2: 2, 3: 6, 4: 24, 5: 120, 6: 720, 7: 5040 }),
  single(peterson, 4, { assumeFailed: 6 }),
  single(dekkerWithFences, 3),
  single(publish, 42),
  single(eratosthenes, 398),
  ...Object.entries({ SB: 3, MP: 3, LB: 3, '2+2W': 3, S: 3, IRIW: 15, CoRR0: 4, CoRR: 6 } as const).map(
    ([name, executions]) => single(() => LITMUS[name as keyof typeof LITMUS], executions),
  ),
  single(() => writers(3, 3), 1680, { title: '3 writers of 3' }),
  single(() => writers(3, 2), 90, { title: '3 writers of 2' }),
  single(() => writers(2, 2), 6, { title: '2 writers of 2' }),
  single(disjointReadsAndWrites, 1),
  ...family(writersAndReader, { 1: 2, 2: 6, 3: 24, 4: 120 }),
  single(() => mutexDeadlock(2), 2, { title: 'mutex_deadlock 2', deadlocked: 2 }),
  single(() => mutexDeadlock(3), 3, { title: 'mutex_deadlock 3', deadlocked: 3 }),
  ...family(mutexTrylockUnlock, { 3: 21 }),
  ...family(mutexTrylockDeadlock, { 3: 3 }),
  ...family(mutexVsTrylock, { 1: 3, 2: 15 }),
  single(() => mutexHard(3), 4, { title: 'mutex_hard 3', deadlocked: 3 }),
  single(simplifiedDekker, 3, { deadlocked: 1 }),
  single(brokenMutualExclusion, 4, { deadlocked: 2 }),
  single(poplExample, 5),
  single(combinationLock, 6),
  ...family(readersOfTwo, { 6: 64 }),
  ...family(reorder, { 1: 4, 2: 36, 3: 576, 4: 14_400 }),
  ...[2, 3, 4, 5].map((count) =>
    single(() => philosophers(count, 'left first'), 2 ** count - 1, { title: `philosophers ${count}`, deadlocked: 1 }),
  ),
  ...family(lostUpdate, { 2: 4, 3: 36, 4: 576 }),
]

/** Minutes for a search that is not optimal. */
export const SLOW_COUNTS: readonly PublishedCount[] = family(lastzero, { 15: 147_456 }, 10)
