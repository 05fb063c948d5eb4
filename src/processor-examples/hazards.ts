import type { ProcessorExample } from './processor-example.js'

export const hazards: ProcessorExample = {
  name: 'hazards',
  rows: ['P2'],
  title: {
    en: 'A result that is needed at once, with and without forwarding',
    fr: 'Un résultat dont on a besoin aussitôt, avec et sans court-circuit (forwarding)',
  },
  question: {
    en: 'The second instruction adds to what the first one loads, and the third one takes its result. How many cycles does each of them wait, with forwarding and without?',
    fr: 'La deuxième instruction ajoute à ce que la première charge, et la troisième prend son résultat. Combien de cycles chacune attend-elle, avec court-circuit et sans ?',
  },
  work: {
    kind: 'pipelines',
    source: `
data balance: 2000
      load  r1, [balance]
      add   r2, r1, 5000
      sub   r3, r2, 1000
      store r3, [balance]
`,
    variants: [
      { name: { en: 'with forwarding', fr: 'avec court-circuit' }, options: { forwarding: true } },
      { name: { en: 'without forwarding', fr: 'sans court-circuit' }, options: { forwarding: false } },
    ],
    figures: ['cycles', 'cpi', 'dataLosses'],
  },
}
