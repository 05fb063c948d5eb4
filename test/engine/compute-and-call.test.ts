import { explore, program, replay } from 'entrelacs'
import { describe, expect, test } from 'vitest'

function counting(how: 'call' | 'nothing') {
  return program(`counting with ${how}`, {}, (_, p) => {
    const y = p.cell('y', 0)
    for (const name of ['A', 'B'])
      p.thread(name, function* () {
        const seen = yield* y.read()
        if (how === 'call') yield* p.call('add1')
        yield* y.write(seen + 1)
      })
    p.finally('both are kept', (final) => final(y) === 2)
  })
}

describe('A call', () => {
  test('is one step that touches nothing: more interleavings, the same outcomes', async () => {
    const [withCall, without] = [await explore(counting('call')), await explore(counting('nothing'))]

    expect(withCall.counts.interleavings).toBe('20')
    expect(without.counts.interleavings).toBe('6')
    expect(withCall.outcomes.map(({ final }) => final)).toEqual(without.outcomes.map(({ final }) => final))
    expect((await explore(counting('call'), { strategy: 'dpor' })).counts.executions).toBe(
      (await explore(counting('nothing'), { strategy: 'dpor' })).counts.executions,
    )
  })

  test('is shown with its name', async () => {
    const [violation] = (await explore(counting('call'))).violations
    const labels = replay(counting('call'), violation!.token).steps.map(({ label }) => label)

    expect(labels).toContain('call "add1"')
  })

  test('needs no name', async () => {
    const report = await explore(
      program('nameless', {}, (_, p) => {
        p.thread('A', () => p.call())
      }),
    )

    expect(report.counts.interleavings).toBe('1')
  })
})

describe('Computing', () => {
  const computing = (code: string) =>
    program(`computing ${code}`, {}, (_, p) => {
      p.thread('A', function* () {
        yield* p.compute(10, { code: code as 'native' })
      })
      p.finally('never', () => false)
    })

  test.each([
    ['interpreted', 'compute 10'],
    ['builtin', 'compute 10 builtin'],
    ['native', 'compute 10 native'],
  ])('by %s code is a step that reads “%s”', async (code, label) => {
    const [violation] = (await explore(computing(code))).violations

    expect(replay(computing(code), violation!.token).steps.map((step) => step.label)).toEqual([label])
  })

  test('by any other code is an error inside the thread', async () => {
    const report = await explore(computing('compiled'))

    expect(report.violations.find(({ kind }) => kind === 'error')?.message).toContain(
      'there is no code “compiled” that computes: it is interpreted, builtin or native',
    )
  })
})
