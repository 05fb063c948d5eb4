import { expect, test } from 'vitest'
import { ExitCode } from '../../src/cli/exit-code.js'

test('The exit codes are those that other programs rely on', () => {
  expect(ExitCode).toEqual({ Holds: 0, Violated: 1, BadInput: 2, Unknown: 3, Internal: 70 })
})
