import fc from 'fast-check'
import type { InstructionStream } from '../../../../../src/engine/simulate/processor/instruction-stream.js'
import {
  at,
  buildStream,
  type Condition,
  r,
  type StreamBuilder,
  v,
  type Words,
} from '../../../../../src/engine/simulate/processor/stream-builder.js'

/* Structured streams: r1 … r6 hold numbers, r20 … r23 count turns of loops, r24 … r27 bound those that test numbers. */

type Calculation = 'add' | 'sub' | 'mul' | 'div' | 'rem' | 'min' | 'max' | 'less' | 'equal'

export type Piece =
  | { readonly kind: 'calculate'; readonly mnemonic: Calculation; readonly registers: readonly number[] }
  | {
      readonly kind: 'constant'
      readonly mnemonic: Calculation
      readonly registers: readonly number[]
      readonly number: number
    }
  | { readonly kind: 'set'; readonly register: number; readonly number: number }
  | { readonly kind: 'select'; readonly registers: readonly number[] }
  | { readonly kind: 'load'; readonly register: number; readonly offset: number; readonly indexed: boolean }
  | { readonly kind: 'store'; readonly register: number; readonly offset: number; readonly indexed: boolean }
  | { readonly kind: 'identity'; readonly mnemonic: 'id' | 'count' | 'width'; readonly register: number }
  | { readonly kind: 'wild'; readonly isStore: boolean; readonly register: number; readonly base: number }
  | { readonly kind: 'vector'; readonly mnemonic: `v${Calculation}`; readonly registers: readonly number[] }
  | {
      readonly kind: 'vector-other'
      readonly which: number
      readonly registers: readonly number[]
      readonly number: number
    }
  | {
      readonly kind: 'if'
      readonly a: number
      readonly condition: Condition
      readonly b: number
      readonly body: readonly Piece[]
      readonly otherwise: readonly Piece[] | null
    }
  | { readonly kind: 'for'; readonly times: number; readonly body: readonly Piece[] }
  | {
      readonly kind: 'until'
      readonly a: number
      readonly condition: Condition
      readonly b: number
      readonly body: readonly Piece[]
    }

const register = fc.integer({ min: 0, max: 6 })
const small = fc.oneof(fc.integer({ min: -3, max: 5 }), fc.constantFrom(0.5, -0, 1e10))
const calculation = fc.constantFrom<Calculation>('add', 'sub', 'mul', 'div', 'rem', 'min', 'max', 'less', 'equal')
const condition = fc.constantFrom<Condition>('eq', 'ne', 'lt', 'le', 'gt', 'ge')
const three = fc.tuple(register, register, register)
const offset = fc.nat(3)

const scalarPieces: fc.Arbitrary<Piece>[] = [
  fc.record({ kind: fc.constant('calculate'), mnemonic: calculation, registers: three }),
  fc.record({ kind: fc.constant('constant'), mnemonic: calculation, registers: three, number: small }),
  fc.record({ kind: fc.constant('set'), register, number: small }),
  fc.record({ kind: fc.constant('select'), registers: fc.tuple(register, register, register, register) }),
  fc.record({ kind: fc.constant('load'), register, offset, indexed: fc.boolean() }),
  fc.record({ kind: fc.constant('store'), register, offset, indexed: fc.boolean() }),
  fc.record({ kind: fc.constant('identity'), mnemonic: fc.constantFrom('id', 'count', 'width'), register }),
]

const vectorRegisters = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3))
const vectorPieces: fc.Arbitrary<Piece>[] = [
  fc.record({
    kind: fc.constant('vector'),
    mnemonic: calculation.map((name) => `v${name}` as const),
    registers: vectorRegisters,
  }),
  fc.record({ kind: fc.constant('vector-other'), which: fc.nat(5), registers: vectorRegisters, number: small }),
]

export interface Ingredients {
  readonly vectors: boolean
  /** Accesses to addresses that are not known to be there. */
  readonly wild: boolean
}

/** The pieces of a random structured stream. */
export function randomPieces({ vectors, wild }: Ingredients): fc.Arbitrary<readonly Piece[]> {
  const wildPiece: fc.Arbitrary<Piece> = fc.record({
    kind: fc.constant('wild'),
    isStore: fc.boolean(),
    register,
    base: register,
  })
  const plain = fc.oneof(
    ...scalarPieces.map((arbitrary) => ({ arbitrary, weight: 4 })),
    ...(vectors ? vectorPieces.map((arbitrary) => ({ arbitrary, weight: 4 })) : []),
    ...(wild ? [{ arbitrary: wildPiece, weight: 1 }] : []),
  )
  return piecesTo(3, plain)
}

function piecesTo(depth: number, plain: fc.Arbitrary<Piece>): fc.Arbitrary<readonly Piece[]> {
  if (depth === 0) return fc.array(plain, { maxLength: 5, size: 'max' })
  const inner = piecesTo(depth - 1, plain)
  const shaped: fc.Arbitrary<Piece>[] = [
    fc.record({
      kind: fc.constant('if'),
      a: register,
      condition,
      b: register,
      body: inner,
      otherwise: fc.option(inner, { nil: null }) as fc.Arbitrary<readonly Piece[] | null>,
    }),
    fc.record({ kind: fc.constant('for'), times: fc.nat(3), body: inner }),
    fc.record({ kind: fc.constant('until'), a: register, condition, b: register, body: inner }),
  ]
  return fc.array(fc.oneof({ arbitrary: plain, weight: 6 }, ...shaped.map((arbitrary) => ({ arbitrary, weight: 1 }))), {
    maxLength: 9,
  })
}

