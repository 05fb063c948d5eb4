import { program } from 'entrelacs'

/** A producer and a consumer with little room between them: neither gets far ahead of the other. */
export default program('producer and consumer', { items: 4, room: 2 }, ({ items, room }, p) => {
  const shelf = p.queue<number>('shelf', { maxsize: room })
  p.thread('producer', function* () {
    for (let item = 1; item <= items; item++) yield* shelf.put(item)
  })
  const consumer = p.thread('consumer', function* () {
    const received: number[] = []
    while (received.length < items) received.push(yield* shelf.get())
    return received
  })
  p.always('there is never more on the shelf than it has room for', (now) => {
    // Its twin shows nothing of what is in it.
    const shown = now(shelf) as { readonly items: readonly number[] } | undefined
    return shown === undefined || shown.items.length <= room
  })
  p.finally('everything arrives in order', (final) => {
    const received = final.result(consumer) ?? []
    return received.length === items && received.every((item, i) => item === i + 1)
  })
})
