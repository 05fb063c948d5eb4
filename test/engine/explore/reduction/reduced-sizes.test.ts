import { expect, test } from 'vitest'
import { indexer, lastzero, readers } from '../../support/published-programs.js'
import { seenInGraph, seenReduced } from '../../support/reduced-graphs.js'
import { guardedWork, pairs, privateWork } from '../../support/shared-and-private.js'
import { lostUpdate, philosophers } from '../../support/small-programs.js'

/** States of the whole graph and of the reduced one. The latter may get fewer, but never more. */
test.each([
  ['5 philosophers', philosophers(5, 'left first'), 1_743, 366],
  ['7 philosophers', philosophers(7, 'left first'), 34_527, 1_287],
  ['5 philosophers who take their forks in order', philosophers(5, 'ordered'), 1_424, 276],
  ['lastzero with 8 writers', lastzero(8), 99_651, 17_240],
  ['an indexer of 5 threads, which do not meet', indexer(5), 3_125, 21],
  ['6 readers and a writer', readers(6), 793, 320],
  ['3 threads with 5 private steps before and after a shared one', privateWork(3, 5, 5), 3_388, 90],
  ['4 pairs of threads that have nothing to do with each other', pairs(4), 20_736, 166],
  ['4 threads that work on 2 cells under a lock', guardedWork(4, 2), 2_889, 244],
  ['4 threads whose every step concerns all others', lostUpdate(4), 330, 330],
])('%s', (_name, subject, states, most) => {
  const full = seenInGraph(subject)!
  const reduced = seenReduced(subject, 8)

  expect(full.states).toBe(states)
  expect(reduced.states).toBeLessThanOrEqual(most)
  expect(reduced.search.restarts).toBe(0)
  expect(reduced.outcomes).toEqual(full.outcomes)
  expect(reduced.violations).toEqual(full.violations)
})

test('An indexer that no graph could hold whole takes a step for each step of its threads', () => {
  // Of 11 threads with 4 steps each no two meet: 5 to the 11th states otherwise.
  expect(seenReduced(indexer(11), 1).states).toBe(45)
})
