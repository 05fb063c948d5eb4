import type { ProcessorExample } from './processor-example.js'

export const flynn: ProcessorExample = {
  name: 'flynn',
  rows: ['P2', 'P4'],
  title: {
    en: 'Four sums on the four classes of Flynn: SISD, SIMD, MISD, MIMD',
    fr: 'Quatre sommes sur les quatre classes de Flynn : SISD, SIMD, MISD, MIMD',
  },
  question: {
    en: '[10, 15, 20, 25] + [20, 15, 10, 5]: which class needs the fewest additions, which the fewest cycles, and which is slower than one ordinary processor?',
    fr: "[10, 15, 20, 25] + [20, 15, 10, 5] : quelle classe demande le moins d'additions, laquelle le moins de cycles, et laquelle est plus lente qu'un seul processeur ordinaire ?",
  },
  work: { kind: 'flynn', task: { operation: 'add', a: [10, 15, 20, 25], b: [20, 15, 10, 5] } },
}
