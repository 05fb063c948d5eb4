import { describe, expect, test } from 'vitest'
import { faultJson, faultText } from '../../src/cli/fault-text.js'
import type { PortableError } from '../../src/parallel/portable-error.js'
import { makePaint } from '../../src/report/paint.js'

const plain = makePaint(false)

const fault: PortableError = {
  code: 'program/int-overflow',
  message: 'it does not fit',
  hint: 'keep it small',
  place: { file: '/home/me/mine.ts', line: 7, column: 14 },
  stack: undefined,
}

const internal: PortableError = {
  code: null,
  message: 'the engine contradicts itself',
  hint: undefined,
  place: undefined,
  stack: 'Error: the engine contradicts itself\n    at somewhere',
}

describe('An error as text', () => {
  test('says where, what and what to do', () => {
    expect(faultText(fault, plain)).toBe('error: /home/me/mine.ts:7:14: it does not fit\n  keep it small\n')
  })

  test('says nothing that is not known', () => {
    expect(faultText({ ...fault, hint: undefined, place: undefined }, plain)).toBe('error: it does not fit\n')
  })

  test('asks for a report, with the stack, only if it is a fault of Entrelacs itself', () => {
    expect(faultText(internal, plain)).toMatch(
      /at somewhere\n {2}this is a fault of Entrelacs itself; please report it\n$/,
    )
    expect(faultText(fault, plain)).not.toContain('fault of Entrelacs')
  })

  test('is coloured where that is wanted', () => {
    expect(faultText(fault, makePaint(true))).toContain('\u001b[31merror:\u001b[39m')
    expect(faultText(fault, plain)).not.toContain('\u001b')
  })
})

describe('An error as JSON', () => {
  test('is one object on one line', () => {
    const text = faultJson(fault)
    expect(text.trimEnd()).not.toContain('\n')
    expect(JSON.parse(text)).toEqual({
      schema: 1,
      error: {
        code: 'program/int-overflow',
        message: 'it does not fit',
        hint: 'keep it small',
        place: { file: '/home/me/mine.ts', line: 7, column: 14, text: 'mine.ts:7' },
      },
    })
  })

  test('has null for what is not known, and a code even for internal errors', () => {
    expect(JSON.parse(faultJson(internal))).toEqual({
      schema: 1,
      error: { code: 'internal', message: 'the engine contradicts itself', hint: null, place: null },
    })
  })

  test('survives any message', () => {
    const message = 'line\nbreak, “quotes”, "quotes" and \u0000'
    const text = faultJson({ ...fault, message })
    expect(text.trimEnd()).not.toContain('\n')
    expect((JSON.parse(text) as { readonly error: { readonly message: string } }).error.message).toBe(message)
  })
})
