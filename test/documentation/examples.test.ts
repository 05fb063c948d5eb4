import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'
import { build, type Plugin } from 'esbuild'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Example, findExamples, repository } from './examples.js'

const examples = findExamples()
const cache = join(repository, 'node_modules/.cache')
let folder = ''

// Within the repository, so that the packages it depends on are found.
beforeAll(() => {
  mkdirSync(cache, { recursive: true })
  folder = mkdtempSync(join(cache, 'examples-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Lets `entrelacs` mean the sources. */
const sources: Plugin = {
  name: 'sources',
  setup: (resolver) => {
    resolver.onResolve({ filter: /^entrelacs(\/|$)/ }, ({ path }) => ({ path: sourceOf(path) }))
  },
}

function sourceOf(path: string): string {
  const inner = path.replace(/^entrelacs\/?/, '')
  return join(
    repository,
    'src',
    inner === '' ? 'index.ts' : inner === 'scenarios' ? 'scenarios/index.ts' : `${inner}.ts`,
  )
}

/** Runs an example and returns the lines it prints. */
async function run(example: Example, number: number): Promise<string[]> {
  const outfile = join(folder, `example-${number}.mjs`)
  await build({
    stdin: { contents: example.code, loader: 'ts', resolveDir: folder, sourcefile: example.place },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
    plugins: [sources],
  })
  const printed: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => printed.push(format(...values)))
  try {
    await import(/* @vite-ignore */ pathToFileURL(outfile).href)
  } finally {
    log.mockRestore()
  }
  return printed
}

/** The texts, in order, that do not turn up among the printed ones, each after the one before. */
function missing(expected: readonly string[], printed: readonly string[]): string[] {
  let from = 0
  return expected.filter((text) => {
    const found = printed.indexOf(text, from)
    if (found !== -1) from = found + 1
    return found === -1
  })
}

describe('An example of the documentation', () => {
  test.each(examples.map((example, number) => ({ ...example, number })))(
    'prints what it says that it prints: $place',
    async ({ number, ...example }) => {
      const printed = await run(example, number)
      expect(missing(example.prints, printed), `printed: ${printed.join(' | ')}`).toEqual([])
    },
  )

  test('is found wherever the library is explained', () => {
    const places = examples.map(({ place }) => place.replace(/:\d+$/, ''))
    expect(places).toEqual(
      expect.arrayContaining(['src/explore.ts', 'src/engine/replay.ts', 'src/primitives/program.ts']),
    )
  })

  test('satisfies the compiler', () => {
    expect(complaints(examples)).toEqual([])
  })
})

/** What the compiler has to say about the examples, all compiled at once. */
function complaints(shown: readonly Example[]): string[] {
  const files = shown.map((example, i) => {
    const file = join(folder, `example-${i}.mts`)
    writeFileSync(file, `${example.code}\nexport {}\n`)
    return { ...example, file }
  })
  const { config } = ts.readConfigFile(join(repository, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: unknown
  }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, repository)
  const settings = { ...options, noEmit: true, noUnusedLocals: false, noUnusedParameters: false }
  const program = ts.createProgram(
    files.map(({ file }) => file),
    settings,
  )
  return ts.getPreEmitDiagnostics(program).flatMap(({ file, messageText }) => {
    const example = files.find((candidate) => candidate.file === file?.fileName)
    return example === undefined ? [] : [`${example.place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`]
  })
}
