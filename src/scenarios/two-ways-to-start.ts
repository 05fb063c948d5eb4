import { type Atomic, program, Thread, type Vocabulary } from 'entrelacs'

/** A thread as a class: what it does is its method `run`. */
class Seller extends Thread<string> {
  readonly #till: Atomic<number>

  constructor(p: Vocabulary, name: string, till: Atomic<number>) {
    super(p, name)
    this.#till = till
  }

  override *run() {
    yield* this.#till.add(1)
    return `${this.name} has sold`
  }
}

/** Both ways to start a thread, a class and a function; threads of one group are told by how their names begin. */
export default program('two ways to start a thread', {}, (_params, p) => {
  const till = p.atomic('till', 0)
  const main = p.thread('main', function* () {
    const sellers = [new Seller(p, 'seller Ada', till), new Seller(p, 'seller Bob', till)]
    const buyer = p.newThread('buyer', () => till.add(10))
    for (const thread of [...sellers, buyer]) yield* thread.start()
    const alive = yield* p.enumerate()
    for (const thread of [...sellers, buyer]) yield* thread.join()
    return alive.filter((name) => name.startsWith('seller')).length
  })
  p.finally('everybody was at the till', (final) => final(till) === 12)
  p.finally('there were never more than two sellers', (final) => (final.result(main) ?? 0) <= 2)
})
