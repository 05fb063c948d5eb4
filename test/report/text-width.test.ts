import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutText, padText, textWidth } from '../../src/report/text-width.js'

const texts = fc.string({ unit: 'grapheme' })

describe('The width of a text', () => {
  test.each([
    ['', 0],
    ['counter', 7],
    ['été', 3],
    ['e\u0301te\u0301', 3],
    ['銀行', 4],
    ['ひらカナ한글', 12],
    ['A → 1', 5],
    ['🔒', 2],
    ['–×“”…', 5],
  ])('%s takes %i columns', (text, width) => {
    expect(textWidth(text)).toBe(width)
  })
})

describe('A padded text', () => {
  test('is as wide as asked for', () => {
    fc.assert(
      fc.property(
        texts,
        fc.nat(60),
        (text, width) => textWidth(padText(text, width)) === Math.max(width, textWidth(text)),
      ),
    )
  })

  test('begins with the text', () => {
    fc.assert(fc.property(texts, fc.nat(60), (text, width) => padText(text, width).startsWith(text)))
  })

  test('has fewer spaces after wide characters', () => {
    expect(padText('銀行', 6)).toBe('銀行  ')
  })
})

describe('A cut text', () => {
  test('is no wider than asked for', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 60 }), (text, width) => textWidth(cutText(text, width)) <= width),
    )
  })

  test('is the text itself if that fits', () => {
    fc.assert(fc.property(texts, (text) => cutText(text, textWidth(text)) === text))
  })

  test('ends with an ellipsis where something was cut', () => {
    expect(cutText('balance', 5)).toBe('bala…')
    expect(cutText('balance', 1)).toBe('…')
  })

  test('does not cut a wide character in two', () => {
    expect(cutText('銀行口座', 6)).toBe('銀行…')
    expect(cutText('銀行口座', 5)).toBe('銀行…')
  })

  test('keeps marks with their letter', () => {
    expect(cutText('e\u0301te\u0301s', 3)).toBe('e\u0301t…')
  })
})
