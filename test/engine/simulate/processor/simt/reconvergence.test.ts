import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assemble } from '../../../../../src/engine/simulate/processor/assembler.js'
import { encode, type EncodedStream } from '../../../../../src/engine/simulate/processor/encoding.js'
import { joinsOf, successorsOf } from '../../../../../src/engine/simulate/processor/simt/reconvergence.js'
import { SEED } from '../../../support/seed.js'
import { randomPieces, randomTangles, streamOf } from '../support/random-streams.js'

/** Whether the end can be reached from `from` without `avoided`. */
function reachesEnd(code: EncodedStream, from: number, avoided: number): boolean {
  const seen = new Set<number>()
  const rest = [from]
  while (rest.length > 0) {
    const node = rest.pop()!
    if (node === avoided || seen.has(node)) continue
    if (node === code.length) return true
    seen.add(node)
    rest.push(...successorsOf(code, node))
  }
  return false
}

/** By the definition: what every way to the end comes through, and of these the one that all others come after. */
function joinByDefinition(code: EncodedStream, at: number): number {
  if (!reachesEnd(code, at, -1)) return code.length
  const common = Array.from({ length: code.length + 1 }, (_, node) => node).filter(
    (node) => node !== at && (node === code.length || !reachesEnd(code, at, node)),
  )
  return common.find((node) =>
    common.every((other) => other === node || other === code.length || !reachesEnd(code, node, other)),
  )!
}

test('Lanes come together at the first instruction that every way to the end comes through', () => {
  fc.assert(
    fc.property(fc.oneof(randomTangles, randomPieces({ vectors: false, wild: false }).map(streamOf)), (stream) => {
      const code = encode(stream)
      const expected = Array.from({ length: code.length }, (_, at) => joinByDefinition(code, at))
      expect([...joinsOf(code)]).toEqual(expected)
    }),
    { seed: SEED, numRuns: 80 },
  )
})

test('Behind a choice that is where both ways end, behind a loop what follows it', () => {
  const code = encode(
    assemble('beq r1, 0, a\nnop\njump b\na: nop\nb: nop\nc: blt r1, 3, d\nadd r1, r1, 1\njump c\nd: halt\nnop'),
  )
  expect([...joinsOf(code)]).toEqual([4, 2, 4, 4, 5, 8, 7, 5, 10, 10])
})

test('What never ends joins at the end', () => {
  expect([...joinsOf(encode(assemble('a: beq r1, 0, b\nc: jump c\nb: nop')))]).toEqual([2, 3, 3])
})

test('A long stream needs no deep stack', () => {
  expect(joinsOf(encode(assemble('nop\n'.repeat(50_000))))[0]).toBe(1)
})
