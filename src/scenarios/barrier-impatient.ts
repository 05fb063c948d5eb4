import { program } from 'entrelacs'

/** One runner waits at the start for a while only: if it gives up, the barrier breaks, and for all of them. */
export default program('barrier, impatient', { parties: 4, timeout: 1 }, ({ parties, timeout }, p) => {
  const start = p.barrier('start', parties)
  p.thread('runner 1', () => start.wait({ timeout }))
  for (let i = 2; i <= parties; i++) p.thread(`runner ${i}`, () => start.wait())
})
