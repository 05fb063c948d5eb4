import type { ProcessorExample } from './processor-example.js'

export const branches: ProcessorExample = {
  name: 'branches',
  rows: ['P2'],
  title: {
    en: 'What wrong guesses cost at the end of a loop',
    fr: "Ce que coûtent les fausses prédictions à la fin d'une boucle",
  },
  question: {
    en: 'The branch at the end of this loop goes back three times, then on. How often is each rule wrong, “never taken” and “taken if it goes back”, and what does one wrong guess cost?',
    fr: "Le branchement à la fin de cette boucle revient trois fois en arrière, puis continue. Combien de fois chaque règle se trompe-t-elle, « jamais pris » et « pris s'il revient en arrière », et que coûte une erreur ?",
  },
  work: {
    kind: 'pipelines',
    source: `
      set r1, 4
next: add r2, r2, 10
      sub r1, r1, 1
      bgt r1, 0, next
      add r3, r2, 1
      set r4, 7
`,
    variants: [
      { name: { en: 'never taken', fr: 'jamais pris' }, options: { prediction: 'not-taken' } },
      {
        name: { en: 'taken if it goes back', fr: "pris s'il revient en arrière" },
        options: { prediction: 'backward-taken' },
      },
    ],
    figures: ['cycles', 'cpi', 'branches', 'mispredicted', 'controlLosses'],
  },
}
