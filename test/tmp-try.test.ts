import { explore, program } from 'entrelacs'
import { test } from 'vitest'
const squares = (jobs: number, workers: number, start: 'spawn'|'fork' = 'spawn', body = true) => program('squares', {}, (_params, p) => {
  const counter = p.cell('counter', 0)
  const pool = p.processPool('pool', workers, { start })
  const main = p.thread('main', () => pool.use(() => pool.map(function* (n) {
    if (body) yield* counter.write((yield* counter.read()) + 1)
    return n * n
  }, Array.from({ length: jobs }, (_, i) => i + 1))))
  p.finally('counted', (final) => final(counter) === 0)
  p.finally('order', (final) => final.result(main)!.every((s, i) => s === (i + 1) ** 2))
})
const tsquares = (jobs: number, workers: number) => program('squares', {}, (_params, p) => {
  const counter = p.cell('counter', 0)
  const pool = p.threadPool('pool', { maxWorkers: workers })
  p.thread('main', () => pool.use(() => pool.map(function* (n) {
    yield* counter.write((yield* counter.read()) + 1)
    return n * n
  }, Array.from({ length: jobs }, (_, i) => i + 1))))
})
test('try', async () => {
  for (const [j, w, s] of [[1,1],[2,1],[2,2],[3,2],[2,2,'fork'],[3,1]] as const) {
    for (const [n, pr] of [['P', squares(j,w,s)], ['T', tsquares(j,w)]] as const) for (const strategy of ['graph','dpor'] as const) {
    const t = performance.now()
    const r = await explore(pr, { strategy, until: 'complete', maxStates: 400_000 } as never)
    console.log(n, j, w, s, strategy, r.verdict, r.complete, r.counts.states, r.counts.executions, Math.round(performance.now()-t), r.outcomes.length, JSON.stringify(r.outcomes[0]), r.violations.map(v=>v.kind+v.message).join())
    }
  }
}, 200000)
