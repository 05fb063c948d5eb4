import { program } from 'entrelacs'

/** Main starts many threads and counts those that are alive while they end, one after the other, until only main is left. */
export default program('active count', { threads: 3 }, ({ threads }, p) => {
  const main = p.thread('main', function* () {
    const workers = Array.from({ length: threads }, (_, i) => p.newThread(`worker ${i + 1}`, () => p.sleep(1)))
    for (const worker of workers) yield* worker.start()
    let alive = yield* p.activeCount()
    let hasRisen = false
    for (const worker of workers) {
      yield* worker.join()
      const now = yield* p.activeCount()
      hasRisen ||= now > alive
      alive = now
    }
    return { alive, hasRisen }
  })
  p.finally('the count falls to 1 and never rises', (final) => {
    const counted = final.result(main)
    return counted?.alive === 1 && !counted.hasRisen
  })
})
