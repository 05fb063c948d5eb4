import { program } from 'entrelacs'

/** A subscriber asks once whether there is something to read: by the time it is awake, another may have read it. */
export default program('publisher, if for while', { subscribers: 2 }, ({ subscribers }, p) => {
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
        if ((yield* unread.read()) === 0) yield* news.wait()
        yield* unread.write((yield* unread.read()) - 1)
      }),
    )
  p.always('nobody reads what is not there', (now) => now(unread) >= 0)
})
