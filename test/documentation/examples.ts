import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository. */
export const repository = fileURLToPath(new URL('../../', import.meta.url))

/** A piece of TypeScript that the documentation shows. */
export interface Example {
  /** `src/explore.ts:31`. */
  readonly place: string
  readonly code: string
  /** What its calls of `console.log` say that they print, in order. */
  readonly prints: readonly string[]
}

/** Every `ts` block of README.md and of the doc comments of the sources. */
export function findExamples(): Example[] {
  const sources = readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(repository, 'src', name))
    .sort()
  return [...examplesIn(join(repository, 'README.md'), ''), ...sources.flatMap((file) => examplesIn(file, ' * '))]
}

/** The blocks of a file in which every line of documentation begins with `prefix`. */
function examplesIn(file: string, prefix: string): Example[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  const starts = lines.flatMap((line, i) => (line.trimStart() === `${prefix.trimStart()}\`\`\`ts` ? [i] : []))
  return starts.map((start) => {
    const end = lines.findIndex((line, i) => i > start && line.trimStart() === `${prefix.trimStart()}\`\`\``)
    const code = lines
      .slice(start + 1, end)
      .map((line) => withoutPrefix(line, prefix))
      .join('\n')
    return { place: `${relative(repository, file)}:${start + 1}`, code: `${code}\n`, prints: promises(code) }
  })
}

function withoutPrefix(line: string, prefix: string): string {
  if (prefix === '') return line
  return line.trimStart().replace(/^\* ?/, '')
}

function promises(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\) *\/\/ (.*)$/gm)].map(([, expected]) => expected.trim())
}
