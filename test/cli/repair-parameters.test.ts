import { program, type Parameters } from 'entrelacs'
import { expect, test } from 'vitest'
import { parametersOfBoth } from '../../src/cli/repair-parameters.js'

const taking = (name: string, defaults: Parameters) => program(name, defaults, () => {})

test('Each program is given what it has a parameter for', () => {
  const [broken, repaired] = [taking('broken', { times: 1, odd: false }), taking('repaired', { times: 1, tries: 5 })]
  expect(parametersOfBoth(broken, repaired, { times: '3', odd: 'true', tries: '7' })).toEqual({
    broken: { times: 3, odd: true },
    repaired: { times: 3, tries: 7 },
  })
})

test('A parameter of both has one value, the default of the first too', () => {
  expect(parametersOfBoth(taking('broken', { n: 2 }), taking('repaired', { n: 5 }), {})).toEqual({
    broken: { n: 2 },
    repaired: { n: 2 },
  })
})

test('A default of another kind is left alone', () => {
  expect(parametersOfBoth(taking('broken', { n: 2 }), taking('repaired', { n: 'two' }), {}).repaired).toEqual({
    n: 'two',
  })
})

test('A parameter that neither has is refused', () => {
  expect(() => parametersOfBoth(taking('broken', { n: 2 }), taking('repaired', { m: 2 }), { k: 1 })).toThrow(
    '“broken” has no parameter “k”',
  )
})

test('A value that does not fit the repair is refused in its name', () => {
  expect(() => parametersOfBoth(taking('broken', {}), taking('repaired', { m: 2 }), { m: 'x' })).toThrow(
    'parameter “m” of “repaired” cannot be "x"',
  )
})

test('Names that every object has are no parameters', () => {
  expect(() => parametersOfBoth(taking('broken', {}), taking('repaired', {}), { toString: 'x' })).toThrow(
    'has no parameter “toString”',
  )
})
