import { program } from 'entrelacs'

/**
 * Two threads count, each in an element of its own. As neighbours the elements are in one line of the caches, which the cores then take from
 * each other; `apart: 8` puts them into lines of their own. What comes of it is the same.
 */
export default program('false sharing', { rounds: 2, apart: 1 }, ({ rounds, apart }, p) => {
  const counts = p.array('counts', apart + 1)
  for (const element of [0, apart])
    p.thread(`counter of ${element}`, function* () {
      for (let round = 0; round < rounds; round++) {
        const seen = yield* counts.read(element)
        yield* counts.write(element, seen + 1)
      }
    })
  p.finally('nobody loses a count', (final) => final(counts)[0] === rounds && final(counts)[apart] === rounds)
})
