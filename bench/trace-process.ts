import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { TraceAnswers, TraceTask } from './trace-tasks.js'

/** What is measured is what users get: the program's sources are taken for what they are compiled to. */
const compiledLibrary: Plugin = {
  name: 'compiled library',
  setup(bundling) {
    const external = (file: string) => ({ path: new URL(`../dist/${file}`, import.meta.url).href, external: true })
    bundling.onResolve({ filter: /^entrelacs$/ }, () => external('index.js'))
    bundling.onResolve({ filter: /\/src\// }, ({ path }) =>
      external(path.slice(path.indexOf('/src/') + '/src/'.length)),
    )
  },
}

/** Plain JavaScript, for node alone. */
export async function compileTraceChild(folder: string): Promise<string> {
  const outfile = join(folder, 'trace-child.mjs')
  const entryPoints = [fileURLToPath(new URL('./trace-child.ts', import.meta.url))]
  const plugins = [compiledLibrary]
  await build({ entryPoints, outfile, plugins, bundle: true, platform: 'node', format: 'esm', target: 'node20' })
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
