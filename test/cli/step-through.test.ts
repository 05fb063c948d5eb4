import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type StepKey, stepKeyOf, stepsAfter } from '../../src/cli/step-through.js'

const keys = fc.constantFrom<StepKey>('forward', 'back', 'end', 'quit', 'none')

/** How many steps a run has, and how many of them are shown. */
const places = fc.nat(1000).chain((all) => fc.record({ all: fc.constant(all), shown: fc.nat(all) }))

describe('A key', () => {
  test.each<[StepKey, string[]]>([
    ['back', ['b', 'p', '\u001b[D', '\u001b[A', '\u007f']],
    ['end', ['e', '\u001b[F']],
    ['quit', ['q', '\u0003', '\u0004', '\u001b']],
    ['forward', [' ', '\r', 'n', 'x', '\u001b[C', '\u001b[B', 'é']],
  ])('means %s: %j', (meaning, pressed) => {
    expect(pressed.map(stepKeyOf)).toEqual(pressed.map(() => meaning))
  })

  test('that is a letter never quits but q', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz']
    expect(letters.filter((letter) => stepKeyOf(letter) === 'quit')).toEqual(['q'])
  })
})

describe('Going back', () => {
  test('is the inverse of going forward, but at the end', () => {
    fc.assert(
      fc.property(places, ({ shown, all }) => {
        fc.pre(shown < all)
        expect(stepsAfter('back', stepsAfter('forward', shown, all), all)).toBe(shown)
      }),
    )
  })

  test('is undone by going forward, but at the beginning', () => {
    fc.assert(
      fc.property(places, ({ shown, all }) => {
        fc.pre(shown > 0)
        expect(stepsAfter('forward', stepsAfter('back', shown, all), all)).toBe(shown)
      }),
    )
  })

  test('as often as one went forward leads to where one was', () => {
    fc.assert(
      fc.property(places, fc.nat(50), ({ shown, all }, times) => {
        const possible = Math.min(times, all - shown)
        const repeat = (key: StepKey, from: number) =>
          Array.from({ length: possible }).reduce<number>((at) => stepsAfter(key, at, all), from)
        expect(repeat('back', repeat('forward', shown))).toBe(shown)
      }),
    )
  })
})

describe('Any keys', () => {
  test('lead to a step that the run has', () => {
    fc.assert(
      fc.property(fc.array(keys), places, (pressed, { shown, all }) => {
        const at = pressed.reduce((now, key) => stepsAfter(key, now, all), shown)
        expect(at).toBeGreaterThanOrEqual(0)
        expect(at).toBeLessThanOrEqual(all)
      }),
    )
  })

  test('move by one step at most, but for the end', () => {
    fc.assert(
      fc.property(keys, places, (key, { shown, all }) => {
        const moved = Math.abs(stepsAfter(key, shown, all) - shown)
        expect(moved).toBeLessThanOrEqual(key === 'end' ? all : 1)
      }),
    )
  })

  test('that quit or mean nothing leave the picture as it is', () => {
    fc.assert(
      fc.property(places, ({ shown, all }) => {
        expect([stepsAfter('quit', shown, all), stepsAfter('none', shown, all)]).toEqual([shown, shown])
      }),
    )
  })
})
