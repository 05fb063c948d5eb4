import { program } from 'entrelacs'

/**
 * Pages are downloaded, one after the other by one thread, or by a thread for each. Nearly all of the time is spent waiting, which threads do
 * together, also where they share an interpreter's lock, or one thread of the system (mapping `event-loop`).
 */
export default program('downloads', { pages: 3, threads: true }, ({ pages, threads }, p) => {
  const loaded = p.atomic('loaded', 0)
  function* load() {
    yield* p.io('network')
    yield* p.compute(100)
    yield* loaded.add(1)
  }
  if (threads) for (let page = 1; page <= pages; page++) p.thread(`page ${page}`, load)
  else
    p.thread('main', function* () {
      for (let page = 1; page <= pages; page++) yield* load()
    })
  p.finally('all pages are loaded', (final) => final(loaded) === pages)
})
