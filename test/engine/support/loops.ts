import { program, type Program } from 'entrelacs'
import fc from 'fast-check'

type Variable = 'x' | 'y'

type Act =
  | { readonly kind: 'write' | 'writePlain'; readonly to: Variable; readonly value: number }
  | { readonly kind: 'swap'; readonly to: Variable; readonly value: number }
  /** Goes on; or leaves the loop if the variable has that value. */
  | { readonly kind: 'leaveIf'; readonly to: Variable; readonly value: number }
  | { readonly kind: 'own' | 'locked' | 'choose' | 'pause' }

const variable = fc.constantFrom<Variable>('x', 'x', 'y')
const value = fc.nat(2)
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constantFrom('write', 'writePlain', 'swap', 'leaveIf', 'leaveIf'), to: variable, value }),
  fc.record({ kind: fc.constantFrom('own', 'own', 'locked', 'choose', 'pause') }),
)

interface Loop {
  readonly before: readonly Act[]
  readonly turn: readonly Act[]
  /** A thread without a loop takes its turn once. */
  readonly repeats: boolean
}

const anyLoop: fc.Arbitrary<Loop> = fc.record({
  before: fc.array(anyAct, { maxLength: 2 }),
  turn: fc.array(anyAct, { minLength: 1, maxLength: 4 }),
  repeats: fc.boolean(),
})

/** Programs with finitely many states some of whose threads go round in loops, for ever or until they see a value. */
export const anyLoopProgram: fc.Arbitrary<Program> = fc
  .record({
    loops: fc.array(anyLoop, { minLength: 2, maxLength: 3 }),
    watched: fc.constantFrom<Variable | null>(null, 'x', 'y'),
  })
  .map(({ loops, watched }) =>
    program('loops', {}, (_params, p) => {
      const variables = { x: p.atomic('x', 0), y: p.atomic('y', 0) }
      const plain = { x: p.cell('plain x', 0), y: p.cell('plain y', 0) }
      const lock = p.lock('lock')
      loops.forEach(({ before, turn, repeats }, i) => {
        const own = p.atomic(`own ${i}`, 0)
        const perform = function* (acts: readonly Act[]) {
          for (const act of acts)
            if (act.kind === 'write') yield* variables[act.to].write(act.value)
            else if (act.kind === 'writePlain') yield* plain[act.to].write(act.value)
            else if (act.kind === 'swap') yield* variables[act.to].compareExchange(act.value, (act.value + 1) % 3)
            else if (act.kind === 'leaveIf') {
              if ((yield* variables[act.to].read()) === act.value) return true
            } else if (act.kind === 'own') yield* own.write(i)
            else if (act.kind === 'choose') yield* p.choose(2)
            else if (act.kind === 'pause') yield* p.yieldNow()
            else {
              yield* lock.acquire()
              yield* plain.x.write(i)
              yield* lock.release()
            }
          return false
        }
        p.thread(`T${i}`, function* () {
          yield* perform(before)
          for (;;) {
            yield* p.at('turn')
            if ((yield* perform(turn)) || !repeats) return
          }
        })
      })
      if (watched !== null) p.always('it is not 2', (now) => now(variables[watched]) !== 2)
    }),
  )
