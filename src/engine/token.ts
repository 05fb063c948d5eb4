import { TokenError } from './errors.js'
import type { Parameters, ParameterValue } from './program.js'
import { formatModes, type Modes, parseModes } from './modes.js'
import { type Choice, formatChoices, parseChoices, type Schedule } from './schedule.js'

/** What a token says: how to run a program again, and how to tell whether it still is the same program. */
export interface TokenContent extends Schedule, Modes {
  /** Parameters that differ from the program's defaults. */
  readonly params: Parameters
  /** Running hashes of the operations performed, one character at each checkpoint; see `checkpoints`. */
  readonly hashes: string
}

const VERSION = 'e1'
const HASH_CHARACTERS = '0123456789abcdefghijklmnopqrstuv'
const MIN_HASHES = 4
const MAX_HASHES = 32
const MAX_STEPS = 10_000_000

/**
 * After which steps a schedule of that many steps is checked: after every one of the first few, then evenly spread, so
 * that a token stays short and still tells where a changed program first differs.
 */
export function checkpoints(steps: number): number[] {
  const count = Math.max(MIN_HASHES, Math.min(steps, MAX_HASHES))
  return Array.from({ length: count }, (_, i) => Math.round(((i + 1) * steps) / count))
}

/** The character for a running hash; `salt` tells apart checkpoints that fall on the same step. */
export function hashCharacter(hash: number, salt: number): string {
  return HASH_CHARACTERS[(hash >>> ((salt % 5) * 5)) & 31]!
}

/**
 * Writes a token: `e1.A1B2A1.7k3f`; with parameters `e1.ptimes=2.A1….…`; in another mode than the usual one
 * `e1.mtime=virtual,twins.A1….…`; with a part that repeats `e1.A3.rA1B1.…`.
 * All characters are safe in a shell and in a file name.
 */
export function formatToken(content: TokenContent): string {
  const parts = [VERSION]
  const params = Object.entries(content.params).map(([name, value]) => `${escape(name)}=${escapeValue(value)}`)
  if (params.length > 0) parts.push(`p${params.join(',')}`)
  const modes = formatModes(content)
  if (modes !== '') parts.push(`m${modes}`)
  parts.push(formatChoices(content.choices))
  if (content.repeat.length > 0) parts.push(`r${formatChoices(content.repeat)}`)
  parts.push(content.hashes)
  return parts.join('.')
}

/**
 * Reads a token.
 *
 * @throws TokenError `token/malformed`, `token/unknown-version`.
 */
export function parseToken(token: string): TokenContent {
  const parts = token.trim().split('.')
  const version = parts.shift()
  if (version !== VERSION) {
    if (/^e\d+$/.test(version ?? ''))
      throw new TokenError(
        'token/unknown-version',
        `this token is of version ${version}, which this release does not read`,
        { hint: `it reads version ${VERSION}` },
      )
    throw malformed(token)
  }
  const hashes = parts.pop()
  const params = parts[0]?.startsWith('p') === true ? parseParams(token, parts.shift()!.slice(1)) : {}
  // No choice begins like this.
  const modes = parts[0]?.startsWith('m') === true ? parseModes(parts.shift()!.slice(1)) : parseModes('')
  if (modes === null) throw malformed(token)
  const choices = parts.length > 0 ? parseChoices(parts.shift()!, MAX_STEPS) : null
  const repeat = parts[0]?.startsWith('r') === true ? parseChoices(parts.shift()!.slice(1), MAX_STEPS) : []
  if (choices === null || repeat === null || parts.length > 0) throw malformed(token)
  const steps = choices.length + repeat.length
  const valid =
    hashes !== undefined &&
    hashes.length === checkpoints(steps).length &&
    [...hashes].every((c) => HASH_CHARACTERS.includes(c))
  if (!valid) throw malformed(token)
  return { params, ...modes, choices, repeat, hashes }
}

function parseParams(token: string, text: string): Parameters {
  const params: Record<string, ParameterValue> = {}
  for (const pair of text.split(',')) {
    const [name, value, ...more] = pair.split('=')
    if (name === undefined || value === undefined || value === '' || more.length > 0) throw malformed(token)
    params[unescape(token, name)] = unescapeValue(token, value)
  }
  return params
}

function escape(text: string): string {
  // Half a character (a lone surrogate) cannot be encoded.
  const whole = text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
  return encodeURIComponent(whole).replace(/[.!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

// Numbers and booleans stand as they are (with their point escaped); texts begin with an underscore.
function escapeValue(value: ParameterValue): string {
  return typeof value === 'string' ? `_${escape(value)}` : escape(String(value))
}

function unescape(token: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed(token)
  }
}

function unescapeValue(token: string, text: string): ParameterValue {
  const plain = unescape(token, text)
  if (plain.startsWith('_')) return plain.slice(1)
  if (plain === 'true' || plain === 'false') return plain === 'true'
  if (plain === '' || !Number.isFinite(Number(plain))) throw malformed(token)
  return Number(plain)
}

function malformed(token: string): TokenError {
  const shown = token.length > 60 ? `${token.slice(0, 57)}…` : token
  return new TokenError('token/malformed', `“${shown}” is not a token`, {
    hint: 'a token looks like e1.A1B2A1.7k3f; copy the whole of it from a report',
  })
}

/** The whole of a schedule, its repeating part once. */
export function allChoices(schedule: Schedule): Choice[] {
  return [...schedule.choices, ...schedule.repeat]
}
