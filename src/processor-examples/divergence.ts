import type { ProcessorExample } from './processor-example.js'

export const divergence: ProcessorExample = {
  name: 'divergence',
  rows: ['P5'],
  title: {
    en: 'SIMT: the price of lanes that go different ways',
    fr: 'SIMT : le prix des voies qui prennent des chemins différents',
  },
  question: {
    en: 'Every lane carries out eight additions, but on one of several ways. How much longer does a warp of 32 lanes take with 2 ways than with 1, and with 32?',
    fr: "Chaque voie exécute huit additions, mais sur l'un de plusieurs chemins. Combien de fois plus long est un warp de 32 voies avec 2 chemins qu'avec 1, et avec 32 ?",
  },
  work: { kind: 'divergence', elements: 32, work: 8, drawnWays: 4 },
}
