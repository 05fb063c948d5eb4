import { TokenError } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Choice, formatChoices, parseChoices } from '../../src/engine/schedule.js'
import { checkpoints, formatToken, hashCharacter, parseToken, type TokenContent } from '../../src/engine/token.js'
import { SEED } from './support/seed.js'

const levels = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: 2 })
const thread = fc
  .tuple(levels('ABZ'), fc.option(levels('abz'), { nil: '' }), fc.option(levels('AZ'), { nil: '' }))
  .map(([declared, child, grandchild]) => declared + child + (child === '' ? '' : grandchild))
const choice: fc.Arbitrary<Choice> = fc.record({
  thread,
  way: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 65_534 })),
})
const choices = fc.array(choice, { maxLength: 30 })

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '_', 'true', '1', 'a.b', "it's", '"quoted"', 'a b', '%', '%41', '=', ',', '~!*()', 'é😀', '\n'),
)
const value = fc.oneof(
  text,
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
)
const params = fc
  .array(
    fc.tuple(
      text.filter((name) => name !== '__proto__'),
      value,
    ),
    { maxLength: 4 },
  )
  .map((entries) => Object.fromEntries(entries))

const content: fc.Arbitrary<TokenContent> = fc
  .record({
    params,
    time: fc.constantFrom('free' as const, 'virtual' as const),
    twins: fc.boolean(),
    choices,
    repeat: choices,
  })
  .map((parts) => {
    const steps = parts.choices.length + parts.repeat.length
    const hashes = checkpoints(steps)
      .map((step, i) => hashCharacter(Math.imul(step + 1, 0x9e3779b1), i))
      .join('')
    return { ...parts, hashes }
  })

describe('Choices', () => {
  test('are read back as they were written', () => {
    fc.assert(
      fc.property(choices, (given) => {
        expect(parseChoices(formatChoices(given), 1000)).toEqual(given)
      }),
      { seed: SEED, numRuns: 1000 },
    )
  })

  test('stand as runs of one thread', () => {
    const steps = (letters: string) => [...letters].map((letter) => ({ thread: letter, way: 0 }))
    expect(formatChoices(steps('ABBA'))).toBe('A1B2A1')
    expect(formatChoices([{ thread: 'Aa', way: 3 }, ...steps('A')])).toBe('Aa_3A1')
    expect(formatChoices([])).toBe('')
  })

  test.each(['A', '1', 'A0', 'A1_', 'A_', 'A-1', 'A1 B1', 'Ä1', 'A1B', 'A99999999999'])(
    'are not read from “%s”',
    (bad) => {
      expect(parseChoices(bad, 1000)).toBeNull()
    },
  )

  test('are not read beyond a limit, however short their text is', () => {
    expect(parseChoices('A999999999', 1000)).toBeNull()
    expect(parseChoices('A1000', 1000)).toHaveLength(1000)
    expect(parseChoices('A1000B1', 1000)).toBeNull()
  })
})

describe('Checkpoints', () => {
  test('grow, end with the last step, and watch every one of the first steps', () => {
    for (let steps = 0; steps <= 200; steps++) {
      const at = checkpoints(steps)
      expect(at.at(-1)).toBe(steps)
      expect(at.toSorted((a, b) => a - b)).toEqual(at)
      expect(at.length).toBeGreaterThanOrEqual(4)
      expect(at.length).toBeLessThanOrEqual(32)
      if (steps >= 4 && steps <= 32) expect(at).toEqual(Array.from({ length: steps }, (_, i) => i + 1))
    }
  })
})

describe('A token', () => {
  test('is read back as it was written', () => {
    fc.assert(
      fc.property(content, (given) => {
        expect(parseToken(formatToken(given))).toEqual(given)
      }),
      { seed: SEED, numRuns: 1000 },
    )
  })

  test('needs no quotes in a shell, in a file name or in a URL', () => {
    fc.assert(
      fc.property(content, (given) => {
        expect(formatToken(given)).toMatch(/^[A-Za-z0-9._=,%-]+$/)
      }),
      { seed: SEED, numRuns: 1000 },
    )
  })

  test('may be surrounded by white space', () => {
    expect(parseToken('  e1.A1B2A1.7k3f\n').choices).toHaveLength(4)
  })

  test('is short for long runs', () => {
    const long = Array.from({ length: 1_000_000 }, () => ({ thread: 'A', way: 0 }))
    const token = formatToken({
      params: {},
      time: 'free',
      twins: false,
      choices: long,
      repeat: [],
      hashes: 'v'.repeat(32),
    })
    expect(token.length).toBeLessThan(60)
    expect(parseToken(token).choices).toHaveLength(1_000_000)
  })

  test('can be written of a text with half a character', () => {
    const given = {
      params: { name: 'half \ud800' },
      time: 'free' as const,
      twins: false,
      choices: [],
      repeat: [],
      hashes: '0000',
    }
    // Such a text cannot be encoded; whatever comes out, it is no crash of the encoder.
    expect(() => parseToken(formatToken(given))).not.toThrow()
  })

  test.each([
    '',
    'e',
    'nonsense',
    'not a token',
    'e1',
    'e1.',
    'e1.A1',
    'e1.A1.',
    'e1.A1B2A1.7k3',
    'e1.A1B2A1.7k3fg',
    'e1.A1B2A1.7k3w',
    'e1.A1B2A1.7K3F',
    'e1.A0.0000',
    'e1.A1B.0000',
    'e1.A1.x1.0000',
    'e1.A1.rB.0000',
    'e1.A1.rB1.rB1.0000',
    'e1.p.A1.0000',
    'e1.px.A1.0000',
    'e1.px=.A1.0000',
    'e1.px=oops.A1.0000',
    'e1.px=%ZZ.A1.0000',
    'e1.px=_%E0%A4%A.A1.0000',
    'e1.px=1=2.A1.0000',
    'E1.A1.0000',
    'x1.A1.0000',
    'e1.A99999999.0000',
    '🦜',
  ])('is not “%s”', (bad) => {
    expect(() => parseToken(bad)).toThrow(TokenError)
    expect(() => parseToken(bad)).toThrow(expect.objectContaining({ code: 'token/malformed' }))
  })

  test('of another version is told from one that is malformed', () => {
    for (const other of ['e2.A1.0000', 'e0', 'e17.whatever.follows'])
      expect(() => parseToken(other)).toThrow(expect.objectContaining({ code: 'token/unknown-version' }))
  })

  test('is never misread: whatever text is given, it is a token or refused as none', () => {
    const almost = fc.tuple(content, fc.nat(), fc.string({ minLength: 1, maxLength: 1 })).map(([given, at, letter]) => {
      const token = formatToken(given)
      const place = at % token.length
      return token.slice(0, place) + letter + token.slice(place + 1)
    })
    fc.assert(
      fc.property(fc.oneof(fc.string(), almost), (given) => {
        try {
          parseToken(given)
        } catch (error) {
          expect(error).toBeInstanceOf(TokenError)
        }
      }),
      { seed: SEED, numRuns: 1000 },
    )
  })
})
