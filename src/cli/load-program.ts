import { existsSync, mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildFailure, Plugin } from 'esbuild'
import { namesNear } from '../engine/edit-distance.js'
import { ProgramFault, UsageError } from '../engine/errors.js'
import { placeOfError, type Place } from '../engine/place.js'
import type { Program } from '../engine/program.js'
import { scenarios } from '../scenarios/index.js'

/**
 * The program that a name of the gallery or a path to a `.ts` or `.js` file stands for.
 *
 * The program names its module, so that other threads find it, too.
 *
 * @param folder where to put files; it is made if one is needed, and left to the caller if loading comes to no end.
 * @param stays whether the files stay there for other threads.
 * @throws UsageError if there is none.
 * @throws ProgramFault if the file does not parse, fails while it is loaded, or exports no program.
 */
export async function loadProgram(source: string, folder: string, stays = false): Promise<Program> {
  const scenario = scenarios.find((entry) => entry.name === source)
  if (scenario !== undefined)
    return { ...(await scenario.load()).default, module: import.meta.resolve(`entrelacs/scenarios/${source}`) }
  if (source === '')
    throw new UsageError('usage/unknown-program', 'the name of the program is empty', {
      hint: 'entrelacs list shows the gallery',
    })
  const file = resolve(source)
  if (looksLikeFile(source) || existsSync(file)) return loadFile(source, file, folder, stays)
  throw new UsageError('usage/unknown-program', `there is no program “${source}” in the gallery, and no such file`, {
    hint: suggestion(source),
  })
}

function looksLikeFile(source: string): boolean {
  return /[/\\]|\.[a-z]+$/i.test(source)
}

function suggestion(source: string): string {
  const near = namesNear(
    source,
    scenarios.map((entry) => entry.name),
  )
  return near.length > 0
    ? `did you mean ${near.join(' or ')}?`
    : 'entrelacs list shows the gallery; a file is given by its path'
}

async function loadFile(source: string, file: string, folder: string, stays: boolean): Promise<Program> {
  if (!existsSync(file))
    throw new UsageError('usage/no-such-file', `there is no file ${source}`, { hint: 'check the path' })
  if (statSync(file).isDirectory())
    throw new UsageError('usage/not-a-file', `${source} is a folder`, { hint: 'give the path of a .ts or .js file' })
  if (!/\.[cm]?[jt]sx?$/.test(file))
    throw new UsageError('usage/unknown-language', `${source} is neither TypeScript nor JavaScript`, {
      hint: 'give the path of a .ts or .js file',
    })
  const code = await bundle(source, realpathSync(file))
  const target = join(folder, `program-${++filesLoaded}.mjs`)
  try {
    const loaded = await importCode(source, code, target)
    return { ...requireProgram(source, file, loaded), module: pathToFileURL(target).href }
  } finally {
    if (!stays) rmSync(folder, { recursive: true, force: true })
  }
}

/** One module with everything the file imports, except this package, which is the running one. */
async function bundle(source: string, file: string): Promise<string> {
  const { build } = await import('esbuild')
  try {
    const result = await build({
      entryPoints: [file],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'external',
      sourcesContent: false,
      outdir: dirname(file),
      logLevel: 'silent',
      tsconfigRaw: {},
      plugins: [runningPackage],
    })
    const [map, code] = result.outputFiles
    return `${code!.text}\n//# sourceMappingURL=data:application/json;base64,${withAbsoluteSources(map!.text, dirname(file))}`
  } catch (error) {
    throw describeBuildFailure(source, error)
  }
}

/** The code is run from elsewhere, so that its map must name the user's files in full. */
function withAbsoluteSources(map: string, folder: string): string {
  const parsed = JSON.parse(map) as { sources: string[] }
  // The bundler writes its sources as parts of a URL.
  parsed.sources = parsed.sources.map((source) => pathToFileURL(resolve(folder, decodeURIComponent(source))).href)
  return Buffer.from(JSON.stringify(parsed)).toString('base64')
}

/** Lets `entrelacs` mean the package that is running, wherever the file lies. */
const runningPackage: Plugin = {
  name: 'running package',
  setup(build) {
    build.onResolve({ filter: /^entrelacs(\/|$)/ }, (args) => ({
      path: import.meta.resolve(args.path),
      external: true,
    }))
  },
}

function describeBuildFailure(source: string, error: unknown): Error {
  const [first] = (error as Partial<BuildFailure>).errors ?? []
  if (first === undefined) return error instanceof Error ? error : new Error(String(error))
  const { location } = first
  const place: Place | undefined =
    location === null ? undefined : { file: resolve(location.file), line: location.line, column: location.column + 1 }
  const isMissing = first.text.startsWith('Could not resolve')
  return new ProgramFault(
    isMissing ? 'program/missing-import' : 'program/does-not-parse',
    isMissing ? first.text : `${source} does not parse: ${first.text}`,
    {
      place,
      hint: isMissing ? 'install the package beside the file, or correct the path' : 'correct the line',
    },
  )
}

// Modules are remembered by their names: each file that is loaded needs one of its own.
let filesLoaded = 0

async function importCode(source: string, code: string, target: string): Promise<unknown> {
  makeFolder(dirname(target))
  try {
    writeFileSync(target, code)
    return await import(pathToFileURL(target).href)
  } catch (error) {
    throw new ProgramFault(
      'program/import-fails',
      `${source} fails while it is loaded: ${error instanceof Error ? error.message : String(error)}`,
      {
        place: placeOfError(error),
      },
    )
  }
}

function makeFolder(folder: string): void {
  try {
    // A second program may be loaded into the same one.
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
  } catch {
    throw new UsageError(
      'usage/no-temporary-folder',
      `no file can be written to the temporary folder ${dirname(folder)}`,
      {
        hint: 'set TMPDIR to a folder that can be written to',
      },
    )
  }
}

function requireProgram(source: string, file: string, loaded: unknown): Program {
  const exported = (loaded as { default?: unknown }).default
  const candidate = exported as Partial<Program> | null | undefined
  if (
    typeof candidate === 'object' &&
    candidate !== null &&
    typeof candidate.declare === 'function' &&
    typeof candidate.name === 'string' &&
    typeof candidate.defaults === 'object'
  )
    return candidate as Program
  throw new ProgramFault(
    'program/no-default',
    exported === undefined ? `${source} has no default export` : `the default export of ${source} is no program`,
    {
      place: { file, line: 1, column: 1 },
      hint: "write export default program('name', {}, (params, p) => { … })",
    },
  )
}
