import { program } from 'entrelacs'

/** The publisher repaired: a subscriber asks before it waits and again when it is awake, so that nothing is missed. */
export default program('publisher and subscribers', { subscribers: 2 }, ({ subscribers }, p) => {
  const news = p.condition('news')
  const unread = p.cell('unread', 0)
  p.thread('publisher', function* () {
    for (let issue = 0; issue < subscribers; issue++)
      yield* news.hold(function* () {
        yield* unread.write((yield* unread.read()) + 1)
        yield* news.notify()
      })
  })
  for (let i = 1; i <= subscribers; i++)
    p.thread(`subscriber ${i}`, () =>
      news.hold(function* () {
        while ((yield* unread.read()) === 0) yield* news.wait()
        yield* unread.write((yield* unread.read()) - 1)
      }),
    )
  p.always('nobody reads what is not there', (now) => now(unread) >= 0)
  p.finally('everything is read', (final) => final(unread) === 0)
})
