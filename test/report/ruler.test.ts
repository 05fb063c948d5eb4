import { describe, expect, test } from 'vitest'
import { ruler } from '../../src/report/ruler.js'
import { wrapText } from '../../src/report/wrap-text.js'

describe('A ruler', () => {
  test('has a number above each column if they are wide enough', () => {
    expect(ruler(8, 11, 3)).toBe('8  9  10 11 ')
  })

  test('leaves numbers out where they would touch', () => {
    expect(ruler(99, 104, 3)).toBe('99 100   102      ')
    expect(ruler(1, 12, 1)).toBe('1   5    10 ')
  })

  test('shows where it begins, even beside a round number', () => {
    expect(ruler(9, 21, 1)).toBe('9     15   20')
    expect(ruler(1234, 1241, 1)).toBe('1234    ')
  })
})

describe('A text that is wrapped', () => {
  test('is broken at spaces, with its margin and an indent', () => {
    expect(wrapText('  one two three', 10, 2)).toEqual(['  one two', '    three'])
  })

  test('keeps a word that is too long', () => {
    expect(wrapText('incomprehensible words', 8)).toEqual(['incomprehensible', 'words'])
  })

  test('is one line where it fits', () => {
    expect(wrapText('as it is', 8)).toEqual(['as it is'])
  })
})
