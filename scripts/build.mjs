// Builds dist/: what all entries share goes into a few chunks, because loading a hundred small modules in two threads
// takes longer than exploring a small program. Scenarios stay files of their own with maps, since places in them are shown.
import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src')
const target = join(root, 'dist')

const common = {
  outbase: source,
  outdir: target,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Puts constants of other modules in as numbers.
  minifySyntax: true,
  logLevel: 'warning',
}

/** The list of scenarios is a module that is there, not a part of a chunk. */
const scenariosApart = {
  name: 'scenarios apart',
  setup: (bundling) =>
    bundling.onResolve({ filter: /\/scenarios\/index\.js$/ }, () => ({
      path: '../scenarios/index.js',
      external: true,
    })),
}

rmSync(target, { recursive: true, force: true })
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' })
await build({
  ...common,
  entryPoints: [
    'index.ts',
    'kernel.ts',
    'cli/main.ts',
    'cli/start.ts',
    'cli/worker.ts',
    'parallel/trace-worker.ts',
  ].map((file) => join(source, file)),
  bundle: true,
  splitting: true,
  packages: 'external',
  // One folder deep, as the sources are: `../cli/worker.js` is right from everywhere.
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [scenariosApart],
})
await build({
  ...common,
  entryPoints: readdirSync(join(source, 'scenarios')).map((file) => join(source, 'scenarios', file)),
  sourcemap: true,
  sourcesContent: false,
})
chmodSync(join(target, 'cli/main.js'), 0o755)
