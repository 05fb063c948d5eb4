import type { ProcessorExample } from './processor-example.js'

export const rotation: ProcessorExample = {
  name: 'rotation',
  rows: ['P5'],
  title: {
    en: 'SIMT: every lane turns a vertex, and the layout decides on the lines of memory',
    fr: 'SIMT : chaque voie tourne un sommet, et la disposition décide du nombre de lignes de mémoire',
  },
  question: {
    en: '32 lanes load the x of 32 vertices, then the y. How many lines of 32 words does each load touch if all x lie together, and how many if x and y alternate?',
    fr: '32 voies chargent le x de 32 sommets, puis le y. Combien de lignes de 32 mots chaque chargement touche-t-il si tous les x se suivent, et combien si x et y alternent ?',
  },
  // A turn of some 37 degrees: its cosine is 0.8 and its sine 0.6.
  work: { kind: 'rotation', vertices: 64, angle: Math.atan2(3, 4) },
}
