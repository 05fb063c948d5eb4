import { explore, program } from 'entrelacs'
import { expect, test } from 'vitest'

const results = async (subject: ReturnType<typeof program>) => {
  const graph = await explore(subject)
  expect(graph.verdict).toBe('holds')
  const dpor = await explore(subject, { strategy: 'dpor' })
  const seen = ({ outcomes }: typeof graph) => [...new Set(outcomes.map(({ final }) => final['fired']))].sort()
  expect(seen(dpor)).toEqual(seen(graph))
  return seen(graph)
}

test('A timer fires, or is cancelled before: they race', async () => {
  const racing = program('racing', {}, (_params, p) => {
    const fired = p.atomic('fired', 0)
    const timer = p.timer('timer', 2, () => fired.add(1))
    p.thread('main', function* () {
      yield* timer.start()
      yield* timer.cancel()
      yield* timer.join()
    })
  })
  expect(await results(racing)).toEqual([0, 1])
})

test('A timer that is not cancelled fires, once, and one that is cancelled before its start never does', async () => {
  const alone = (isCancelled: boolean) =>
    program('alone', {}, (_params, p) => {
      const fired = p.atomic('fired', 0)
      const timer = p.timer('timer', 2, () => fired.add(1))
      p.thread('main', function* () {
        if (isCancelled) yield* timer.cancel()
        yield* timer.start()
        yield* timer.join()
      })
    })
  expect(await results(alone(false))).toEqual([1])
  expect(await results(alone(true))).toEqual([0])
})

test('A timer that is never started never fires', async () => {
  const idle = program('idle', {}, (_params, p) => {
    const fired = p.atomic('fired', 0)
    p.timer('timer', 2, () => fired.add(1))
    p.thread('main', () => p.yieldNow())
  })
  expect(await results(idle)).toEqual([0])
})
