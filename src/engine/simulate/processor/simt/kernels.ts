import { UsageError } from '../../../errors.js'
import type { InstructionStream } from '../instruction-stream.js'
import { requireWhole } from '../pipeline-options.js'
import { at, buildStream, r } from '../stream-builder.js'

/** A point of the plane. */
export interface Vertex {
  readonly x: number
  readonly y: number
}

/** How vertices lie in memory: all x and then all y, or x and y of each in turn. */
export type VertexLayout = 'separate' | 'interleaved'

/**
 * Turns vertices about the origin, one for each thread: every lane does the same, so that nothing diverges. The results take the
 * place of the vertices; `verticesIn` reads them.
 *
 * @param angle in radians, against the clock.
 */
export function rotationKernel(
  vertices: readonly Vertex[],
  angle: number,
  layout: VertexLayout = 'separate',
): InstructionStream {
  if (vertices.length === 0) throw new UsageError('usage/stream', 'there are no vertices to turn')
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return buildStream('rotation', (build) => {
    const words =
      layout === 'separate'
        ? [...vertices.map(({ x }) => x), ...vertices.map(({ y }) => y)]
        : vertices.flatMap(({ x, y }) => [x, y])
    const place = build.data('vertices', words)
    const toY = layout === 'separate' ? vertices.length : 1
    build.do('id', r(1))
    if (layout === 'interleaved') build.do('mul', r(1), r(1), 2)
    build.do('load', r(2), at(place, r(1)))
    build.do('load', r(3), at(place, r(1), toY))
    build.do('mul', r(4), r(2), cos)
    build.do('mul', r(5), r(3), sin)
    build.do('sub', r(4), r(4), r(5))
    build.do('mul', r(6), r(2), sin)
    build.do('mul', r(7), r(3), cos)
    build.do('add', r(6), r(6), r(7))
    build.do('store', r(4), at(place, r(1)))
    build.do('store', r(6), at(place, r(1), toY))
  })
}

/** The vertices in a memory. */
export function verticesIn(memory: ArrayLike<number>, count: number, layout: VertexLayout = 'separate'): Vertex[] {
  return Array.from({ length: count }, (_, i) =>
    layout === 'separate' ? { x: memory[i]!, y: memory[count + i]! } : { x: memory[2 * i]!, y: memory[2 * i + 1]! },
  )
}

/**
 * Every thread takes one of `ways` ways by the number of its element and works there for as many instructions as on any other:
 * the ways are gone one after the other, so that a warp takes `ways` times as long and all but one lane in `ways` only wait.
 *
 * @param work instructions of each way, 1 or more.
 */
export function branchyKernel(elements: number, ways: number, work: number): InstructionStream {
  requireWhole('elements', elements, 1, 1 << 20)
  requireWhole('ways', ways, 1, 1024)
  requireWhole('work', work, 1, 10_000)
  return buildStream('branchy', (build) => {
    const words = build.space('results', elements)
    const workOn = (way: number) => {
      for (let i = 0; i < work; i++) build.do('add', r(3), r(3), way + 1)
    }
    const choose = (way: number) => {
      if (way === ways - 1) {
        workOn(way)
        return
      }
      build.if(
        r(2),
        'eq',
        way,
        () => {
          workOn(way)
        },
        () => {
          choose(way + 1)
        },
      )
    }
    build.do('id', r(1))
    build.do('rem', r(2), r(1), ways)
    choose(0)
    build.do('store', r(3), at(words, r(1)))
  })
}
