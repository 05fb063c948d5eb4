import type { SpinModel } from './spin-verifier.js'

export interface Contest {
  readonly title: string
  readonly arguments: readonly string[]
  readonly model: SpinModel
  /** The two models have the same states: those where SPIN forgets more than we do have not. */
  readonly equal: boolean
  /** The targets are stated for it. */
  readonly target: boolean
}

export const contests: readonly Contest[] = [
  {
    title: 'lastzero(10)',
    arguments: ['lastzero', '10'],
    model: { file: 'lastzero.pml', defines: { N: 10 } },
    equal: true,
    target: true,
  },
  {
    title: 'philosophers(10) ordered',
    arguments: ['philosophers', '10'],
    model: { file: 'philosophers.pml', defines: { N: 10 } },
    equal: true,
    target: true,
  },
  {
    title: 'counter(4, 2)',
    arguments: ['counter', '4', '2'],
    model: { file: 'counter.pml', defines: { T: 4, K: 2 } },
    equal: true,
    target: false,
  },
  {
    title: 'lastzero(10), SPIN forgets *',
    arguments: ['lastzero', '10'],
    model: { file: 'lastzero.pml', defines: { N: 10, FORGET: 1 } },
    equal: false,
    target: false,
  },
  {
    title: 'counter(4, 2), SPIN forgets *',
    arguments: ['counter', '4', '2'],
    model: { file: 'counter.pml', defines: { T: 4, K: 2, FORGET: 1 } },
    equal: false,
    target: false,
  },
]
