import { program } from 'entrelacs'

/**
 * Mars Pathfinder, 1997: the least urgent thread has the lock of the bus, the most urgent one waits for it, and one in between, which
 * needs no bus at all, keeps the least urgent one from going on. A watchdog finds the bus unused for too long and resets everything.
 *
 * Priorities count on a simulated computer: one core, policy `priorities`, with priority inheritance or without.
 */
export default program('priority inversion', { weather: 10_000, radio: 100_000, bus: 500 }, (work, p) => {
  const bus = p.lock('bus')
  const isDone = p.atomic('bus is scheduled', false)
  const isReset = p.atomic('reset', false)
  p.thread('weather', () => bus.hold(() => p.compute(work.weather)), { priority: 1 })
  p.thread(
    'radio',
    function* () {
      yield* p.sleep(0.002)
      yield* p.compute(work.radio)
    },
    { priority: 2 },
  )
  p.thread(
    'bus manager',
    function* () {
      yield* p.sleep(0.001)
      yield* bus.hold(() => p.compute(work.bus))
      yield* isDone.write(true)
    },
    { priority: 3 },
  )
  p.thread(
    'watchdog',
    function* () {
      yield* p.sleep(0.02)
      if (!(yield* isDone.read())) yield* isReset.write(true)
    },
    { priority: 4 },
  )
  p.finally('nothing is reset', (final) => !final(isReset))
})
