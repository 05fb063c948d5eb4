/** Texts as integers, from 0; each is kept once. */
export class TextTable {
  readonly #texts: string[] = []
  readonly #numbers = new Map<string, number>()

  encode(text: string): number {
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.#texts.push(text) - 1
      this.#numbers.set(text, number)
    }
    return number
  }

  decode(number: number): string {
    return this.#texts[number]!
  }
}