/** A stream of these pieces: a memory of 16 words, the first 8 with numbers in them. */
export function streamOf(pieces: readonly Piece[]): InstructionStream {
  return buildStream('random', (build) => {
    const words = build.data('words', [3, -1, 0, 2.5, 7, 1, -0, 4, 0, 0, 0, 0, 0, 0, 0, 0])
    writePieces(build, pieces, 0, (place, indexed, depth) =>
      at(words.address + place, indexed && depth > 0 ? r(19 + depth) : r(0)),
    )
  })
}

/** Where the word is that a piece loads or stores, in so many loops. */
export type PlaceOf = (offset: number, indexed: boolean, depth: number, isStore: boolean) => ReturnType<typeof at>

export function writePieces(build: StreamBuilder, pieces: readonly Piece[], depth: number, placeOf: PlaceOf): void {
  for (const piece of pieces) writePiece(build, piece, depth, placeOf)
}

function writePiece(build: StreamBuilder, piece: Piece, depth: number, placeOf: PlaceOf): void {
  const inner =
    (pieces: readonly Piece[], deeper = depth) =>
    () => {
      writePieces(build, pieces, deeper, placeOf)
    }
  switch (piece.kind) {
    case 'calculate':
      build.do(piece.mnemonic, r(piece.registers[0]), r(piece.registers[1]), r(piece.registers[2]))
      return
    case 'constant':
      build.do(piece.mnemonic, r(piece.registers[0]), r(piece.registers[1]), piece.number)
      return
    case 'set':
      build.do('set', r(piece.register), piece.number)
      return
    case 'select':
      build.do('select', ...piece.registers.map(r))
      return
    case 'load':
      build.do('load', r(piece.register), placeOf(piece.offset, piece.indexed, depth, false))
      return
    case 'store':
      build.do('store', r(piece.register), placeOf(piece.offset + 8, piece.indexed, depth, true))
      return
    case 'identity':
      build.do(piece.mnemonic, r(piece.register))
      return
    case 'wild':
      build.do(piece.isStore ? 'store' : 'load', r(piece.register), at(2, r(piece.base)))
      return
    case 'vector':
      build.do(piece.mnemonic, v(piece.registers[0]), v(piece.registers[1]), v(piece.registers[2]))
      return
    case 'vector-other':
      writeVectorPiece(build, piece)
      return
    case 'if':
      build.if(
        r(piece.a),
        piece.condition,
        r(piece.b),
        inner(piece.body),
        piece.otherwise === null ? undefined : inner(piece.otherwise),
      )
      return
    case 'for':
      build.for(r(20 + depth), piece.times, inner(piece.body, depth + 1))
      return
    case 'until': {
      const fuel = r(24 + depth)
      build.do('set', fuel, 3)
      build.do('set', r(20 + depth), 0)
      build.while(fuel, 'gt', 0, () => {
        build.do('sub', fuel, fuel, 1)
        inner(piece.body, depth + 1)()
        build.do('add', r(20 + depth), r(20 + depth), 1)
        build.if(r(piece.a), piece.condition, r(piece.b), () => {
          build.do('set', fuel, 0)
        })
      })
    }
  }
}

function writeVectorPiece(build: StreamBuilder, { which, registers, number }: Piece & { kind: 'vector-other' }): void {
  const [a, b, c, d] = registers.map(v)
  switch (which) {
    case 0:
      build.do('vload', a, at(registers[1]))
      return
    case 1:
      build.do('vstore', a, at(8 + registers[1]))
      return
    case 2:
      build.do('vfill', a, number)
      return
    case 3:
      build.do('vsum', r(registers[0]), b)
      return
    case 4:
      build.do('vlen', r(registers[0]))
      return
    default:
      build.do('vselect', a, b, c, d)
  }
}

/** Any instructions with targets anywhere: loops that end or do not, code that nothing reaches. */
export const randomTangles: fc.Arbitrary<InstructionStream> = fc
  .array(
    fc.oneof(
      { arbitrary: fc.tuple(fc.constantFrom('add', 'sub', 'min', 'less' as const), three, small), weight: 5 },
      { arbitrary: fc.tuple(fc.constantFrom('load', 'store' as const), three, fc.constant(0)), weight: 2 },
      { arbitrary: fc.tuple(fc.constantFrom('beq', 'bne', 'blt', 'bge' as const), three, fc.constant(0)), weight: 3 },
      { arbitrary: fc.tuple(fc.constantFrom('jump', 'halt' as const), three, fc.constant(0)), weight: 1 },
    ),
    { minLength: 1, maxLength: 14 },
  )
  .chain((drafts) =>
    fc
      .array(fc.nat(drafts.length), { minLength: drafts.length, maxLength: drafts.length })
      .map((targets) => tangle(drafts, targets)),
  )

type Draft = readonly [string, readonly number[], number]

function tangle(drafts: readonly Draft[], targets: readonly number[]): InstructionStream {
  const one = (number: number) => ({ kind: 'register', number }) as const
  const instructions = drafts.map(([mnemonic, registers, number], i) => {
    const [a, b] = registers
    const target = { kind: 'target', instruction: targets[i] } as const
    const operands = {
      load: [one(a), { kind: 'address', register: 0, offset: b } as const],
      store: [one(a), { kind: 'address', register: 0, offset: b } as const],
      jump: [target],
      halt: [],
    }[mnemonic]
    const rest = mnemonic.startsWith('b')
      ? [one(a), one(b), target]
      : [one(a), one(b), { kind: 'number', value: number } as const]
    return { mnemonic: mnemonic as 'add', operands: operands ?? rest, line: null }
  })
  return {
    name: 'tangle',
    instructions,
    labels: [],
    data: [{ name: 'words', address: 0, values: [1, 2, 3, 0, -1, 5, 8, 0] }],
  }
}

export type { Words }
