import type { ProcessorExample } from './processor-example.js'

export const stages: ProcessorExample = {
  name: 'stages',
  rows: ['P2'],
  title: {
    en: 'Independent instructions fill the pipeline',
    fr: 'Des instructions indépendantes remplissent le pipeline',
  },
  question: {
    en: 'Eight instructions, none of which needs another, each with five stages of one cycle: after how many cycles is the last one through?',
    fr: "Huit instructions dont aucune n'a besoin d'une autre, chacune avec cinq étages d'un cycle : après combien de cycles la dernière est-elle passée ?",
  },
  work: {
    kind: 'pipelines',
    source: `
set r1, 1
set r2, 2
set r3, 3
set r4, 4
set r5, 5
set r6, 6
set r7, 7
set r8, 8
`,
    variants: [{ name: { en: 'pipeline', fr: 'pipeline' }, options: {} }],
    figures: ['cycles', 'instructions', 'cpi'],
  },
}
