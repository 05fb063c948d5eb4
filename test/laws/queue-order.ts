import { explore, type ExploreReport, program, type Program, type Steps } from 'entrelacs'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** Something to put values into and to get them from again, where getting waits. */
export interface Channel<T> {
  put(item: T): Steps<unknown>
  get(): Steps<T>
}

/** An item that knows who made it and which of theirs it is. */
export type Numbered = readonly [producer: string, number: number]

/**
 * Producers that put numbered items, and consumers that share them: every item comes out once, and no consumer sees two
 * items of one producer in another order than they were put in.
 */
export function eachProducersOrder(declare: (p: Vocabulary) => Channel<Numbered>, consumers: number): Program {
  return program('each producer’s order', {}, (_params, p) => {
    const channel = declare(p)
    const made = ['A', 'B'].flatMap((producer) => [1, 2].map((number): Numbered => [producer, number]))
    for (const producer of ['A', 'B'])
      p.thread(producer, function* () {
        for (const item of made) if (item[0] === producer) yield* channel.put(item)
      })
    const takers = Array.from({ length: consumers }, (_, i) =>
      p.thread(`consumer ${i}`, function* () {
        const got: Numbered[] = []
        for (let n = 0; n < made.length / consumers; n++) got.push(yield* channel.get())
        return got
      }),
    )
    p.finally('every item comes out once', (final) => {
      const got = takers.flatMap((taker) => final.result(taker) ?? [])
      return made.every((item) => got.filter((each) => String(each) === String(item)).length === 1)
    })
    p.finally('each producer’s items are seen in the order in which they were put', (final) =>
      takers.every((taker) => {
        const got = final.result(taker) ?? []
        return got.every(
          ([producer, number], i) => !got.slice(i).some((later) => later[0] === producer && later[1] < number),
        )
      }),
    )
  })
}

/** One thread puts items, another gets as many meanwhile: in which orders do they come out? */
export function gettingWhilePutting<T>(declare: (p: Vocabulary) => Channel<T>, items: readonly T[]): Program {
  return program('getting while putting', {}, (_params, p) => {
    const channel = declare(p)
    p.thread('puts', function* () {
      for (const item of items) yield* channel.put(item)
    })
    p.thread('gets', function* () {
      const got: T[] = []
      for (let i = 0; i < items.length; i++) got.push(yield* channel.get())
      return got
    })
  })
}

/** The orders in which items come out of a program of `gettingWhilePutting`, under both strategies. */
export async function ordersOf(subject: Program): Promise<readonly string[]> {
  const orders = ({ outcomes }: ExploreReport) =>
    outcomes.map(({ results }) => JSON.stringify(results?.['gets'])).sort()
  const [graph, dpor] = [await explore(subject), await explore(subject, { strategy: 'dpor' })]
  if (orders(graph).join() !== orders(dpor).join()) throw new Error('the strategies do not agree')
  return orders(graph)
}

/** The orders in which items can come out if `next` says which of those present is next: every order of putting and getting. */
export function possibleOrders<T>(items: readonly T[], next: (present: readonly T[]) => number): readonly string[] {
  const orders = new Set<string>()
  const go = (put: number, present: readonly T[], got: readonly T[]): void => {
    if (got.length === items.length) orders.add(JSON.stringify(got))
    if (put < items.length) go(put + 1, [...present, items[put]!], got)
    if (present.length === 0) return
    const index = next(present)
    go(put, present.toSpliced(index, 1), [...got, present[index]!])
  }
  go(0, [], [])
  return [...orders].sort()
}
