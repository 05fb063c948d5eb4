import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { TraceAnswers, TraceTask } from './trace-tasks.js'

/** Plain JavaScript for node alone, made of the sources as `npm run build` does it. */
export async function compileTraceChild(folder: string): Promise<string> {
  const outfile = join(folder, 'trace-child.mjs')
  const entryPoints = [fileURLToPath(new URL('./trace-child.ts', import.meta.url))]
  const alias = { entrelacs: fileURLToPath(new URL('../src/index.ts', import.meta.url)) }
  // Constants are put in as numbers, as in what is built.
  const minifySyntax = true
  await build({
    entryPoints,
    outfile,
    alias,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minifySyntax,
  })
  return outfile
}

/** A process that searches the traces of one program whenever it is asked to. */
export class TraceProcess {
  readonly #title: string
  readonly #child: ChildProcess

  constructor(script: string, title: string) {
    this.#title = title
    this.#child = fork(script, [title], { execArgv: [] })
  }

  ask<T extends TraceTask>(task: T): Promise<TraceAnswers[T]> {
    const child = this.#child
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null) => reject(new Error(`The search of ${this.#title} ended with ${code}`))
      child.once('exit', onExit)
      child.once('message', (answer) => {
        child.off('exit', onExit)
        resolve(answer as TraceAnswers[T])
      })
      child.send(task)
    })
  }

  dispose(): void {
    this.#child.kill()
  }
}
