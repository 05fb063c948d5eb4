import { explore, program, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { expectLawToHold } from '../laws/both-strategies.js'
import { labels, run } from './support.js'

describe('A file system', () => {
  test('keeps the content of every file', async () => {
    const { result, final } = await run((p) => {
      const files = p.files('disk', { old: 'text', gone: '' })
      return function* () {
        yield* files.create('new')
        yield* files.append('new', 'a')
        yield* files.append('new', 'b')
        yield* files.append('log', 'made by appending')
        yield* files.write('__proto__', 'any name')
        yield* files.remove('gone')
        const seen = [yield* files.read('new'), yield* files.exists('gone'), yield* files.exists('toString')]
        yield* files.create('old')
        return seen
      }
    })
    expect(result).toEqual(['ab', false, false])
    expect(Object.entries(final['disk'] as object)).toEqual([
      ['__proto__', 'any name'],
      ['log', 'made by appending'],
      ['new', 'ab'],
      ['old', ''],
    ])
  })

  test('tells what is there and what is not by errors called as in Python', async () => {
    const { result } = await run((p) => {
      const files = p.files('disk', { a: 'text' })
      return function* () {
        const errors: string[] = []
        const attempts: (() => Steps<unknown>)[] = [
          () => files.read('b'),
          () => files.remove('b'),
          () => files.create('a', { exclusive: true }),
        ]
        for (const attempt of attempts)
          try {
            yield* attempt()
          } catch (error) {
            errors.push(`${(error as Error).name}: ${(error as Error).message}`)
          }
        return [...errors, yield* files.read('a')]
      }
    })
    expect(result).toEqual([
      'FileNotFoundError: there is no file “b” in disk',
      'FileNotFoundError: there is no file “b” in disk',
      'FileExistsError: there is already a file “a” in disk',
      'text',
    ])
  })

  test('lets one thread alone create a file exclusively', async () => {
    await expectLawToHold(
      program('exclusive', {}, (_params, p) => {
        const files = p.files('disk')
        const winners = p.atomic('winners', 0)
        for (const name of ['A', 'B', 'C'])
          p.thread(name, function* () {
            try {
              yield* files.create('lock', { exclusive: true })
              yield* winners.add(1)
            } catch (error) {
              return (error as Error).name
            }
          })
        p.finally('one has created it', (final) => final(winners) === 1)
      }),
    )
  })

  test('is only read by what changes nothing', async () => {
    const { executions } = (
      await explore(
        program('reading', {}, (_params, p) => {
          const files = p.files('disk', { a: 'text' })
          p.thread('A', () => files.write('a', 'text'))
          p.thread('B', () => files.read('a'))
          p.thread('C', () => files.exists('b'))
        }),
        { strategy: 'dpor' },
      )
    ).counts
    expect(executions).toBe(1)
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const files = p.files('disk')
      return function* () {
        yield* files.exists('a')
        yield* files.create('a', { exclusive: true })
        yield* files.append('a', 'x')
        yield* files.read('a')
        try {
          yield* files.read('b')
        } catch {
          yield* files.remove('a')
        }
      }
    })
    expect(read).toEqual([
      'exists "a" → false',
      'create "a", {"exclusive":true}',
      'append "a", "x"',
      'read "a" → "x"',
      'read "b": FileNotFoundError',
      'remove "a"',
    ])
  })
})
