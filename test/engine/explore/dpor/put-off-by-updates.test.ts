import { program, type Program } from 'entrelacs'
import { expect, test } from 'vitest'
import { TraceExploration } from '../../../../src/engine/explore/dpor/trace-exploration.js'
import { Session } from '../../../../src/engine/session.js'

type Part = 'writes' | 'reads' | 'updates'

// What puts an event off is no instruction here, and does not begin with an empty log.
function together(parts: readonly Part[]): Program {
  return program('together', {}, (_params, p) => {
    const x = p.atomic('x', 0)
    const bodies = {
      *writes() {
        yield* x.write(5)
      },
      *reads() {
        yield* x.read()
      },
      *updates() {
        yield* p.yieldNow()
        yield* x.update((value) => value + 1)
      },
    }
    parts.forEach((part, i) => p.thread(`T${i}`, bodies[part]))
  })
}

function executionsOf(parts: readonly Part[]): number {
  const exploration = new TraceExploration(new Session(together(parts)), {})
  for (const _pause of exploration.run());
  return exploration.search.executions
}

test.each([
  ['writes', 'reads', 'updates'],
  ['writes', 'updates', 'reads'],
  ['reads', 'writes', 'updates'],
  ['reads', 'updates', 'writes'],
  ['updates', 'writes', 'reads'],
  ['updates', 'reads', 'writes'],
] as const)('Of threads of which one %s, one %s and one %s, every order is a trace', (...parts) => {
  expect(executionsOf(parts)).toBe(6)
})
