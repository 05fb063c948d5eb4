import { program, type Queue } from 'entrelacs'

/** Pages are fetched, parsed and stored by one thread each: what one hands on, the next one takes, in order. */
export default program('pipeline', { pages: 2, room: 1 }, ({ pages, room }, p) => {
  const fetched = p.queue<string | null>('fetched', { maxsize: room })
  const parsed = p.queue<string | null>('parsed', { maxsize: room })

  /** Hands on what becomes of everything up to the end, and then the end. */
  function* stage(source: Queue<string | null>, work: (page: string) => string, target: Queue<string | null>) {
    for (;;) {
      const page = yield* source.get()
      yield* target.put(page === null ? null : work(page))
      if (page === null) return
    }
  }

  p.thread('fetches', function* () {
    for (let page = 1; page <= pages; page++) yield* fetched.put(`page ${page}`)
    yield* fetched.put(null)
  })
  p.thread('parses', () => stage(fetched, (page) => page.toUpperCase(), parsed))
  const stores = p.thread('stores', function* () {
    const stored: string[] = []
    for (;;) {
      const page = yield* parsed.get()
      if (page === null) return stored
      stored.push(page)
    }
  })
  p.finally('every page is stored, in order', (final) => {
    const stored = final.result(stores) ?? []
    return stored.length === pages && stored.every((page, i) => page === `PAGE ${i + 1}`)
  })
})
