import { type ExploreReport, program, type Program, type Steps } from 'entrelacs'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** Something that a thread can write a number to and read it from. */
export interface Memory {
  read(): Steps<unknown>
  write(value: number): Steps<unknown>
}

/** Two processes and the main thread each read, write a number of their own and read again. */
export function writesOfThree(declare: (p: Vocabulary) => Memory, start: 'spawn' | 'fork'): Program {
  return program('writes of three', {}, (_params, p) => {
    const memory = declare(p)
    const writing = (number: number) =>
      function* () {
        const before = yield* memory.read()
        yield* memory.write(number)
        return [before, yield* memory.read()]
      }
    const processes = [2, 3].map((number) => p.process(`process ${number}`, writing(number), { start }))
    p.thread('main', function* () {
      for (const process of processes) yield* process.start()
      return yield* writing(1)()
    })
  })
}

/** In every outcome, everybody has seen what was declared and what they have written, and nothing else. */
export function isIsolated({ outcomes }: ExploreReport): boolean {
  const expected = JSON.stringify({ main: [0, 1], 'process 2': [0, 2], 'process 3': [0, 3] })
  return outcomes.every(({ results }) => JSON.stringify(results) === expected)
}
