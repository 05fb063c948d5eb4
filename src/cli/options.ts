import { InvalidArgumentError } from 'commander'
import type { ParameterValue } from '../engine/program.js'
import type { Language } from '../report/messages.js'

/** `--param k=v`, any number of times. */
export function collectParameter(text: string, before: Record<string, ParameterValue>): Record<string, ParameterValue> {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('write name=value.')
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) }
}

/** A whole number of at least 1. */
export function parseCount(text: string): number {
  const value = Number(text.replaceAll('_', ''))
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('give a whole number of at least 1.')
  return value
}

/** A whole number, 0 or more. */
export function parseWhole(text: string): number {
  const value = Number(text.replaceAll('_', ''))
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('give a whole number, 0 or more.')
  return value
}

/** A whole number within bounds. */
export function parseWithin(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text.replaceAll('_', ''))
    if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`give a whole number from ${least} to ${most}.`)
    return value
  }
}

const MOST_CYCLES_SHOWN = 10_000

/** `12-40`: cycles from one to another, both included. */
export function parseCycles(text: string): { readonly from: number; readonly to: number } {
  const match = /^(\d+)\s*[-–]\s*(\d+)$/.exec(text.trim().replaceAll('_', ''))
  const [from, to] = match === null ? [0, 0] : [Number(match[1]), Number(match[2])]
  if (from < 1 || to < from) throw new InvalidArgumentError('write FROM-TO, such as 12-40; cycles count from 1.')
  if (to - from >= MOST_CYCLES_SHOWN) throw new InvalidArgumentError(`give ${MOST_CYCLES_SHOWN} cycles at most.`)
  return { from, to }
}

/** A positive number. */
export function parsePositive(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('give a positive number.')
  return value
}

// Times are whole picoseconds, exact up to 2^53.
const MOST_SIMULATED_SECONDS = 9000

/** A bound of simulated time. */
export function parseSimulatedSeconds(text: string): number {
  const value = parsePositive(text)
  if (value > MOST_SIMULATED_SECONDS) throw new InvalidArgumentError(`give ${MOST_SIMULATED_SECONDS} seconds at most.`)
  return value
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }

/** An amount of memory in bytes: `500M`, `2G`, `1073741824`. */
export function parseMemory(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMG]?)i?B?$/i.exec(text)
  const value = match === null ? 0 : Number(match[1]) * UNITS[match[2]!.toUpperCase()]!
  if (value <= 0) throw new InvalidArgumentError('give an amount such as 500M or 2G.')
  return value
}

/** `en` or `fr`. */
export function parseLanguage(text: string): Language {
  if (text === 'en' || text === 'fr') return text
  throw new InvalidArgumentError('the languages are en and fr.')
}

/** The language of the environment: French where the locale says so, English otherwise. */
export function environmentLanguage(): Language {
  // An empty variable counts as unset.
  const locale = process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG'] || ''
  return /^fr/i.test(locale) ? 'fr' : 'en'
}
