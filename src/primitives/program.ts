import { ProgramFault } from '../engine/errors.js'
import type { Parameters, Program, ProgramOptions } from '../engine/program.js'
import { requireTimeMode } from '../engine/time/time-mode.js'
import { TwinVocabulary } from './twin-vocabulary.js'
import { Vocabulary } from './vocabulary.js'
import type { DeclarationSink } from '../engine/setup.js'

/** The type of a parameter, given its default. */
export type ParametersOf<D extends Parameters> = {
  readonly [K in keyof D]: D[K] extends number ? number : D[K] extends boolean ? boolean : string
}

/**
 * Defines a concurrent program, once, for every machine.
 *
 * @param name how reports and the command line call it.
 * @param defaults its parameters (numbers, strings, booleans) with their defaults.
 * @param setup declares shared objects, threads and properties. It must be deterministic: it runs anew for every run.
 * @param options where its module is, and what time means in it.
 *
 * @example
 * ```ts
 * import { explore, program } from 'entrelacs'
 *
 * const lostUpdate = program('lost update', { times: 1 }, ({ times }, p) => {
 *   const counter = p.cell('counter', 0)
 *   for (const name of ['A', 'B'])
 *     p.thread(name, function* () {
 *       for (let i = 0; i < times; i++) yield* counter.write((yield* counter.read()) + 1)
 *     })
 *   p.finally('both increments are kept', (final) => final(counter) === 2 * times)
 * })
 * const report = await explore(lostUpdate)
 * console.log(report.counts.interleavings) // 6
 * ```
 */
export function program<D extends Parameters>(
  name: string,
  defaults: D,
  setup: (params: ParametersOf<D>, p: Vocabulary) => void,
  options: ProgramOptions = {},
): Program {
  return {
    name,
    defaults,
    module: options.module,
    time: requireTimeMode(options.time ?? 'free'),
    twins: false,
    declare: (sink: DeclarationSink, params: Parameters) =>
      requireSynchronous(
        name,
        setup(params as ParametersOf<D>, sink.twins ? new TwinVocabulary(sink) : new Vocabulary(sink)),
      ),
  }
}

/** What an `async` setup says after its first `await` would be said too late, and nobody would be told. */
function requireSynchronous(name: string, returned: unknown): void {
  if (!(returned instanceof Promise)) return
  // It may fail as well: that is not what is wrong with it.
  returned.catch(() => {})
  throw new ProgramFault('program/async-setup', `the setup of “${name}” is an async function`, {
    hint: 'write (params, p) => { … } without async: what has to be awaited is awaited before program(…)',
  })
}
