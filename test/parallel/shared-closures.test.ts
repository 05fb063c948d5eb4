import { expect, test } from 'vitest'
import { LocalTraces } from '../../src/engine/explore/dpor/local-traces.js'
import { Investigation } from '../../src/engine/explore/investigation.js'
import { ParallelTraces } from '../../src/parallel/parallel-traces.js'
import poolProgram from '../primitives/pool-program.js'
import { besides, toItsEnd } from './workers-without-threads.js'

test('Jobs are known to workers that get branches in the middle of which a thread submits them', async () => {
  const options = { params: { jobs: 3 } }
  const alone = new Investigation(poolProgram, options)
  const local = new LocalTraces(alone.session)
  await toItsEnd(local.run())
  const shared = new Investigation(poolProgram, options)
  const parallel = new ParallelTraces(shared, { workers: 3, module: '', open: besides(poolProgram, 7) })
  await toItsEnd(parallel.run())
  await toItsEnd(parallel.finish())
  const { complete, deadlocked } = parallel.counts
  expect({ complete, deadlocked }).toEqual({ complete: local.counts.complete, deadlocked: local.counts.deadlocked })
  expect(await toItsEnd(parallel.outcomes())).toEqual(await toItsEnd(local.outcomes()))
  expect(complete).toBeGreaterThan(50)
})
