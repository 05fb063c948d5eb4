import { program, type Program, type Steps, type TimeMode } from 'entrelacs'
import fc from 'fast-check'
import { Session } from '../../src/engine/session.js'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** One operation of a thread: which of a kind's operations, on which of its objects, with which arguments. */
export interface Act {
  readonly object: number
  readonly name: string
  readonly args: readonly unknown[]
}

/** A kind of shared object, with everything that can be done to it. */
export interface ObjectKind {
  readonly title: string
  /** @default 'free' */
  readonly time?: TimeMode
  readonly declare: (p: Vocabulary, name: string) => unknown
  /** Arguments for each operation, by its name. */
  readonly operations: Readonly<Record<string, fc.Arbitrary<readonly unknown[]>>>
}

/** A program of a few threads that each perform a list of acts on a few objects of one kind. */
export interface Script {
  readonly threads: readonly (readonly Act[])[]
  /** Which thread of those that can step takes each step, as a fraction. */
  readonly walk: readonly { readonly thread: number; readonly way: number }[]
}

const OBJECTS = 2

export function anyScript(kind: ObjectKind): fc.Arbitrary<Script> {
  const act = fc.oneof(
    ...Object.entries(kind.operations).map(([name, args]) =>
      fc.record({ object: fc.nat(OBJECTS - 1), name: fc.constant(name), args }),
    ),
  )
  const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  return fc.record({
    threads: fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 3 }),
    walk: fc.array(fc.record({ thread: fraction, way: fraction }), { maxLength: 8 }),
  })
}

/** The program of a script. A thread goes on after misuse, so that states behind it are reached as well. */
export function programOf(kind: ObjectKind, script: Script): Program {
  const setup = (_params: object, p: Vocabulary): void => {
    const objects = Array.from({ length: OBJECTS }, (_, i) => kind.declare(p, `object ${i}`)) as Record<
      string,
      (...args: readonly unknown[]) => Steps<unknown>
    >[]
    script.threads.forEach((acts, i) =>
      p.thread(`T${i}`, function* () {
        const received: unknown[] = []
        for (const { object, name, args } of acts) {
          try {
            received.push(yield* objects[object]![name]!(...args))
          } catch (error) {
            received.push((error as Error).name)
          }
        }
        return received
      }),
    )
  }
  return program('script', {}, setup, { time: kind.time ?? 'free' })
}

/** Steps through the script's walk and calls `visit` in every state on it. */
export function walk(session: Session, script: Script, visit: () => void): void {
  visit()
  for (const draw of script.walk) {
    const able = session.threads.canonical.filter((thread) => session.ways(thread) > 0)
    if (able.length === 0) return
    const thread = able[Math.floor(draw.thread * able.length)]!
    session.step(thread, Math.floor(draw.way * session.ways(thread)))
    visit()
  }
}
