import { InvalidArgumentError } from 'commander'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  collectParameter,
  environmentLanguage,
  parseCount,
  parseCycles,
  parseLanguage,
  parseMemory,
  parsePositive,
  parseSimulatedSeconds,
  parseWhole,
  parseWithin,
} from '../../src/cli/options.js'

const refuses = (parse: (text: string) => unknown, text: string) => () =>
  expect(() => parse(text), text).toThrow(InvalidArgumentError)

describe('--param', () => {
  test('collects names and values', () => {
    const first = collectParameter('times=2', {})
    expect(collectParameter('name=a=b', first)).toEqual({ times: '2', name: 'a=b' })
  })

  test('lets a later value win', () => {
    expect(collectParameter('times=3', collectParameter('times=2', {}))).toEqual({ times: '3' })
  })

  test('leaves what it was given alone', () => {
    const before = { times: '1' }
    collectParameter('times=2', before)
    expect(before).toEqual({ times: '1' })
  })

  test('may be an empty text', () => {
    expect(collectParameter('name=', {})).toEqual({ name: '' })
  })

  test('keeps names and values as they are', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !text.includes('='))
    fc.assert(
      fc.property(name, fc.string(), (key, value) => {
        expect(Object.entries(collectParameter(`${key}=${value}`, {}))).toEqual([[key, value]])
      }),
    )
  })

  test.each(['times', '', '=', '=2'])('is refused without a name: %j', (text) => {
    refuses((given) => collectParameter(given, {}), text)()
  })
})

describe('A count', () => {
  test.each([
    ['1', 1],
    ['1000', 1000],
    ['1_000_000', 1_000_000],
    ['1e6', 1_000_000],
  ])('may be written %s', (text, value) => {
    expect(parseCount(text)).toBe(value)
  })

  test.each(['0', '-1', '1.5', 'many', '', ' ', 'NaN', 'Infinity', '1e999', '12x'])('is not %j', (text) => {
    refuses(parseCount, text)()
  })
})

describe('A positive number', () => {
  test.each([
    ['1', 1],
    ['0.5', 0.5],
    ['1e3', 1000],
  ])('may be written %s', (text, value) => {
    expect(parsePositive(text)).toBe(value)
  })

  test.each(['0', '-1', 'soon', '', 'NaN', 'Infinity'])('is not %j', (text) => {
    refuses(parsePositive, text)()
  })
})

describe('An amount of memory', () => {
  test.each([
    ['1073741824', 2 ** 30],
    ['1K', 2 ** 10],
    ['500M', 500 * 2 ** 20],
    ['2G', 2 ** 31],
    ['2g', 2 ** 31],
    ['1.5G', 1.5 * 2 ** 30],
    ['2GB', 2 ** 31],
    ['2GiB', 2 ** 31],
    ['2 G', 2 ** 31],
  ])('may be written %s', (text, bytes) => {
    expect(parseMemory(text)).toBe(bytes)
  })

  test.each(['0', '-1G', 'lots', '', 'G', '1T', '1.G', '2GG'])('is not %j', (text) => {
    refuses(parseMemory, text)()
  })
})

describe('A whole number', () => {
  test.each([
    ['0', 0],
    ['3', 3],
    ['1_000', 1000],
  ])('may be written %s', (text, value) => {
    expect(parseWhole(text)).toBe(value)
  })

  test.each(['-1', '1.5', 'many', '', ' ', 'NaN', 'Infinity', '2x'])('is not %j', (text) => {
    refuses(parseWhole, text)()
  })
})

describe('A language', () => {
  test.each(['en', 'fr'] as const)('may be %s', (language) => {
    expect(parseLanguage(language)).toBe(language)
  })

  test.each(['de', 'EN', '', 'french'])('is not %j', (text) => {
    refuses(parseLanguage, text)()
  })
})

describe('The language of the environment', () => {
  beforeEach(() => {
    for (const name of ['LC_ALL', 'LC_MESSAGES', 'LANG']) vi.stubEnv(name, undefined)
  })
  afterEach(() => vi.unstubAllEnvs())

  test('is English where nothing is said', () => {
    expect(environmentLanguage()).toBe('en')
  })

  test.each([
    ['fr', 'fr'],
    ['fr_FR.UTF-8', 'fr'],
    ['fr_CA', 'fr'],
    ['en_GB.UTF-8', 'en'],
    ['C', 'en'],
    ['de_DE.UTF-8', 'en'],
  ])('%s is %s', (locale, language) => {
    vi.stubEnv('LANG', locale)
    expect(environmentLanguage()).toBe(language)
  })

  test('is that of messages, and of all categories before it', () => {
    vi.stubEnv('LANG', 'en_GB')
    vi.stubEnv('LC_MESSAGES', 'fr_FR')
    expect(environmentLanguage()).toBe('fr')
    vi.stubEnv('LC_ALL', 'en_GB')
    expect(environmentLanguage()).toBe('en')
  })

  // POSIX, 8.2: a variable that is set to the empty string counts as unset.
  test('does not come from an empty variable', () => {
    vi.stubEnv('LC_ALL', '')
    vi.stubEnv('LANG', 'fr_FR.UTF-8')
    expect(environmentLanguage()).toBe('fr')
  })
})

describe('A whole number within bounds', () => {
  const parse = parseWithin(1, 64)

  test('may be either of them', () => {
    expect([parse('1'), parse('6_4')]).toEqual([1, 64])
  })

  test.each(['0', '65', '-1', '1.5', '', ' ', 'four', 'NaN'])('is not %j, and what it may be is said', (text) => {
    refuses(parse, text)()
    expect(() => parse(text)).toThrow('from 1 to 64')
  })
})

describe('--cycles', () => {
  test('takes the first and the last one', () => {
    expect(parseCycles('12-40')).toEqual({ from: 12, to: 40 })
    expect(parseCycles(' 1_000 – 1000 ')).toEqual({ from: 1000, to: 1000 })
  })

  test.each(['', '5', '5-', '-5', '0-5', '6-5', '1-2-3', 'a-b', '1.5-3'])('refuses %j', (text) => {
    refuses(parseCycles, text)()
  })

  test('takes no more than can be read', () => {
    expect(parseCycles('1-10000')).toEqual({ from: 1, to: 10_000 })
    expect(() => parseCycles('1-10001')).toThrow('10000 cycles at most')
  })
})

describe('--max-time', () => {
  test('takes simulated seconds', () => {
    expect(parseSimulatedSeconds('0.5')).toBe(0.5)
    expect(parseSimulatedSeconds('9000')).toBe(9000)
  })

  test('refuses more than picoseconds can count, and what is no positive number', () => {
    for (const text of ['9001', '1e99', 'Infinity', '0', '-1', '', 'long']) refuses(parseSimulatedSeconds, text)()
  })
})
