import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { entrelacs, type Run, type RunOptions } from './run.js'

/** A folder of a user's files, outside any project. */
export class Workshop {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'entrelacs user ')))

  /** Writes a file and returns its name. */
  write(name: string, content: string): string {
    const file = join(this.folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    return name
  }

  /** Writes a program whose thread A has the given body; a second thread B reads `x`. */
  writeThread(name: string, body: string): string {
    return this.write(
      name,
      `import { program } from 'entrelacs'

export default program('two threads', {}, (_params, p) => {
  const x = p.cell('x', 0)
  const list = p.cell('list', [1, 2])
  let shared = 0
  p.thread('A', function* () {
    ${body}
  })
  p.thread('B', function* () {
    yield* x.read()
  })
})
`,
    )
  }

  /** Runs the command line here. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
    return entrelacs(args, { cwd: this.folder, ...options })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Two threads increment a counter; the text of a file. */
export const lostUpdateFile = `import { program } from 'entrelacs'

export default program('mine', { times: 1 }, ({ times }, p) => {
  const counter = p.cell('counter', 0)
  for (const name of ['A', 'B'])
    p.thread(name, function* () {
      for (let i = 0; i < times; i++) {
        const seen = yield* counter.read()
        yield* counter.write(seen + 1)
      }
    })
  p.finally('both are kept', (final) => final(counter) === 2 * times)
})
`
