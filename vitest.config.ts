import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    alias: [
      { find: /^entrelacs$/, replacement: fileURLToPath(new URL('src/index.ts', import.meta.url)) },
      { find: /^entrelacs\/kernel$/, replacement: fileURLToPath(new URL('src/kernel.ts', import.meta.url)) },
      {
        find: /^entrelacs\/scenarios$/,
        replacement: fileURLToPath(new URL('src/scenarios/index.ts', import.meta.url)),
      },
      {
        find: /^entrelacs\/scenarios\/(.*)$/,
        replacement: fileURLToPath(new URL('src/scenarios/$1.ts', import.meta.url)),
      },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    // By default a core is left free, which on two cores is half of them.
    maxWorkers: Math.min(4, availableParallelism()),
  },
})
