import { program, type Program, simulate, type SimulateOptions, type SimulateReport } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { makeStyle } from '../../src/report/report-style.js'
import { simulateText } from '../../src/report/simulate-text.js'

/** So many threads, each of which computes for so long. */
function computing(threads: number, work: number, affinity?: readonly number[]): Program {
  return program('computing', {}, (_, p) => {
    for (let i = 0; i < threads; i++)
      p.thread(
        `T${i}`,
        function* () {
          yield* p.compute(work)
        },
        affinity === undefined ? {} : { affinity },
      )
  })
}

const jobs = program('jobs', { consumers: 2 }, ({ consumers }, p) => {
  const queue = p.queue('jobs', { maxsize: 4 })
  p.thread('producer', function* () {
    for (let i = 0; i < 20; i++) {
      yield* p.io('disk')
      yield* queue.put(i)
    }
    for (let c = 0; c < consumers; c++) yield* queue.put(-1)
  })
  for (let c = 0; c < consumers; c++)
    p.thread(`consumer ${c}`, function* () {
      while ((yield* queue.get()) !== -1) yield* p.compute(1000)
    })
})

const locked = program('locked', { threads: 4, times: 200 }, ({ threads, times }, p) => {
  const [lock, cell] = [p.lock('lock'), p.cell('cell', 0)]
  for (let i = 0; i < threads; i++)
    p.thread(`T${i}`, function* () {
      for (let turn = 0; turn < times; turn++) {
        yield* lock.acquire()
        yield* cell.write((yield* cell.read()) + 1)
        yield* lock.release()
      }
    })
})

function whyOf(report: SimulateReport, language: 'en' | 'fr' = 'en', columns = 1000): string {
  const lines = simulateText(report, makeStyle(language, false, columns)).split('\n')
  return lines.find((line) => line.startsWith(language === 'fr' ? 'Pourquoi' : 'Why'))!
}

async function why(subject: Program, options: SimulateOptions = {}): Promise<string> {
  return whyOf(await simulate(subject, options))
}

describe('why a simulated run took so long', () => {
  test('a device that is waited for all the time, not the little that cores did', async () => {
    const device = program('device', {}, (_, p) => {
      p.thread('A', function* () {
        yield* p.io('disk')
      })
    })
    expect(await why(device)).toMatch(
      /^Why: threads spent \d\d% of their time waiting \(a device\); on average 0\.0 of 8 cores had something to do\.$/,
    )
  })

  test('sleep, however much the little that was done stood still for memory', async () => {
    const sleepy = program('sleepy', {}, (_, p) => {
      const cell = p.cell('cell', 0)
      p.thread('A', function* () {
        yield* p.sleep(1)
        yield* cell.write(1)
      })
    })
    expect(await why(sleepy)).toContain('100% of their time waiting (asleep)')
  })

  test('a deadlock is no line in front of a lock', async () => {
    const deadlock = program('deadlock', {}, (_, p) => {
      const [a, b] = [p.lock('a'), p.lock('b')]
      for (const [name, first, second] of [
        ['A', a, b],
        ['B', b, a],
      ] as const)
        // prettier-ignore
        p.thread(name, function* () {
          yield* first.acquire()
          yield* p.compute(10)
          yield* second.acquire()
        })
    })
    const report = await simulate(deadlock)
    expect(report.violations[0]).toMatchObject({ kind: 'deadlock' })
    expect(whyOf(report)).toBe('Why: it has no end: threads wait for each other for ever (deadlock).')
    expect(whyOf(report, 'fr')).toContain('interblocage')
  })

  test.each(['N:1', 'event-loop'] as const)(
    '%s: threads that could run have one thread of the system',
    async (mapping) => {
      for (const cores of [1, 8])
        expect(await why(computing(4, 2000), { mapping, cores })).toContain('share one thread of the system')
    },
  )

  test('one thread for each mapping has nothing to share', async () => {
    expect(await why(computing(1, 2000), { mapping: 'N:1' })).toContain('on average only 1.0 of 8 cores')
  })

  test('affinity keeps threads that could run from cores that do nothing', async () => {
    expect(await why(computing(4, 2000, [0]))).toContain('though not all cores were busy')
  })

  test('too few threads, which one that waits for the end of another does not change', async () => {
    const joining = program('joining', {}, (_, p) => {
      p.thread('main', function* () {
        const worker = yield* p.spawn('worker', function* () {
          yield* p.compute(2000)
        })
        yield* worker.join()
      })
    })
    expect(await why(joining)).toBe(
      'Why: on average only 1.0 of 8 cores had something to do: too few threads could run.',
    )
  })

  test("the interpreter's lock, even where it is less than a quarter of what threads did", async () => {
    expect(await why(jobs, { gil: '3.9' })).toContain("waiting for the interpreter's lock")
    expect(await why(computing(4, 20_000), { gil: '3.9' })).toContain("waiting for the interpreter's lock")
    expect(await why(computing(4, 20_000), { gil: '3.14t' })).toContain('too few threads could run')
  })

  test('too few cores, without a promise that more make it faster', async () => {
    const said = await why(locked, { cores: 1, params: { times: 1000 } })
    expect(said).toContain('the core was busy nearly all the time, and threads were ready without one')
    expect(said).not.toContain('help')
    const [one, two] = await Promise.all([1, 2].map((cores) => simulate(locked, { cores, params: { times: 1000 } })))
    expect(two!.makespan).toBeGreaterThan(one!.makespan)
  })

  test('memory, and where the lines came from', async () => {
    expect(await why(locked)).toMatch(
      /^Why: cores stood still for memory \d+% of their busy time; [\d,]+ lines came from the caches of other cores\.$/,
    )
  })

  test('a queue that is waited for is called by its name, with all of its waits together', async () => {
    const report = await simulate(jobs, { params: { consumers: 8 } })
    expect(report.waits.map(({ what }) => what).sort()).toEqual(['io', 'jobs'])
    expect(report.waits.find(({ what }) => what === 'jobs')).toMatchObject({ kind: 'queue' })
    expect(whyOf(report)).toContain('waiting (jobs)')
  })
})

test('in narrow terminals rows have no heads without a figure', async () => {
  const text = simulateText(await simulate(computing(1, 10)), makeStyle('en', false, 50))
  expect(text).toContain('cores 1–7\n  idle 100%\n')
})

test('a core that did a little was not idle all the time', async () => {
  const text = simulateText(await simulate(jobs), makeStyle('en', false, 120))
  expect(text).toMatch(/^core 0 .* > 99%$/m)
  expect(text).toMatch(/^cores 3–7 .* 100%$/m)
})
