import { program } from 'entrelacs'

const TEXTS = ['to be or not', 'not to be', 'or to be']

/** Mappers count the words of a text each, all at once; a reducer adds up what they have counted, in whatever order it comes. */
export default program('map and reduce', { texts: 3 }, ({ texts }, p) => {
  const counted = p.queue<Readonly<Record<string, number>>>('counted')
  TEXTS.slice(0, texts).forEach((text, i) =>
    p.thread(`mapper ${i + 1}`, function* () {
      yield* p.compute(text.length)
      yield* counted.put(countWords([text]))
    }),
  )
  const reducer = p.thread('reducer', function* () {
    const total: Record<string, number> = {}
    for (let i = 0; i < Math.min(texts, TEXTS.length); i++)
      for (const [word, count] of Object.entries(yield* counted.get())) total[word] = (total[word] ?? 0) + count
    return total
  })
  p.finally('the words are counted as if by one', (final) => {
    const total = final.result(reducer) ?? {}
    return Object.entries(countWords(TEXTS.slice(0, texts))).every(([word, count]) => total[word] === count)
  })
})

function countWords(texts: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const word of texts.join(' ').split(' ')) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
