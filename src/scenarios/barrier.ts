import { program } from 'entrelacs'

/** Runners wait at the start until all are there, while a referee looks how many wait. */
export default program('barrier', { parties: 4 }, ({ parties }, p) => {
  const start = p.barrier('start', parties)
  const runners = Array.from({ length: parties }, (_, i) => p.thread(`runner ${i + 1}`, () => start.wait()))
  const referee = p.thread('referee', () => start.nWaiting())
  p.finally('the referee sees fewer than all', (final) => final.result(referee)! < parties)
  p.finally('every runner has a number of its own', (final) => {
    const numbers = runners.map((runner) => final.result(runner))
    return new Set(numbers).size === parties
  })
})
