import { program } from 'entrelacs'

/** One thread counts up to a limit while another counts down to minus the limit: they may go on for ever. */
export default program('up and down', { limit: 3 }, ({ limit }, p) => {
  const counter = p.atomic('counter', 0)
  p.thread('up', function* () {
    do {
      yield* p.at('count up')
      yield* counter.add(1)
    } while ((yield* counter.read()) < limit)
  })
  p.thread('down', function* () {
    do {
      yield* p.at('count down')
      yield* counter.add(-1)
    } while ((yield* counter.read()) > -limit)
  })
})
